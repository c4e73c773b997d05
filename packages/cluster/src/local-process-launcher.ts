import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { environmentName, FiresteelError, makeDirectory } from '@firesteel/common';
import type { ExecutorTarget } from '@firesteel/plan';
import { ALLOCATOR_ENVIRONMENT } from './allocator-environment.js';
import type { ExecutorLauncher, LauncherEvents } from './executor-launcher.js';

export interface LocalProcessOptions {
  /** The program and the arguments that stand for `firesteel`. */
  readonly firesteel: readonly [string, ...string[]];
  readonly coresPerExecutor: number;
  /** Tasks that each runs at the same time. */
  readonly slotsPerExecutor: number;
  readonly memoryMibPerExecutor: number;
  /** There are never more. */
  readonly maxExecutors: number;
  /** Where each process gets a directory for its files, which goes with the process. */
  readonly localDir: string;
}

/** With so many executors in a row that end before they have come to work, no more are started. */
const MAX_FAILURES_IN_A_ROW = 8;

/** How long a process that was asked to end may take. */
const STOP_TIMEOUT_MS = 5_000;

/** Starts executors as child processes of the driver. */
export class LocalProcessLauncher implements ExecutorLauncher {
  readonly maxSlots: number;
  readonly #options: LocalProcessOptions;
  readonly #processes = new Map<string, ChildProcess>();
  /** Processes that were asked to end. */
  readonly #retired = new Set<string>();
  /** Processes that were given tasks. */
  readonly #worked = new Set<string>();
  readonly #killAll = () => this.#signal('SIGKILL');
  #events: LauncherEvents | undefined;
  #target = 0;
  #nextId = 0;
  #failuresInARow = 0;
  #isStopped = false;

  constructor(options: LocalProcessOptions) {
    this.#options = options;
    this.maxSlots = options.maxExecutors * options.slotsPerExecutor;
  }

  start(events: LauncherEvents): void {
    this.#events = events;
    // A driver that is killed cannot do this; then its executors notice, and end by themselves.
    process.on('exit', this.#killAll);
  }

  setTarget({ total }: Pick<ExecutorTarget, 'total'>): void {
    this.#target = Math.min(total, this.#options.maxExecutors);
    const hasGivenUp = this.#failuresInARow >= MAX_FAILURES_IN_A_ROW;
    while (
      !this.#isStopped &&
      !hasGivenUp &&
      this.#processes.size - this.#retired.size < this.#target
    )
      this.#launch();
  }

  worked(executorId: string): void {
    this.#worked.add(executorId);
    this.#failuresInARow = 0;
  }

  retire(executorId: string): void {
    const child = this.#processes.get(executorId);
    if (child === undefined) return;
    this.#retired.add(executorId);
    child.kill('SIGTERM');
  }

  kill(executorId: string): void {
    this.#processes.get(executorId)?.kill('SIGKILL');
  }

  async stop(): Promise<void> {
    if (this.#isStopped) return;
    this.#isStopped = true;
    // Those that have registered end by themselves meanwhile; to others nobody has spoken yet.
    this.#signal('SIGTERM');
    const timer = setTimeout(this.#killAll, STOP_TIMEOUT_MS);
    await Promise.all(
      [...this.#processes.values()].map(
        (child) => new Promise<void>((resolve) => child.once('close', () => resolve())),
      ),
    );
    clearTimeout(timer);
    process.off('exit', this.#killAll);
  }

  #launch(): void {
    const executorId = String(this.#nextId++);
    const { firesteel, coresPerExecutor, memoryMibPerExecutor, localDir } = this.#options;
    const [program, ...first] = firesteel;
    const command = (this.#events as LauncherEvents).commandFor(executorId);
    makeDirectory(localDir);
    const workDir = mkdtempSync(join(localDir, 'firesteel-executor-'));
    // They run on the driver's host, so packages need not be sent to them.
    const resources = [
      '--shared-files',
      '--cores',
      `${coresPerExecutor}`,
      '--memory',
      `${memoryMibPerExecutor}m`,
    ];
    const child = spawn(
      program,
      [...first, ...command.arguments, ...resources, '--work-dir', workDir],
      {
        env: {
          ...ALLOCATOR_ENVIRONMENT,
          ...process.env,
          ...command.environment,
          [environmentName('local.dir')]: workDir,
        },
        // What tasks print appears where it would in a single process.
        stdio: ['ignore', 'inherit', 'inherit'],
      },
    );
    child.unref();
    this.#processes.set(executorId, child);
    let isOver = false;
    const over = (reason: string): void => {
      if (isOver) return;
      isOver = true;
      this.#processes.delete(executorId);
      rmSync(workDir, { recursive: true, force: true });
      this.#ended(executorId, reason);
    };
    child.once('error', (error) => over(`its process could not be started: ${error.message}`));
    child.once('close', (code, signal) =>
      over(
        signal === null
          ? `its process has ended with exit code ${code}`
          : `its process was ended by ${signal}`,
      ),
    );
  }

  #ended(executorId: string, reason: string): void {
    if (this.#isStopped) return;
    this.#events?.ended(executorId, reason);
    const hasWorked = this.#worked.delete(executorId);
    const isUnasked = !this.#retired.delete(executorId);
    if (isUnasked && !hasWorked) this.#failuresInARow += 1;
    if (this.#failuresInARow < MAX_FAILURES_IN_A_ROW) {
      this.setTarget({ total: this.#target });
      return;
    }
    const failures = this.#failuresInARow;
    this.#events?.failed(
      new FiresteelError(
        'EXECUTOR_LOST',
        `${failures} executors in a row have ended before they came to work, the last one because ${reason}. No more are started; look at what they printed.`,
        { data: { executorId, failures, reason } },
      ),
    );
  }

  #signal(signal: NodeJS.Signals): void {
    for (const child of this.#processes.values()) child.kill(signal);
  }
}
