import { expect, it } from 'vitest';
import { FreeSlots } from './free-slots.js';
import type { Slot } from './placement.js';
import type { TaskAttempt } from './task-set.js';

function slotWith(id: number, tasks: number): Slot {
  const ids = Array.from({ length: tasks }, (_, i): [number, TaskAttempt] => [
    i,
    {} as TaskAttempt,
  ]);
  return {
    id,
    executorId: 'e',
    host: 'h',
    isOpen: true,
    idleSinceMs: 0,
    tasks: new Map(ids),
  };
}

const idsOf = (free: FreeSlots, load: number) => [...free.withLoad(load)].map(({ id }) => id);

it('lists slots by their tasks, anew when those have changed', () => {
  const free = new FreeSlots();
  const [a, b] = [slotWith(0, 0), slotWith(1, 1)];
  free.offer(a);
  free.offer(b);
  expect([free.idle, idsOf(free, 0), idsOf(free, 1), idsOf(free, 7)]).toEqual([1, [0], [1], []]);
  b.tasks.clear();
  free.offer(b);
  expect([free.idle, idsOf(free, 0), idsOf(free, 1)]).toEqual([2, [0, 1], []]);
  free.delete(a);
  free.delete(a);
  expect([free.idle, idsOf(free, 0)]).toEqual([1, [1]]);
});

it('offers declined slots again with all others, or when they change', () => {
  const free = new FreeSlots();
  const slots = [slotWith(0, 0), slotWith(1, 0), slotWith(2, 2)];
  for (const slot of slots) free.offer(slot);
  free.decline();
  expect([free.hasOffers, free.idle, idsOf(free, 0)]).toEqual([false, 2, []]);
  free.offer(slots[1] as Slot);
  expect([free.hasOffers, idsOf(free, 0)]).toEqual([true, [1]]);
  free.delete(slots[0] as Slot);
  free.offerAll();
  expect([free.idle, idsOf(free, 0), idsOf(free, 2)]).toEqual([1, [1], [2]]);
  for (const slot of slots) free.delete(slot);
  expect([free.hasOffers, free.idle]).toEqual([false, 0]);
});
