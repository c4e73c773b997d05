import { expect, it } from 'vitest';
import { FakeEvents, taskEnd } from './testing/fake-events.js';
import { addUp, noTotals, summaryLine } from './totals.js';

it('adds up what successful tasks read', () => {
  const totals = noTotals();
  const events = new FakeEvents();
  addUp(totals, events);
  events.emit('stageSubmitted', { stageId: 0, name: 'x', numTasks: 2 });
  events.emit('taskEnd', taskEnd({ stageId: 0, rowsRead: 10, bytesRead: 100 }));
  events.emit(
    'taskEnd',
    taskEnd({ stageId: 0, rowsRead: 5, diskBytesSpilled: 9, shuffleRowsRead: 7 }),
  );
  events.emit('taskEnd', taskEnd({ stageId: 0, rowsRead: 99, outcome: 'exception' }));
  expect(totals).toEqual({ rows: 15, bytes: 100, stages: 1, tasks: 2, spilledBytes: 9 });
});

it.each([
  [1, 1, '1 row, 1 B in 1 stage, 2 tasks, 0.47 s'],
  [1_234_567, 999, '1,234,567 rows, 999 B in 1 stage, 2 tasks, 0.47 s'],
  [0, 1000, '0 rows, 1.0 kB in 1 stage, 2 tasks, 0.47 s'],
  [0, 62_140_000, '0 rows, 62.1 MB in 1 stage, 2 tasks, 0.47 s'],
  [0, 999_999, '0 rows, 1.0 MB in 1 stage, 2 tasks, 0.47 s'],
  [0, 314_572_800, '0 rows, 315 MB in 1 stage, 2 tasks, 0.47 s'],
])('writes %d rows and %d bytes as one line', (rows, bytes, line) => {
  expect(summaryLine({ rows, bytes, stages: 1, tasks: 2, spilledBytes: 0, ms: 473 })).toBe(line);
});

it('tells what was spilled', () => {
  const totals = { rows: 1, bytes: 1, stages: 1, tasks: 1, spilledBytes: 2_500_000, ms: 10 };
  expect(summaryLine(totals)).toBe('1 row, 1 B in 1 stage, 1 task, 2.5 MB spilled, 0.01 s');
});
