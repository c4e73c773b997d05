import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const bin = fileURLToPath(new URL('../../packages/firesteel/bin/firesteel.js', import.meta.url));

/** A shuffle service as a process of its own, by the real command. */
export class ServiceProcess {
  readonly directory = mkdtempSync(join(tmpdir(), 'firesteel-service-'));
  /** Of the process that runs now. */
  pid = 0;
  /** Resolves when that has ended. */
  ended: Promise<void> = Promise.resolve();

  /** @param environment variables beside those that it needs */
  constructor(
    readonly port: number,
    private readonly environment: NodeJS.ProcessEnv = {},
  ) {}

  /** Resolves when it listens. */
  async start(): Promise<void> {
    const child = spawn(process.execPath, [bin, 'shuffle-service'], {
      env: {
        PATH: process.env.PATH,
        ...this.environment,
        FIRESTEEL_CONF_SHUFFLE_SERVICE_PORT: `${this.port}`,
        FIRESTEEL_CONF_SHUFFLE_SERVICE_DIR: this.directory,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.pid = child.pid as number;
    this.ended = new Promise((resolve) => child.once('close', () => resolve()));
    await new Promise<void>((resolve, reject) => {
      child.stdout.once('data', () => resolve());
      child.once('close', () => reject(new Error('the shuffle service has ended')));
    });
  }

  async stop(): Promise<void> {
    if (this.pid > 0) process.kill(this.pid, 'SIGTERM');
    await this.ended;
    this.pid = 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }

  get conf() {
    return {
      'shuffle.service.enabled': 'true',
      'shuffle.service.port': `${this.port}`,
      'shuffle.service.dir': this.directory,
    };
  }
}
