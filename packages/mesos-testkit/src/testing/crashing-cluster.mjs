// Starts a process that would run for long, prints its id, and waits to be killed.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SandboxProcess } from '../../dist/containerizer/process.js';
import { Reaper } from '../../dist/containerizer/reaper.js';

const sandbox = mkdtempSync(join(tmpdir(), 'crashing-cluster-'));
const started = new SandboxProcess({ value: 'exec sleep 1000' }, sandbox, {}, new Reaper());
process.stdout.write(`${started.pid}\n`);
setInterval(() => {}, 1000);
