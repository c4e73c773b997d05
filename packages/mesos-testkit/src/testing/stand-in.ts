import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Json } from './recorded-steps.js';

/** The stand-in for the recorder's executor: it ends with the code that is written to a file. */
export const standIn = 'while [ ! -f exit ]; do sleep 0.02; done; exit $(cat exit)';

/** Where tasks find the file that they ask for. */
const files = mkdtempSync(join(tmpdir(), 'replay-files-'));
process.once('exit', () => rmSync(files, { recursive: true }));
writeFileSync(join(files, 'hello.txt'), 'hello\n');

/** The recorder's executor becomes the stand-in, wherever its command is shown. */
export function replaced(value: Json): Json {
  if (typeof value === 'string') {
    return value
      .replace('/var/tmp/mesos-golden/files', files)
      .replaceAll('"/usr/bin/python3"', '"/bin/sh"')
      .replaceAll('arguments: "python3"', 'arguments: "sh"')
      .replaceAll(
        'arguments: "/var/tmp/mesos-golden/executor.py"',
        `arguments: "-c"\n  arguments: ${JSON.stringify(standIn)}`,
      );
  }
  if (Array.isArray(value)) return value.map(replaced);
  if (typeof value !== 'object' || value === null) return value;
  if (value.value === '/usr/bin/python3') {
    const { environment, ...command } = value;
    return {
      ...command,
      ...(environment && { environment }),
      value: '/bin/sh',
      arguments: ['sh', '-c', standIn],
    };
  }
  return Object.fromEntries(Object.entries(value).map(([key, v]) => [key, replaced(v)]));
}
