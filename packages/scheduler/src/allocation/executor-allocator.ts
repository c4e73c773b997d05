import type { ExecutorAllocation } from '@firesteel/plan';
import type { Clock } from '../clock.js';
import type { Workload } from '../workload.js';
import {
  initialTarget,
  nextTarget,
  type TargetSettings,
  type TargetState,
} from './executor-target.js';
import { executorsToEnd, type Holdings, type IdleSettings } from './idle-executors.js';

export type AllocationSettings = TargetSettings & IdleSettings;

export interface ExecutorAllocatorOptions {
  readonly clock: Clock;
  readonly backend: ExecutorAllocation;
  readonly settings: AllocationSettings;
  /** What waits, what runs and who idles, now. */
  readonly workload: () => Workload;
  /** What would be lost with an executor, now. */
  readonly holdingsOf: (executorId: string) => Holdings;
}

const TICK_MS = 100;

/**
 * Dynamic allocation: looks every 100 ms at what the scheduler has to do, and asks the backend for
 * more executors or ends idle ones (docs/dynamic-allocation.md). The decisions are pure functions.
 */
export class ExecutorAllocator {
  readonly #options: ExecutorAllocatorOptions;
  #state: TargetState;
  #hostWeights: ReadonlyMap<string, number> = new Map();
  #cancelTick: (() => void) | undefined;

  constructor(options: ExecutorAllocatorOptions) {
    this.#options = options;
    this.#state = initialTarget(options.settings);
  }

  start(): void {
    this.#cancelTick = this.#options.clock.setTimer(TICK_MS, () => this.#tick(), {
      keepsProcess: false,
    });
  }

  stop(): void {
    this.#cancelTick?.();
  }

  #tick(): void {
    const { clock, backend, settings, workload, holdingsOf } = this.#options;
    const now = clock.now();
    const { waitingTasks, runningTasks, executors, idle, hostWeights } = workload();
    const backlog = { waitingTasks, runningTasks, liveExecutors: executors };
    const before = this.#state.target;
    this.#state = nextTarget(this.#state, backlog, settings, now);
    const { target } = this.#state;
    if (target !== before || (target > executors && !sameWeights(hostWeights, this.#hostWeights))) {
      this.#hostWeights = hostWeights;
      backend.requestTotalExecutors({ total: target, hostWeights });
    }
    const ended = executorsToEnd(idle, { live: executors, target }, holdingsOf, settings, now);
    if (ended.length > 0) backend.killExecutors(ended);
    this.start();
  }
}

function sameWeights(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): boolean {
  return a.size === b.size && [...a].every(([host, weight]) => b.get(host) === weight);
}
