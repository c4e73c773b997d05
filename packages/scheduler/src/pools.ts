/** Which of several jobs gets the next free slot: the oldest one, or a fair share for each. */
export type SchedulingMode = 'FIFO' | 'FAIR';

/** A share of the slots, for the jobs whose local property `scheduler.pool` names it. */
export interface PoolOptions {
  /** The order of the jobs inside of the pool; FIFO by default. */
  readonly schedulingMode?: SchedulingMode;
  /** Its share compared with other pools; 1 by default. */
  readonly weight?: number;
  /** As many running tasks it gets before pools that have theirs; 0 by default. */
  readonly minShare?: number;
}

/** What pools need to know of a task set. */
export interface PoolMember {
  readonly pool: string;
  readonly jobId: number;
  readonly stageId: number;
  readonly stageAttempt: number;
  readonly runningTasks: number;
}

/** What the fair order compares: pools, or task sets inside of a pool. */
interface Schedulable {
  readonly name: string;
  readonly runningTasks: number;
  readonly minShare: number;
  readonly weight: number;
}

export const defaultPool = 'default';

/**
 * The order in which task sets are offered slots, as in Spark: without preemption, and with one
 * level of pools. In FIFO mode there are no pools.
 */
export class Pools {
  readonly #pools = new Map<string, PoolOptions>();

  constructor(readonly mode: SchedulingMode) {}

  /** Describes a pool; one that was not described has the defaults. */
  set(name: string, options: PoolOptions): void {
    this.#pools.set(name, options);
  }

  order<T extends PoolMember>(members: readonly T[]): T[] {
    if (this.mode === 'FIFO') return members.toSorted(compareFifo);
    const byPool = new Map<string, T[]>();
    for (const member of members) {
      const known = byPool.get(member.pool);
      if (known === undefined) byPool.set(member.pool, [member]);
      else known.push(member);
    }
    return [...byPool]
      .map(([name, inPool]) => this.#pool(name, inPool))
      .sort(compareFair)
      .flatMap(({ schedulingMode, members: inPool }) =>
        inPool.sort(
          schedulingMode === 'FIFO' ? compareFifo : (a, b) => compareFair(taskSet(a), taskSet(b)),
        ),
      );
  }

  #pool<T extends PoolMember>(name: string, members: T[]) {
    const { schedulingMode = 'FIFO', weight = 1, minShare = 0 } = this.#pools.get(name) ?? {};
    const runningTasks = members.reduce((sum, member) => sum + member.runningTasks, 0);
    return { name, schedulingMode, weight, minShare, runningTasks, members };
  }
}

function taskSet({ stageId, stageAttempt, runningTasks }: PoolMember): Schedulable {
  return { name: `TaskSet_${stageId}.${stageAttempt}`, runningTasks, minShare: 0, weight: 1 };
}

/** By job, then by stage. */
function compareFifo(a: PoolMember, b: PoolMember): number {
  return a.jobId - b.jobId || a.stageId - b.stageId;
}

/**
 * Those below their minimal share come first, the emptiest in proportion to it before the others;
 * then those with the fewest running tasks in proportion to their weight; then by name.
 */
function compareFair(a: Schedulable, b: Schedulable): number {
  const [needyA, needyB] = [a.runningTasks < a.minShare, b.runningTasks < b.minShare];
  if (needyA !== needyB) return needyA ? -1 : 1;
  const ratio = needyA
    ? ({ runningTasks, minShare }: Schedulable) => runningTasks / Math.max(minShare, 1)
    : ({ runningTasks, weight }: Schedulable) => runningTasks / weight;
  return ratio(a) - ratio(b) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
}
