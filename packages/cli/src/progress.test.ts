import { expect, it } from 'vitest';
import { ProgressLines, type Terminal } from './progress.js';
import { FakeEvents, taskEnd } from './testing/fake-events.js';

class FakeTerminal implements Terminal {
  columns = 80;
  isTTY = true;
  written: string[] = [];
  write(text: string): void {
    this.written.push(text);
  }
}

function setUp() {
  const clock = { ms: 0 };
  const terminal = new FakeTerminal();
  const lines = new ProgressLines(terminal, () => clock.ms);
  const events = new FakeEvents();
  lines.watch(events);
  return { clock, terminal, lines, events };
}

const erased = '\r\x1b[K';

it('has a line for each running stage: its tasks, rows per second and the time left', () => {
  const { clock, terminal, lines, events } = setUp();
  lines.draw();
  expect(terminal.written).toEqual([]);
  events.emit('stageSubmitted', { stageId: 0, name: 'map at a.ts:1', numTasks: 4 });
  events.emit('stageSubmitted', { stageId: 1, name: 'map at b.ts:1', numTasks: 1 });
  lines.draw();
  expect(terminal.written.at(-1)).toBe(
    `${erased}map at a.ts:1: 0/4 tasks\nmap at b.ts:1: 0/1 tasks`,
  );
  clock.ms = 2000;
  for (let task = 0; task < 4; task++) events.emit('taskStart', { stageId: 0 });
  events.emit('taskEnd', taskEnd({ stageId: 0, rowsRead: 3_000_000, shuffleRowsRead: 2_000_000 }));
  events.emit('taskEnd', taskEnd({ stageId: 0, rowsRead: 9, outcome: 'exception' }));
  events.emit('taskEnd', taskEnd({ stageId: 0, rowsRead: 9, outcome: 'killed' }));
  lines.draw();
  expect(terminal.written.at(-1)).toBe(
    `${erased}\x1b[A${erased}map at a.ts:1: 1/4 tasks, 1 running, 1 failed, 2.5 M rows/s, 6 s left\nmap at b.ts:1: 0/1 tasks`,
  );
  events.emit('stageCompleted', { stageId: 0 });
  events.emit('taskStart', { stageId: 1 });
  events.emit('taskEnd', taskEnd({ stageId: 1, bytesRead: 6000, diskBytesSpilled: 5e6 }));
  lines.draw();
  expect(terminal.written.at(-1)).toBe(
    `${erased}\x1b[A${erased}map at b.ts:1: 1/1 tasks, 3.0 kB/s, 5.0 MB spilled`,
  );
  events.emit('stageCompleted', { stageId: 1 });
  lines.draw();
  expect(terminal.written.at(-1)).toBe(erased);
});

it('counts the stages that get no line', () => {
  const { terminal, lines, events } = setUp();
  for (let stageId = 0; stageId < 9; stageId++)
    events.emit('stageSubmitted', { stageId, name: `stage ${stageId}`, numTasks: 1 });
  lines.draw();
  const shown = terminal.written[0]?.split('\n') ?? [];
  expect(shown).toHaveLength(7);
  expect(shown.at(-1)).toBe('and 3 more stages');
});

it('writes only what changed, never wider than the terminal, and clears itself', () => {
  const { terminal, lines, events } = setUp();
  terminal.columns = 10;
  events.emit('stageSubmitted', { stageId: 0, name: 'a long name', numTasks: 4 });
  lines.draw();
  lines.draw();
  expect(terminal.written).toEqual([`${erased}a long na`]);
  lines.clear();
  lines.clear();
  expect(terminal.written).toEqual([`${erased}a long na`, erased]);
  lines.draw();
  expect(terminal.written).toHaveLength(3);
});

it('writes plain lines where nothing can be erased', () => {
  const { terminal, lines, events } = setUp();
  terminal.isTTY = false;
  events.emit('stageSubmitted', { stageId: 0, name: 'map', numTasks: 2 });
  lines.draw();
  lines.draw();
  lines.clear();
  events.emit('stageCompleted', { stageId: 0 });
  lines.draw();
  expect(terminal.written).toEqual(['map: 0/2 tasks\n']);
});
