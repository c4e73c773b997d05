import type { StageProgressEvents } from '@firesteel/common';

/** The parts of a terminal that the line needs; `process.stderr` is one. */
export interface Terminal {
  readonly columns?: number;
  write(text: string): unknown;
}

interface RunningStage {
  readonly name: string;
  readonly numTasks: number;
  readonly startMs: number;
  tasksDone: number;
  rows: number;
}

const eraseLine = '\r\x1b[K';

/**
 * One line at the bottom of a terminal that says what runs: the oldest running stage, its tasks
 * and its rows per second. It is redrawn by `draw`, which the owner calls as often as it likes,
 * and leaves nothing behind after `clear`.
 */
export class ProgressLine {
  readonly #terminal: Terminal;
  readonly #now: () => number;
  readonly #stages = new Map<number, RunningStage>();
  #shown = '';

  /** @param now a clock in milliseconds */
  constructor(terminal: Terminal, now: () => number) {
    this.#terminal = terminal;
    this.#now = now;
  }

  watch(events: StageProgressEvents): void {
    events.on('stageSubmitted', ({ stageId, name, numTasks }) => {
      this.#stages.set(stageId, { name, numTasks, startMs: this.#now(), tasksDone: 0, rows: 0 });
    });
    events.on('taskEnd', ({ stageId, outcome, metrics }) => {
      const stage = this.#stages.get(stageId);
      if (stage === undefined || outcome !== 'success') return;
      stage.tasksDone++;
      stage.rows += (metrics?.rowsRead ?? 0) + (metrics?.shuffleRowsRead ?? 0);
    });
    events.on('stageCompleted', ({ stageId }) => {
      this.#stages.delete(stageId);
    });
  }

  /** Brings the line up to date; writes nothing if it did not change. */
  draw(): void {
    const text = this.#text().slice(0, Math.max(0, (this.#terminal.columns ?? 80) - 1));
    if (text === this.#shown) return;
    this.#terminal.write(eraseLine + text);
    this.#shown = text;
  }

  /** Takes the line away, so that other output can be written; `draw` brings it back. */
  clear(): void {
    if (this.#shown === '') return;
    this.#terminal.write(eraseLine);
    this.#shown = '';
  }

  #text(): string {
    const [first, ...others] = this.#stages.values();
    if (first === undefined) return '';
    const seconds = (this.#now() - first.startMs) / 1000;
    const rate = first.rows > 0 && seconds > 0 ? `, ${rateText(first.rows / seconds)} rows/s` : '';
    const more = others.length > 0 ? ` (+${others.length} more)` : '';
    return `${first.name}: ${first.tasksDone}/${first.numTasks} tasks${rate}${more}`;
  }
}

function rateText(rowsPerSecond: number): string {
  if (rowsPerSecond >= 1e6) return `${(rowsPerSecond / 1e6).toFixed(1)} M`;
  if (rowsPerSecond >= 1e3) return `${(rowsPerSecond / 1e3).toFixed(0)} k`;
  return rowsPerSecond.toFixed(0);
}
