import type { StageProgressEvents } from '@firesteel/common';

/** What the tasks of all jobs have done so far. */
export interface Totals {
  /** Rows and bytes read from sources; not those that moved between stages. */
  rows: number;
  bytes: number;
  stages: number;
  tasks: number;
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
  });
}

/** One line such as `124,456 rows, 6.5 MB in 2 stages, 9 tasks, 0.47 s`. */
export function summaryLine({ rows, bytes, stages, tasks, ms }: Totals & { ms: number }): string {
  const work = `${plural(stages, 'stage')}, ${plural(tasks, 'task')}`;
  return `${plural(rows, 'row')}, ${sizeText(bytes)} in ${work}, ${(ms / 1000).toFixed(2)} s`;
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
