import type { TaskMetrics } from '@firesteel/plan';

/**
 * What is known about tasks, in the order of its columns. Reports of other versions may lack some:
 * those count as 0.
 */
export const metricNames = [
  'runTimeMs',
  'gcTimeMs',
  'fetchWaitMs',
  'rowsRead',
  'bytesRead',
  'shuffleRowsRead',
  'shuffleBytesRead',
  'shuffleBlockBytesRead',
  'shuffleRowsWritten',
  'shuffleBytesWritten',
  'rowsWritten',
  'bytesWritten',
  'memoryBytesSpilled',
  'diskBytesSpilled',
  'peakExecutionBytes',
] as const satisfies readonly (keyof TaskMetrics)[];

export type MetricName = (typeof metricNames)[number];
export type MetricValues = Readonly<Record<MetricName, number>>;

/** Of many tasks the largest value is of interest, not the sum. */
const peaks: ReadonlySet<MetricName> = new Set(['peakExecutionBytes']);

export function metricOf(metrics: TaskMetrics | undefined, name: MetricName): number {
  return metrics?.[name] ?? 0;
}

/** What tasks have used and moved together. */
export class MetricTotals {
  readonly #values = new Float64Array(metricNames.length);

  add(metrics: TaskMetrics): void {
    const values = this.#values;
    for (let i = 0; i < metricNames.length; i++) {
      const name = metricNames[i] as MetricName;
      const value = metricOf(metrics, name);
      values[i] = peaks.has(name)
        ? Math.max(values[i] as number, value)
        : (values[i] as number) + value;
    }
  }

  get(name: MetricName): number {
    return this.#values[metricNames.indexOf(name)] as number;
  }

  toJSON(): MetricValues {
    return Object.fromEntries(
      metricNames.map((name, i) => [name, this.#values[i]]),
    ) as unknown as MetricValues;
  }
}
