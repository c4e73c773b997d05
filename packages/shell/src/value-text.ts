import { inspect } from 'node:util';
import { type Histogram, hasColumns, KeyedMap, RDD, rowTable, StatCounter } from '@firesteel/rdd';
import { histogramChart, statisticsChart } from './charts.js';

const maxRows = 20;

/**
 * What the shell prints for a value; undefined for nothing. An RDD is told by its lineage's head
 * and its partitions, without running a job; arrays of objects and tuples, and maps, as tables of
 * their first rows; statistics as small charts.
 */
export async function valueText(value: unknown, colors: boolean): Promise<string | undefined> {
  if (value === undefined) return undefined;
  if (value instanceof RDD) return rddText(value);
  if (value instanceof StatCounter) return statisticsChart(value);
  if (isHistogram(value)) return histogramChart(value);
  const rows = value instanceof KeyedMap || value instanceof Map ? [...value] : value;
  if (Array.isArray(rows) && hasColumns(rows)) return tableText(rows);
  return inspect(value, { colors, depth: 4, maxArrayLength: 100 });
}

async function rddText(rdd: RDD<unknown>): Promise<string> {
  try {
    const count = await rdd.getNumPartitions();
    return `${rdd}, ${count} ${count === 1 ? 'partition' : 'partitions'}`;
  } catch (error) {
    // Its input may be missing; that is an error of an action, not of a name.
    return `${rdd}, partitions unknown: ${error instanceof Error ? error.message : error}`;
  }
}

function tableText(rows: readonly unknown[]): string {
  const table = rowTable(rows.slice(0, maxRows));
  const rest = rows.length - maxRows;
  if (rest <= 0) return table;
  const [more, all] = [rest, rows.length].map((count) => count.toLocaleString('en-US'));
  return `${table}\n… ${more} more (${all} rows)`;
}

function isHistogram(value: unknown): value is Histogram {
  if (typeof value !== 'object' || value === null) return false;
  const { buckets, counts } = value as Partial<Histogram>;
  return (
    isNumbers(buckets) &&
    isNumbers(counts) &&
    counts.length > 0 &&
    buckets.length === counts.length + 1
  );
}

function isNumbers(values: unknown): values is readonly number[] {
  return Array.isArray(values) && values.every((value) => typeof value === 'number');
}
