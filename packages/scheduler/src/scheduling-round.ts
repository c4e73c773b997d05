import type { SchedulerBackend } from '@firesteel/plan';
import {
  type Assignment,
  isReadyFor,
  placeRestricted,
  placeTasks,
  type Slot,
  updateLocalityWait,
} from './placement.js';
import type { Pools } from './pools.js';
import type { Slots } from './slots.js';
import { barrierSlots, executorsExcluded } from './task-errors.js';
import type { TaskPlaces } from './task-places.js';
import type { TaskAttempt, TaskSet } from './task-set.js';

export interface SchedulingRoundOptions {
  readonly backend: SchedulerBackend;
  readonly slots: Slots;
  readonly pools: Pools;
  /** Undefined if failures do not matter for where tasks run. */
  readonly places: TaskPlaces | undefined;
  /** How long a barrier stage waits for as many slots as it has tasks. */
  readonly barrierSlotsWaitMs: number;
  /** Makes an attempt for the partition, which takes room in the slot. */
  readonly begin: (set: TaskSet, partition: number, slot: Slot) => TaskAttempt;
}

/** Tasks to be launched together, by slot. */
export type Launches = ReadonlyMap<number, readonly TaskAttempt[]>;

/**
 * Which tasks begin where, as things stand: free slots are offered to the task sets in their order;
 * a set gets slots that hold its cached blocks first, then home slots, then any.
 */
export class SchedulingRound {
  readonly #options: SchedulingRoundOptions;

  constructor(options: SchedulingRoundOptions) {
    this.#options = options;
  }

  /** Gives free slots to the sets, which are in the order of their pools. */
  assign(sets: readonly TaskSet[], now: number): Launches {
    const launches = new Map<number, TaskAttempt[]>();
    this.#offerSlots(sets, launches, now);
    const isAnyIdle = this.#options.slots.free.idle > 0;
    for (const set of sets) updateLocalityWait(set, isAnyIdle, now);
    return launches;
  }

  /** Why stages will never run to their end, as far as slots are concerned. */
  *hopeless(sets: readonly TaskSet[], now: number): Iterable<readonly [TaskSet, Error]> {
    const { backend, slots, places } = this.#options;
    const canGrow = slots.size < (backend.maxSlots ?? Number.POSITIVE_INFINITY);
    for (const set of sets) {
      // A task that no slot may run fails its stage at once if there will be no other slots.
      const stuck =
        slots.size === 0 ? undefined : places?.unschedulable(set, slots.byId, canGrow, now);
      if (stuck !== undefined) yield [set, executorsExcluded(set, stuck, slots.size)];
      else if (this.#willLackSlots(set, now)) yield [set, barrierSlots(set.stage, slots.size)];
    }
  }

  /** When another round may give something else by itself; infinite for never. */
  nextChange(sets: readonly TaskSet[], now: number): number {
    const { places } = this.#options;
    let next = Number.POSITIVE_INFINITY;
    // What was due before has been looked at.
    const consider = (deadline: number) => {
      if (deadline > now) next = Math.min(next, deadline);
    };
    for (const set of sets) {
      if (set.waiting > 0 && places !== undefined) consider(places.nextChange(set));
      consider(set.nextLeave(now));
      if (this.#lacksSlots(set)) consider(this.#barrierDeadline(set));
    }
    return next;
  }

  #offerSlots(sets: readonly TaskSet[], launches: Map<number, TaskAttempt[]>, now: number): void {
    const { backend, pools, slots } = this.#options;
    /** Sets that want none of the slots on offer. */
    const served = new Set<TaskSet>();
    const isFair = pools.mode === 'FAIR';
    let inOrder = isFair ? pools.order(sets) : sets;
    for (let at = 0; at < inOrder.length; at++) {
      const set = inOrder[at] as TaskSet;
      if (!slots.free.hasOffers) break;
      if (set.waiting === 0 || served.has(set)) continue;
      if (set.stage.plan.isBarrier) {
        if (this.#startBarrier(set, launches, now)) continue;
        // It waits for the slots that it needs, and so do those behind it.
        if (slots.size >= set.pending.size) return;
        served.add(set);
        continue;
      }
      const assignment = this.#assignment(set, set.queueDepth(backend, pools.mode), launches);
      const { waiting } = set;
      if (set.restricted.length > 0) placeRestricted(set, slots.free, assignment);
      placeTasks(set, slots.free, assignment, now, isFair ? 1 : waiting);
      if (set.waiting === waiting) served.add(set);
      else if (isFair) {
        // Shares change with every task: whose turn is it now?
        inOrder = pools.order(inOrder);
        at = -1;
      }
    }
    slots.free.decline();
  }

  /** Starts all tasks of a barrier stage, if there are enough idle slots for them. */
  #startBarrier(set: TaskSet, launches: Map<number, TaskAttempt[]>, now: number): boolean {
    const { free } = this.#options.slots;
    if (!isReadyFor(set, free.idle)) return false;
    free.offerAll();
    const assignment = this.#assignment(set, 1, launches);
    const usable = [...free.withLoad(0)].filter(assignment.mayUse);
    if (!isReadyFor(set, usable.length)) return false;
    placeTasks(set, free, assignment, now);
    return true;
  }

  #assignment(set: TaskSet, capacity: number, launches: Map<number, TaskAttempt[]>): Assignment {
    const { places, slots, begin } = this.#options;
    return {
      capacity,
      mayUse: (slot) => places?.mayUse(set, slot) !== false,
      assign: (partition, slot) => {
        const task = begin(set, partition, slot);
        if (slot.tasks.size >= capacity) slots.free.delete(slot);
        else slots.free.offer(slot);
        const list = launches.get(slot.id);
        if (list === undefined) launches.set(slot.id, [task]);
        else list.push(task);
      },
    };
  }

  /** Whether there are not and will not be enough slots for all tasks of a barrier stage. */
  #willLackSlots(set: TaskSet, now: number): boolean {
    if (!this.#lacksSlots(set)) return false;
    const { maxSlots } = this.#options.backend;
    if (maxSlots !== undefined && maxSlots < set.stage.plan.numPartitions) return true;
    return now >= this.#barrierDeadline(set);
  }

  #lacksSlots({ stage, pending }: TaskSet): boolean {
    return stage.plan.isBarrier && pending.size > this.#options.slots.size;
  }

  #barrierDeadline({ stage }: TaskSet): number {
    return stage.submittedAt + this.#options.barrierSlotsWaitMs;
  }
}
