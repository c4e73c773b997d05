import { expect, it } from 'vitest';
import { ProgressLine, type Terminal } from './progress.js';
import { FakeEvents, taskEnd } from './testing/fake-events.js';

class FakeTerminal implements Terminal {
  columns = 80;
  written: string[] = [];
  write(text: string): void {
    this.written.push(text);
  }
}

function setUp() {
  const clock = { ms: 0 };
  const terminal = new FakeTerminal();
  const line = new ProgressLine(terminal, () => clock.ms);
  const events = new FakeEvents();
  line.watch(events);
  return { clock, terminal, line, events };
}

it('shows the oldest running stage with its tasks and rows per second', () => {
  const { clock, terminal, line, events } = setUp();
  line.draw();
  expect(terminal.written).toEqual([]);
  events.emit('stageSubmitted', { stageId: 0, name: 'map at a.ts:1', numTasks: 4 });
  events.emit('stageSubmitted', { stageId: 1, name: 'map at b.ts:1', numTasks: 1 });
  line.draw();
  expect(terminal.written.at(-1)).toBe('\r\x1b[Kmap at a.ts:1: 0/4 tasks (+1 more)');
  clock.ms = 2000;
  events.emit('taskEnd', taskEnd({ stageId: 0, rowsRead: 3_000_000, shuffleRowsRead: 2_000_000 }));
  events.emit('taskEnd', taskEnd({ stageId: 0, rowsRead: 9, outcome: 'exception' }));
  line.draw();
  expect(terminal.written.at(-1)).toBe('\r\x1b[Kmap at a.ts:1: 1/4 tasks, 2.5 M rows/s (+1 more)');
  events.emit('stageCompleted', { stageId: 0 });
  events.emit('taskEnd', taskEnd({ stageId: 1, rowsRead: 6000 }));
  line.draw();
  expect(terminal.written.at(-1)).toBe('\r\x1b[Kmap at b.ts:1: 1/1 tasks, 3 k rows/s');
  events.emit('stageCompleted', { stageId: 1 });
  line.draw();
  expect(terminal.written.at(-1)).toBe('\r\x1b[K');
});

it('writes only what changed, never wider than the terminal, and clears itself', () => {
  const { terminal, line, events } = setUp();
  terminal.columns = 10;
  events.emit('stageSubmitted', { stageId: 0, name: 'a long name', numTasks: 4 });
  line.draw();
  line.draw();
  expect(terminal.written).toEqual(['\r\x1b[Ka long na']);
  line.clear();
  line.clear();
  expect(terminal.written).toEqual(['\r\x1b[Ka long na', '\r\x1b[K']);
  line.draw();
  expect(terminal.written).toHaveLength(3);
});
