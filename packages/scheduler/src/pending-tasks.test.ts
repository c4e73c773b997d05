import { describe, expect, it } from 'vitest';
import type { BlockHolder } from './cache-tracker.js';
import { PendingTasks } from './pending-tasks.js';

/** What slots of executor `e` wait for, all of them on one host. */
function pendingOn(
  slots: readonly number[],
  holdersOf: (partition: number) => Iterable<BlockHolder> = () => [],
  hostOf: (holder: BlockHolder) => string = () => 'h',
) {
  const pending = new PendingTasks(slots, { holdersOf, hostOf });
  return Object.assign(pending, { own: (slot: number) => pending.takeOwn(slot, 'e') });
}

function fill(pending: PendingTasks, count: number): void {
  for (let partition = 0; partition < count; partition++) pending.add(partition);
}

describe('PendingTasks', () => {
  it('gives a partition the slot at its index modulo the slots as its home', () => {
    const pending = pendingOn([4, 7]);
    fill(pending, 5);
    expect([pending.own(4), pending.own(4), pending.own(4)]).toEqual([0, 2, 4]);
    expect([pending.own(7), pending.own(7), pending.own(7)]).toEqual([1, 3, undefined]);
    expect(pending.size).toBe(0);
  });

  it('prefers the holder of the cached block with the shortest queue', () => {
    const holders: Record<number, number[]> = { 0: [7], 1: [7], 2: [4, 7], 3: [] };
    const pending = pendingOn([4, 7], (partition) => holders[partition] ?? []);
    fill(pending, 4);
    expect(pending.preferredCount).toBe(3);
    expect([pending.own(4), pending.own(4)]).toEqual([2, undefined]);
    expect([pending.own(7), pending.own(7), pending.own(7)]).toEqual([0, 1, 3]);
  });

  it('steals from the back of the longest home queue, if that is long enough', () => {
    const pending = pendingOn([0, 1]);
    fill(pending, 3);
    expect(pending.steal(3)).toBeUndefined();
    expect(pending.steal(2)).toBe(2);
    expect(pending.steal(2)).toBeUndefined();
    expect([pending.steal(1), pending.steal(1), pending.steal(1)]).toEqual([0, 1, undefined]);
  });

  it('takes a partition with a preference elsewhere only when asked to', () => {
    const pending = pendingOn([0, 1], () => [1]);
    fill(pending, 2);
    expect([pending.own(0), pending.steal(1)]).toEqual([undefined, undefined]);
    expect([pending.takeRemote(), pending.own(1), pending.takeRemote()]).toEqual([1, 0, undefined]);
  });

  it('runs a partition that was put back first', () => {
    const pending = pendingOn([0]);
    fill(pending, 3);
    pending.addFirst(9);
    expect([pending.own(0), pending.own(0)]).toEqual([9, 0]);
    pending.addFirst(0);
    expect([pending.own(0), pending.own(0)]).toEqual([0, 1]);
  });

  it('keeps partitions until there is a slot', () => {
    const pending = pendingOn([]);
    fill(pending, 4);
    expect(pending.own(0)).toBeUndefined();
    pending.moveTo([2, 3], []);
    expect([pending.own(2), pending.own(3), pending.size]).toEqual([0, 1, 2]);
  });

  it('moves what waited for slots that are gone, and lets new ones take from long queues', () => {
    const holders = new Map([[5, 1]]);
    const pending = pendingOn([0, 1], (partition) =>
      [holders.get(partition)].filter((slot) => slot !== undefined),
    );
    fill(pending, 6);
    holders.clear();
    pending.moveTo([0, 2], [1]);
    expect(pending.preferredCount).toBe(0);
    expect([pending.own(1), pending.own(2)]).toEqual([undefined, 1]);
    pending.moveTo([0, 2, 3], []);
    expect([pending.own(3), pending.steal(2), pending.steal(2)]).toEqual([undefined, 4, 2]);
    expect([pending.own(0), pending.own(2), pending.own(2)]).toEqual([0, 3, 5]);
    expect(pending.size).toBe(0);
  });

  it('gives any slot of an executor what that holds, and others of its host when asked to', () => {
    const hosts: Record<string, string> = { e: 'near', f: 'near', g: 'far' };
    const holders = ['e', 'e', 'f', 'g'];
    const pending = pendingOn(
      [0, 1, 2, 3],
      (partition) => [holders[partition] as string],
      (holder) => hosts[holder] as string,
    );
    fill(pending, 4);
    expect([...pending.preferences()]).toEqual([
      ['near', 3],
      ['far', 1],
    ]);
    expect([pending.takeOwn(0, 'e'), pending.takeOwn(1, 'e')]).toEqual([0, 1]);
    expect([pending.takeOwn(1, 'e'), pending.steal(1)]).toEqual([undefined, undefined]);
    expect([pending.takeRemote('near'), pending.takeRemote('near')]).toEqual([2, undefined]);
    expect([pending.takeRemote('else'), pending.takeRemote()]).toEqual([undefined, 3]);
    fill(pending, 3);
    holders.fill('g');
    pending.moveTo([0, 1], ['e', 'f']);
    expect([...pending.preferences()]).toEqual([['far', 3]]);
  });
});
