import { expect, it } from 'vitest';
import { FakeEvents, taskEnd } from './testing/fake-events.js';
import { addUp, summaryLine } from './totals.js';

it('adds up what successful tasks read', () => {
  const totals = { rows: 0, bytes: 0, stages: 0, tasks: 0 };
  const events = new FakeEvents();
  addUp(totals, events);
  events.emit('stageSubmitted', { stageId: 0, name: 'x', numTasks: 2 });
  events.emit('taskEnd', taskEnd({ stageId: 0, rowsRead: 10, bytesRead: 100 }));
  events.emit('taskEnd', taskEnd({ stageId: 0, rowsRead: 5, bytesRead: 50, shuffleRowsRead: 7 }));
  events.emit('taskEnd', taskEnd({ stageId: 0, rowsRead: 99, outcome: 'exception' }));
  expect(totals).toEqual({ rows: 15, bytes: 150, stages: 1, tasks: 2 });
});

it.each([
  [1, 1, '1 row, 1 B in 1 stage, 2 tasks, 0.47 s'],
  [1_234_567, 999, '1,234,567 rows, 999 B in 1 stage, 2 tasks, 0.47 s'],
  [0, 1000, '0 rows, 1.0 kB in 1 stage, 2 tasks, 0.47 s'],
  [0, 62_140_000, '0 rows, 62.1 MB in 1 stage, 2 tasks, 0.47 s'],
  [0, 999_999, '0 rows, 1.0 MB in 1 stage, 2 tasks, 0.47 s'],
  [0, 314_572_800, '0 rows, 315 MB in 1 stage, 2 tasks, 0.47 s'],
])('writes %d rows and %d bytes as one line', (rows, bytes, line) => {
  expect(summaryLine({ rows, bytes, stages: 1, tasks: 2, ms: 473 })).toBe(line);
});
