import { expect, it } from 'vitest';
import { Config } from './config.js';
import { taskSlots } from './task-slots.js';

const slots = (cpus: string, cores: number) =>
  taskSlots(Config.fromLayers({ code: { 'task.cpus': cpus } }), cores);

it.each([
  ['1', 4, 4],
  ['3', 8, 2],
  ['0.5', 3, 6],
  ['0.3', 3, 10],
  ['0.07', 0.7, 10],
])('tasks of %s cpus: %d cores run %d', (cpus, cores, expected) => {
  expect(slots(cpus, cores)).toBe(expected);
});

it('refuses tasks that need more cpus than there are', () => {
  expect(() => slots('2', 1)).toThrow(expect.objectContaining({ code: 'INVALID_CONFIG_VALUE' }));
});
