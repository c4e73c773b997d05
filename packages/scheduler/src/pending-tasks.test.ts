import { describe, expect, it } from 'vitest';
import { PendingTasks } from './pending-tasks.js';

const none = (): number[] => [];

function fill(pending: PendingTasks, count: number): void {
  for (let partition = 0; partition < count; partition++) pending.add(partition);
}

describe('PendingTasks', () => {
  it('gives a partition the slot at its index modulo the slots as its home', () => {
    const pending = new PendingTasks([4, 7], none);
    fill(pending, 5);
    expect([pending.takeOwn(4), pending.takeOwn(4), pending.takeOwn(4)]).toEqual([0, 2, 4]);
    expect([pending.takeOwn(7), pending.takeOwn(7), pending.takeOwn(7)]).toEqual([1, 3, undefined]);
    expect(pending.size).toBe(0);
  });

  it('prefers the holder of the cached block with the shortest queue', () => {
    const holders: Record<number, number[]> = { 0: [7], 1: [7], 2: [4, 7], 3: [] };
    const pending = new PendingTasks([4, 7], (partition) => holders[partition] ?? []);
    fill(pending, 4);
    expect(pending.preferredCount).toBe(3);
    expect([pending.takeOwn(4), pending.takeOwn(4)]).toEqual([2, undefined]);
    expect([pending.takeOwn(7), pending.takeOwn(7), pending.takeOwn(7)]).toEqual([0, 1, 3]);
  });

  it('steals from the back of the longest home queue, if that is long enough', () => {
    const pending = new PendingTasks([0, 1], none);
    fill(pending, 3);
    expect(pending.steal(3)).toBeUndefined();
    expect(pending.steal(2)).toBe(2);
    expect(pending.steal(2)).toBeUndefined();
    expect([pending.steal(1), pending.steal(1), pending.steal(1)]).toEqual([0, 1, undefined]);
  });

  it('takes a partition with a preference elsewhere only when asked to', () => {
    const pending = new PendingTasks([0, 1], () => [1]);
    fill(pending, 2);
    expect([pending.takeOwn(0), pending.steal(1)]).toEqual([undefined, undefined]);
    expect([pending.takeRemote(), pending.takeOwn(1), pending.takeRemote()]).toEqual([
      1,
      0,
      undefined,
    ]);
  });

  it('runs a partition that was put back first', () => {
    const pending = new PendingTasks([0], none);
    fill(pending, 3);
    pending.addFirst(9);
    expect([pending.takeOwn(0), pending.takeOwn(0)]).toEqual([9, 0]);
    pending.addFirst(0);
    expect([pending.takeOwn(0), pending.takeOwn(0)]).toEqual([0, 1]);
  });

  it('keeps partitions until there is a slot', () => {
    const pending = new PendingTasks([], none);
    fill(pending, 4);
    expect(pending.takeOwn(0)).toBeUndefined();
    pending.moveTo([2, 3], []);
    expect([pending.takeOwn(2), pending.takeOwn(3), pending.size]).toEqual([0, 1, 2]);
  });

  it('moves what waited for slots that are gone, and lets new ones take from long queues', () => {
    const holders = new Map([[5, 1]]);
    const pending = new PendingTasks([0, 1], (partition) =>
      [holders.get(partition)].filter((slot) => slot !== undefined),
    );
    fill(pending, 6);
    holders.clear();
    pending.moveTo([0, 2], [1]);
    expect(pending.preferredCount).toBe(0);
    expect([pending.takeOwn(1), pending.takeOwn(2)]).toEqual([undefined, 1]);
    pending.moveTo([0, 2, 3], []);
    expect([pending.takeOwn(3), pending.steal(2), pending.steal(2)]).toEqual([undefined, 4, 2]);
    expect([pending.takeOwn(0), pending.takeOwn(2), pending.takeOwn(2)]).toEqual([0, 3, 5]);
    expect(pending.size).toBe(0);
  });
});
