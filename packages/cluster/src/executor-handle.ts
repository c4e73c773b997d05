import { type Platform, Received, type RegisterExecutor } from '@firesteel/plan';
import type { RpcConnection } from '@firesteel/rpc';

/** A registered executor as the driver sees it. */
export class ExecutorHandle {
  readonly id: string;
  readonly host: string;
  readonly cores: number;
  /** Of its block server. */
  readonly port: number;
  readonly received = new Received();
  /** The executor's own number of a slot to that of the driver, and back. */
  readonly slots = new Map<number, number>();
  readonly slotNumbers = new Map<number, number>();
  readonly tasks = new Set<number>();
  readonly platform: Platform;
  readonly sharesFiles: boolean;
  /** Ids of the packages and files that it was offered. */
  readonly shipped = new Set<string>();
  lastSignAt: number;
  /** Whether it was ever given a task. */
  hasWorked = false;
  /** It was told to leave: no tasks are launched there. */
  isLeaving = false;
  /** Resolves when it was lost, or has left. */
  readonly gone: Promise<void>;
  markGone: () => void = () => {};
  #isIdle: () => void = () => {};

  constructor(
    { address, cores, platform, sharesFiles }: RegisterExecutor,
    readonly connection: RpcConnection,
    now: number,
  ) {
    this.id = address.executorId;
    this.host = address.host;
    this.cores = cores;
    this.port = address.port;
    this.platform = platform;
    this.sharesFiles = sharesFiles;
    this.lastSignAt = now;
    this.gone = new Promise((resolve) => {
      this.markGone = resolve;
    });
  }

  endTask(taskId: number): void {
    this.tasks.delete(taskId);
    if (this.tasks.size === 0) this.#isIdle();
  }

  /** Resolves when it has no task, or is gone. */
  whenIdle(): Promise<void> {
    if (this.tasks.size === 0) return Promise.resolve();
    const idle = new Promise<void>((resolve) => {
      this.#isIdle = resolve;
    });
    return Promise.race([idle, this.gone]);
  }
}
