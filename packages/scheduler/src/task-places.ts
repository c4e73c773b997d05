import type { Clock } from './clock.js';
import {
  ApplicationExclusion,
  type ExclusionListener,
  type ExclusionOptions,
  type Place,
} from './exclusion.js';
import type { TaskAttempt, TaskSet } from './task-set.js';

export interface TaskPlacesOptions {
  readonly clock: Clock;
  readonly exclusion: ExclusionOptions;
  readonly listener: ExclusionListener;
  /** How long a task may wait that is excluded from every slot, while other executors may come. */
  readonly unschedulableTimeoutMs: number;
}

/** Where task sets may run after failures, and which tasks may run nowhere. */
export class TaskPlaces {
  readonly #options: TaskPlacesOptions;
  readonly #application: ApplicationExclusion;

  constructor(options: TaskPlacesOptions) {
    this.#options = options;
    this.#application = new ApplicationExclusion(options.exclusion, options.listener);
  }

  /** Whether tasks of the set may run there, though not all of them. */
  mayUse(set: TaskSet, place: Place): boolean {
    return !this.#application.excludes(place) && set.exclusion?.excludes(place) !== true;
  }

  /**
   * Notes that a task has failed where it ran, so that it runs elsewhere next time, and others too
   * if that happens more often. True if the executor is to be ended for that.
   */
  noteFailure(task: TaskAttempt, reason: string): boolean {
    const { exclusion } = this.#options;
    task.set.noteFailure(task, reason, exclusion);
    return exclusion.killExcludedExecutors && task.set.exclusion?.excludes(task) === true;
  }

  /** The stage has succeeded in spite of failures: the places were to blame for them. */
  noteSuccess({ exclusion }: TaskSet): void {
    if (exclusion !== undefined && !exclusion.isEmpty)
      this.#application.addFailures(exclusion, this.#options.clock.now());
  }

  /** An executor does not deliver its map outputs. */
  noteFetchFailure(place: Place): void {
    const { exclusion, clock } = this.#options;
    if (!exclusion.excludeOnFetchFailure) return;
    this.#application.exclude(place, clock.now(), 'it does not deliver its map outputs');
  }

  /** Takes back what has been excluded for long enough; true if that was anything. */
  expire(now: number): boolean {
    if (now < this.#application.nextExpiry) return false;
    this.#application.expire(now);
    return true;
  }

  /**
   * A partition that waits for a slot in vain: none of these may run it, and no others will come,
   * or have come in time.
   */
  unschedulable(
    set: TaskSet,
    slots: ReadonlyMap<number, Place>,
    canGrow: boolean,
    now: number,
  ): number | undefined {
    const stuck = this.#stuck(set, slots);
    set.unschedulableSince = stuck === undefined ? undefined : (set.unschedulableSince ?? now);
    return canGrow && now < this.#givesUpAt(set) ? undefined : stuck;
  }

  /** When there is something new for a set that waits; infinite for never. */
  nextChange(set: TaskSet): number {
    return Math.min(this.#application.nextExpiry, this.#givesUpAt(set));
  }

  #givesUpAt({ unschedulableSince }: TaskSet): number {
    const since = unschedulableSince ?? Number.POSITIVE_INFINITY;
    return since + this.#options.unschedulableTimeoutMs;
  }

  #stuck(set: TaskSet, slots: ReadonlyMap<number, Place>): number | undefined {
    if (set.waiting === 0) return undefined;
    const isNowhere = (partition: number | undefined) => {
      for (const slot of slots.values()) {
        if (!this.mayUse(set, slot)) continue;
        if (partition === undefined || set.mayRun(partition, slot)) return false;
      }
      return true;
    };
    if (set.pending.size > 0 && isNowhere(undefined)) return set.missingPartition;
    return set.restricted.find((partition) => !set.isActive(partition) && isNowhere(partition));
  }
}
