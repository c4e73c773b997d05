// Arguments: operator, kind of keys, rows, distinct keys, master.
import { FiresteelContext } from 'firesteel';
import { awaitExecutors } from '../lib/executors.mjs';
import { keyNumber, valueOfRow } from './cases.mjs';
import { measured } from './job-metrics.mjs';

const [operator, kind, rowCount, keyCount, master] = process.argv.slice(2);
const rows = Number(rowCount);
const keys = Number(keyCount);

const sc = await FiresteelContext.create({ master, appName: operator });
if (master.startsWith('local-cluster')) await awaitExecutors(sc, 2);
/** @type {Record<string, () => Promise<Record<string, number>>>} */
const jobs = kind === 'numbers' ? numberJobs() : stringJobs();
const result = await measured(rows, jobs[operator]);
await sc.stop();
console.log(JSON.stringify(result));

function numberJobs() {
  const pairs = sc
    .range(0, rows)
    .map((i) => /** @type {[number, number]} */ ([keyNumber(i, keys), valueOfRow(i)]));
  const others = sc.range(0, keys).map((i) => /** @type {[number, number]} */ ([i, i % 100]));
  return jobsOf(pairs, others);
}

function stringJobs() {
  const pairs = sc
    .range(0, rows)
    .map((i) => /** @type {[string, number]} */ ([`user${keyNumber(i, keys)}`, valueOfRow(i)]));
  const others = sc
    .range(0, keys)
    .map((i) => /** @type {[string, number]} */ ([`user${i}`, i % 100]));
  return jobsOf(pairs, others);
}

/**
 * @template {number | string} K
 * @param {import('firesteel').RDD<[K, number]>} pairs
 * @param {import('firesteel').RDD<[K, number]>} others
 */
function jobsOf(pairs, others) {
  return {
    reduceByKey: () =>
      pairs
        .reduceByKey((a, b) => a + b)
        .aggregate(
          { keys: 0, total: 0, odd: 0 },
          (sum, [, n]) => {
            sum.keys++;
            sum.total += n;
            sum.odd += n % 2;
            return sum;
          },
          (a, b) => ({ keys: a.keys + b.keys, total: a.total + b.total, odd: a.odd + b.odd }),
        ),

    groupByKey: () =>
      pairs.groupByKey().aggregate(
        { keys: 0, values: 0, largest: 0 },
        (sum, [, values]) => {
          let largest = 0;
          for (const value of values) if (value > largest) largest = value;
          sum.keys++;
          sum.values += values.length;
          sum.largest += largest;
          return sum;
        },
        (a, b) => ({
          keys: a.keys + b.keys,
          values: a.values + b.values,
          largest: a.largest + b.largest,
        }),
      ),

    join: () =>
      pairs.join(others).aggregate(
        { rows: 0, products: 0 },
        (sum, [, [v, w]]) => {
          sum.rows++;
          sum.products += v * w;
          return sum;
        },
        (a, b) => ({ rows: a.rows + b.rows, products: a.products + b.products }),
      ),

    sortByKey: () =>
      pairs
        .sortByKey()
        .mapPartitions((part) => {
          const found = { rows: 0, total: 0, unordered: 0 };
          /** @type {K | undefined} */
          let last;
          for (const [key, value] of part) {
            if (last !== undefined && key < last) found.unordered++;
            last = key;
            found.rows++;
            found.total += value;
          }
          return [found];
        })
        .reduce((a, b) => ({
          rows: a.rows + b.rows,
          total: a.total + b.total,
          unordered: a.unordered + b.unordered,
        })),

    distinct: () =>
      pairs
        .keys()
        .distinct()
        .aggregate(
          { keys: 0, letters: 0 },
          (sum, key) => {
            sum.keys++;
            sum.letters += typeof key === 'string' ? key.length : 1;
            return sum;
          },
          (a, b) => ({ keys: a.keys + b.keys, letters: a.letters + b.letters }),
        ),

    cogroup: () =>
      pairs.cogroup(others).aggregate(
        { keys: 0, pairs: 0, largest: 0 },
        (sum, [, [left, right]]) => {
          let largest = 0;
          for (const value of left) if (value > largest) largest = value;
          sum.keys++;
          sum.pairs += left.length * right.length;
          sum.largest += largest;
          return sum;
        },
        (a, b) => ({
          keys: a.keys + b.keys,
          pairs: a.pairs + b.pairs,
          largest: a.largest + b.largest,
        }),
      ),
  };
}
