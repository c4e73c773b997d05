import type { StageProgressEvents } from '@firesteel/common';
import { sizeText } from './totals.js';

/** The parts of a terminal that the lines need; `process.stderr` is one. */
export interface Terminal {
  readonly columns?: number;
  /** Absent or false for a pipe or a file, where nothing can be erased. */
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

interface RunningStage {
  readonly name: string;
  readonly numTasks: number;
  readonly startMs: number;
  tasksRunning: number;
  tasksDone: number;
  tasksFailed: number;
  rows: number;
  bytes: number;
  spilledBytes: number;
}

/** Stages that get a line; the others are counted. */
const maxLines = 6;
const eraseLine = '\r\x1b[K';

/**
 * Lines at the bottom of a terminal that say what runs: for each running stage its tasks, rows or
 * bytes per second and the time left. They are redrawn by `draw`, which the owner calls as often
 * as it likes, and leave nothing behind after `clear`. Where nothing can be erased, `draw` writes
 * what has changed below.
 */
export class ProgressLines {
  readonly #terminal: Terminal;
  readonly #now: () => number;
  readonly #stages = new Map<number, RunningStage>();
  #shown: readonly string[] = [];

  /** @param now a clock in milliseconds */
  constructor(terminal: Terminal, now: () => number) {
    this.#terminal = terminal;
    this.#now = now;
  }

  watch(events: StageProgressEvents): void {
    events.on('stageSubmitted', ({ stageId, name, numTasks }) => {
      const none = { tasksRunning: 0, tasksDone: 0, tasksFailed: 0 };
      const nothing = { rows: 0, bytes: 0, spilledBytes: 0 };
      this.#stages.set(stageId, { name, numTasks, startMs: this.#now(), ...none, ...nothing });
    });
    events.on('taskStart', ({ stageId }) => {
      const stage = this.#stages.get(stageId);
      if (stage !== undefined) stage.tasksRunning++;
    });
    events.on('taskEnd', ({ stageId, outcome, metrics }) => {
      const stage = this.#stages.get(stageId);
      if (stage === undefined) return;
      stage.tasksRunning--;
      if (outcome !== 'success') {
        if (outcome !== 'killed') stage.tasksFailed++;
        return;
      }
      stage.tasksDone++;
      stage.rows += (metrics?.rowsRead ?? 0) + (metrics?.shuffleRowsRead ?? 0);
      stage.bytes += (metrics?.bytesRead ?? 0) + (metrics?.shuffleBytesRead ?? 0);
      stage.spilledBytes += metrics?.diskBytesSpilled ?? 0;
    });
    events.on('stageCompleted', ({ stageId }) => {
      this.#stages.delete(stageId);
    });
  }

  /** Brings the lines up to date; writes nothing if they did not change. */
  draw(): void {
    const width = Math.max(0, (this.#terminal.columns ?? 80) - 1);
    const lines = this.#lines().map((line) => line.slice(0, width));
    if (lines.join('\n') === this.#shown.join('\n')) return;
    if (this.#terminal.isTTY === true) this.#terminal.write(this.#erasure() + lines.join('\n'));
    else if (lines.length > 0) this.#terminal.write(`${lines.join('\n')}\n`);
    this.#shown = lines;
  }

  /** Takes the lines away, so that other output can be written; `draw` brings them back. */
  clear(): void {
    if (this.#shown.length === 0 || this.#terminal.isTTY !== true) return;
    this.#terminal.write(this.#erasure());
    this.#shown = [];
  }

  /** From the end of the last line to the start of the first, which are all empty then. */
  #erasure(): string {
    return eraseLine + `\x1b[A${eraseLine}`.repeat(Math.max(0, this.#shown.length - 1));
  }

  #lines(): string[] {
    const stages = [...this.#stages.values()];
    const lines = stages.slice(0, maxLines).map((stage) => this.#line(stage));
    if (stages.length > maxLines) lines.push(`and ${stages.length - maxLines} more stages`);
    return lines;
  }

  #line(stage: RunningStage): string {
    const { name, numTasks, startMs, tasksRunning, tasksDone, tasksFailed } = stage;
    const { rows, bytes, spilledBytes } = stage;
    const seconds = (this.#now() - startMs) / 1000;
    const parts = [`${name}: ${tasksDone}/${numTasks} tasks`];
    if (tasksRunning > 0) parts.push(`${tasksRunning} running`);
    if (tasksFailed > 0) parts.push(`${tasksFailed} failed`);
    if (seconds > 0 && rows > 0) parts.push(`${rateText(rows / seconds)} rows/s`);
    else if (seconds > 0 && bytes > 0) parts.push(`${sizeText(bytes / seconds)}/s`);
    if (spilledBytes > 0) parts.push(`${sizeText(spilledBytes)} spilled`);
    if (tasksDone > 0 && tasksDone < numTasks)
      parts.push(`${durationText((seconds / tasksDone) * (numTasks - tasksDone))} left`);
    return parts.join(', ');
  }
}

function rateText(rowsPerSecond: number): string {
  if (rowsPerSecond >= 1e6) return `${(rowsPerSecond / 1e6).toFixed(1)} M`;
  if (rowsPerSecond >= 1e3) return `${(rowsPerSecond / 1e3).toFixed(0)} k`;
  return rowsPerSecond.toFixed(0);
}

function durationText(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  return minutes < 60
    ? `${minutes} min ${whole % 60} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
