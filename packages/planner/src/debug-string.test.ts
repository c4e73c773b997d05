import { createNode } from '@firesteel/plan';
import { describe, expect, it } from 'vitest';
import { toDebugString } from './debug-string.js';
import * as lineage from './testing/lineages.js';

const { contextOf } = lineage;

/** Ids count on through the process: numbers the RDDs of a text from 0, in order of their ids. */
function renumbered(text: string): string {
  const ids = [...new Set([...text.matchAll(/\[(\d+)\]/g)].map((match) => Number(match[1])))];
  ids.sort((a, b) => a - b);
  return text.replace(/\[(\d+)\]/g, (_, id) => `[${ids.indexOf(Number(id))}]`);
}

describe('toDebugString', () => {
  it('prints a word count as Spark does', () => {
    const lines = lineage.textFile('in.txt', 2);
    const words = lineage.row('flatMap', lines, 3);
    const pairs = lineage.row('map', words, 4);
    const counts = lineage.reduceByKey(pairs, undefined, 5);
    expect(renumbered(toDebugString(counts, contextOf()))).toBe(
      [
        '(2) ShuffledRDD[3] at reduceByKey at app.ts:5 []',
        ' +-(2) MapPartitionsRDD[2] at map at app.ts:4 []',
        '    |  MapPartitionsRDD[1] at flatMap at app.ts:3 []',
        '    |  in.txt TextFileRDD[0] at textFile at app.ts:2 []',
      ].join('\n'),
    );
  });

  it('prints a join of RDDs of 2 and 12 partitions as Spark does', () => {
    const a = lineage.parallelize(2);
    const b = lineage.parallelize(12);
    const groups = lineage.cogroup([a, b]);
    const joined = createNode({
      kind: 'join',
      parents: [groups],
      callSite: lineage.at('join'),
      join: 'inner',
    });
    const names = new Map([
      [a, 'A'],
      [b, 'B'],
    ]);
    expect(renumbered(toDebugString(joined, contextOf({ names })))).toBe(
      [
        '(12) MapPartitionsRDD[3] at join at app.ts:1 []',
        ' |   CoGroupedRDD[2] at cogroup at app.ts:1 []',
        ' +-(2) A ParallelCollectionRDD[0] at parallelize at app.ts:1 []',
        ' +-(12) B ParallelCollectionRDD[1] at parallelize at app.ts:1 []',
      ].join('\n'),
    );
  });

  it('keeps a bar beside the inputs of a shuffle that is not the last', () => {
    const left = lineage.reduceByKey(lineage.row('map', lineage.parallelize(3)));
    const right = lineage.row('map', lineage.parallelize(4));
    const text = toDebugString(lineage.cogroup([lineage.row('map', left), right], 5), contextOf());
    expect(renumbered(text).replaceAll(/ at .*/g, '')).toBe(
      [
        '(5) CoGroupedRDD[6]',
        ' +-(3) MapPartitionsRDD[5]',
        ' |  |  ShuffledRDD[2]',
        ' |  +-(3) MapPartitionsRDD[1]',
        ' |     |  ParallelCollectionRDD[0]',
        ' +-(4) MapPartitionsRDD[4]',
        '    |  ParallelCollectionRDD[3]',
      ].join('\n'),
    );
  });

  it('tells on every line how the RDD asked for is stored', () => {
    const rows = lineage.row('map', lineage.parallelize(1));
    const text = toDebugString(rows, contextOf({ cached: [rows] }));
    expect(text.split('\n').map((line) => /\[[^\]]*\]$/.exec(line)?.[0])).toEqual([
      '[Memory Deserialized 1x Replicated]',
      '[Memory Deserialized 1x Replicated]',
    ]);
  });

  it('shows what needs no shuffle as narrow, and a useless partitionBy not at all', () => {
    const parts = lineage.partitionBy(lineage.parallelize(2), 4);
    const sums = lineage.reduceByKey(lineage.partitionBy(lineage.row('filter', parts), 4));
    const lines = renumbered(toDebugString(sums, contextOf())).replaceAll(/ at .*/g, '');
    expect(lines.split('\n')).toEqual([
      '(4) MapPartitionsRDD[3]',
      ' |  MapPartitionsRDD[2]',
      ' |  ShuffledRDD[1]',
      ' +-(2) ParallelCollectionRDD[0]',
    ]);
  });
});
