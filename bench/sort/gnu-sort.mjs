// Arguments: input path, output directory, threads, memory as `sort -S` takes it.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { sampleOf } from './sample.mjs';

const [input, output, threads, memory] = process.argv.slice(2);

mkdirSync(output, { recursive: true });
const { status } = spawnSync(
  'sort',
  [
    '--stable',
    '-k1.1,1.10',
    `--parallel=${threads}`,
    '-S',
    memory,
    '-o',
    join(output, 'part-00000'),
    input,
  ],
  { stdio: 'inherit', env: { ...process.env, LC_ALL: 'C' } },
);
if (status !== 0) process.exit(1);
console.log(JSON.stringify(sampleOf(output)));
