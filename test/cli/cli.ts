import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const bin = fileURLToPath(new URL('../../packages/firesteel/bin/firesteel.js', import.meta.url));

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCli {
  readonly process: ChildProcess;
  readonly outcome: Promise<Outcome>;
  /** Resolves to stdout when it contains `text`; rejects if the process ends before. */
  printed(text: string): Promise<string>;
}

/** A directory with job files, in which the real command runs as a child process. */
export class JobDirectory {
  readonly #children: ChildProcess[] = [];
  readonly path = mkdtempSync(join(tmpdir(), 'firesteel-cli-test-'));

  constructor(files: Readonly<Record<string, string>> = {}) {
    for (const [name, content] of Object.entries(files)) this.write(name, content);
  }

  write(name: string, content: string): void {
    const path = join(this.path, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }

  /** @param stdin what is piped into it; nothing by default */
  start(
    args: readonly string[],
    environment: Readonly<Record<string, string>> = {},
    stdin?: string,
  ): RunningCli {
    const child = spawn(process.execPath, [bin, ...args], {
      cwd: this.path,
      // The test runner's own settings must not reach the job.
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...environment },
      stdio: ['pipe', 'pipe', 'pipe'],
      // A job that hangs fails its test with what it printed, and does not outlive it.
      timeout: 30_000,
      killSignal: 'SIGKILL',
    });
    this.#children.push(child);
    child.stdin.end(stdin);
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text;
    });
    const outcome = new Promise<Outcome>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => resolve({ code, stdout, stderr }));
    });
    return {
      process: child,
      outcome,
      printed: (text) =>
        new Promise((resolve, reject) => {
          const look = () => {
            if (stdout.includes(text)) resolve(stdout);
          };
          child.stdout.on('data', look);
          child.on('close', () => reject(new Error(`ended without printing ${text}: ${stderr}`)));
          look();
        }),
    };
  }

  run(
    args: readonly string[],
    environment: Readonly<Record<string, string>> = {},
    stdin?: string,
  ): Promise<Outcome> {
    return this.start(args, environment, stdin).outcome;
  }

  [Symbol.dispose](): void {
    // Only a test that failed leaves one running.
    for (const child of this.#children) child.kill('SIGKILL');
    rmSync(this.path, { recursive: true, force: true });
  }
}
