import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const bin = fileURLToPath(new URL('../../packages/firesteel/bin/firesteel.js', import.meta.url));

export const SECRET = 'a secret for the tests of remote executors';

/** A port of the loopback that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/**
 * An executor as if it were started on another machine: in an empty directory, and told that it
 * does not see the files of the driver.
 */
export class RemoteExecutor {
  readonly directory = realpathSync(mkdtempSync(join(tmpdir(), 'firesteel-remote-')));
  readonly ended: Promise<number | null>;
  readonly #process: ChildProcess;
  stderr = '';

  constructor(driverPort: number, id: string) {
    this.#process = spawn(
      process.execPath,
      [
        bin,
        'executor',
        ...['--driver', `127.0.0.1:${driverPort}`, '--id', id],
        ...['--cores', '1', '--memory', '256m', '--work-dir', this.directory],
      ],
      {
        cwd: this.directory,
        env: { PATH: process.env.PATH, FIRESTEEL_SECRET: SECRET },
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    this.#process.stderr?.setEncoding('utf8').on('data', (text) => {
      this.stderr += text;
    });
    this.ended = new Promise((resolve) => this.#process.once('close', resolve));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.ended;
    rmSync(this.directory, { recursive: true, force: true });
  }
}
