import type { StageProgressEvents } from '@firesteel/common';

/** What the tasks of all jobs have done so far. */
export interface Totals {
  /** Rows and bytes read from sources; not those that moved between stages. */
  rows: number;
  bytes: number;
  stages: number;
  tasks: number;
  /** What was written to disk to make room in memory. */
  spilledBytes: number;
}

export function noTotals(): Totals {
  return { rows: 0, bytes: 0, stages: 0, tasks: 0, spilledBytes: 0 };
}

/** Adds up what a context reports into `totals`, until the context stops. */
export function addUp(totals: Totals, events: StageProgressEvents): void {
  events.on('stageSubmitted', () => {
    totals.stages++;
  });
  events.on('taskEnd', ({ outcome, metrics }) => {
    if (outcome !== 'success') return;
    totals.tasks++;
    totals.rows += metrics?.rowsRead ?? 0;
    totals.bytes += metrics?.bytesRead ?? 0;
    totals.spilledBytes += metrics?.diskBytesSpilled ?? 0;
  });
}

/** One line such as `124,456 rows, 6.5 MB in 2 stages, 9 tasks, 0.47 s`. */
export function summaryLine(totals: Totals & { readonly ms: number }): string {
  const { rows, bytes, stages, tasks, spilledBytes, ms } = totals;
  const work = `${plural(stages, 'stage')}, ${plural(tasks, 'task')}`;
  const spilled = spilledBytes === 0 ? '' : `, ${sizeText(spilledBytes)} spilled`;
  return `${plural(rows, 'row')}, ${sizeText(bytes)} in ${work}${spilled}, ${(ms / 1000).toFixed(2)} s`;
}

function plural(count: number, word: string): string {
  return `${count.toLocaleString('en-US')} ${word}${count === 1 ? '' : 's'}`;
}

/** Such as `62.1 MB`. */
export function sizeText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 99.95 ? value.toFixed(0) : value.toFixed(1)} ${units[unit]}`;
}
