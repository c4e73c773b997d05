import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, closeSync, constants, openSync, statSync, writeSync } from 'node:fs';
import { constants as osConstants } from 'node:os';
import { join } from 'node:path';
import type { CommandInfo } from '@firesteel/mesos-protocol';
import type { Reaper } from './reaper.js';

/** How a process ended. */
export type ExitStatus = { readonly code: number } | { readonly signal: NodeJS.Signals };

/** The status as wait(2) reports it and Mesos passes it on. */
export function waitStatus(status: ExitStatus): number {
  return 'code' in status ? status.code << 8 : osConstants.signals[status.signal];
}

/**
 * A command running in a session of its own, in a sandbox, with its output in the files `stdout`
 * and `stderr` there. When it ends, whatever it left in its process group is killed.
 */
export class SandboxProcess {
  readonly #child: ChildProcess;
  readonly #reaper: Reaper;
  readonly exited: Promise<ExitStatus>;
  #running = true;

  /** @param notExecutedCode what it exits with where the program cannot be executed */
  constructor(
    command: CommandInfo,
    sandbox: string,
    environment: Readonly<Record<string, string>>,
    reaper: Reaper,
    notExecutedCode = 1,
  ) {
    this.#reaper = reaper;
    const { file, argv } = executable(command, sandbox, environment);
    const stdout = openSync(join(sandbox, 'stdout'), 'a');
    const stderr = openSync(join(sandbox, 'stderr'), 'a');
    const child = spawn(file, argv.slice(1), {
      argv0: argv[0] ?? file,
      cwd: sandbox,
      env: environment,
      detached: true,
      stdio: ['ignore', stdout, stderr],
    });
    this.#child = child;
    if (child.pid !== undefined) reaper.add(child.pid);
    this.exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.#ended();
        resolve(signal === null ? { code: code ?? 1 } : { signal });
      });
      child.once('error', (error) => {
        if (child.pid !== undefined) return;
        this.#running = false;
        writeSync(stderr, `Failed to execute '${file}': ${error.message}\n`);
        resolve({ code: notExecutedCode });
      });
    }).finally(() => {
      closeSync(stdout);
      closeSync(stderr);
    }) as Promise<ExitStatus>;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get running(): boolean {
    return this.#running;
  }

  /** To the whole process group. */
  signal(signal: NodeJS.Signals): void {
    if (this.#running) signalGroup(this.#child.pid, signal);
  }

  /** To the process alone, as a fault that spares its children. */
  signalLeader(signal: NodeJS.Signals): void {
    if (this.#running) this.#child.kill(signal);
  }

  #ended(): void {
    this.#running = false;
    signalGroup(this.#child.pid, 'SIGKILL');
    if (this.#child.pid !== undefined) this.#reaper.drop(this.#child.pid);
  }
}

function signalGroup(group: number | undefined, signal: NodeJS.Signals): void {
  if (group === undefined) return;
  try {
    process.kill(-group, signal);
  } catch {
    // Nobody is left in the group.
  }
}

function executable(
  { shell = true, value = '', arguments: argv = [] }: CommandInfo,
  sandbox: string,
  environment: Readonly<Record<string, string>>,
): { readonly file: string; readonly argv: readonly string[] } {
  if (shell) return { file: '/bin/sh', argv: ['sh', '-c', value] };
  if (value.startsWith('/')) return { file: value, argv };
  const directories = [sandbox, ...(environment.PATH ?? '').split(':')];
  const found = directories.map((directory) => join(directory, value)).find(isExecutable);
  return { file: found ?? value, argv };
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
