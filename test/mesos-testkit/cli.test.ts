import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const bin = fileURLToPath(
  new URL('../../packages/mesos-testkit/bin/mesos-testkit.js', import.meta.url),
);

function start(...args: readonly string[]) {
  const child = spawn(process.execPath, [bin, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { text: '', changed: () => {} };
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output.text += chunk;
      output.changed();
    });
  }
  const exited = once(child, 'close').then(([code]) => code as number);
  return { child, output, exited };
}

test('a cluster stands until it is interrupted', async () => {
  const { child, output, exited } = start('--agents', '3', '--port', '0', '--masters', '2');
  await new Promise<void>((resolve) => {
    output.changed = () => {
      if (output.text.includes('Ctrl-C')) resolve();
    };
  });
  const addresses = output.text.match(/http:\/\/127\.0\.0\.1:\d+/g)!;
  expect(addresses).toHaveLength(5);
  const state = await (await fetch(`${addresses[0]}/state`)).json();
  expect(state).toMatchObject({ activated_slaves: 3 });
  child.kill('SIGINT');
  expect(await exited).toBe(0);
});

test('--help explains itself', async () => {
  const { output, exited } = start('--help');
  expect(await exited).toBe(0);
  expect(output.text).toContain('mesos-testkit --agents 3');
});

test.each([
  ['--agents', 'many'],
  ['--no-such-option', 'x'],
])('%s %s is refused', async (...args) => {
  const { output, exited } = start(...args);
  expect(await exited).toBe(2);
  expect(output.text).toContain(args[0]);
});

test('a port that is taken is named', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const { output, exited } = start('--port', String(port));
  expect(await exited).toBe(1);
  expect(output.text).toContain(`Cannot listen on 127.0.0.1:${port}`);
  server.close();
});
