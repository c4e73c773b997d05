import type { Readable } from 'node:stream';
import type { RowSink } from '@firesteel/plan';
import type {
  DateDay,
  Dictionary,
  Float64,
  Int32,
  Int64,
  Schema,
  Table,
  TypeMap,
  Utf8,
} from 'apache-arrow';
import { describe, expectTypeOf, it } from 'vitest';
import type { FiresteelContext, JobPromise, RDD } from './index.js';

declare const sc: FiresteelContext;
declare const points: RDD<{ x: number }>;
declare const numbers: RDD<number>;

describe('inputs', () => {
  it('of files give rows of their format', () => {
    expectTypeOf(sc.textFile('x')).toEqualTypeOf<RDD<string>>();
    expectTypeOf(sc.wholeTextFiles('x')).toEqualTypeOf<RDD<[path: string, text: string]>>();
    expectTypeOf(sc.binaryFiles('x', 3)).toEqualTypeOf<
      RDD<[path: string, bytes: Uint8Array<ArrayBuffer>]>
    >();
    expectTypeOf(sc.binaryRecords('x', 4)).toEqualTypeOf<RDD<Uint8Array<ArrayBuffer>>>();
    expectTypeOf(sc.objectFile<[number, Date]>('x')).toEqualTypeOf<RDD<[number, Date]>>();
    expectTypeOf(sc.jsonLines<{ a: 1 }>('x', { badLines: 'skip' })).toEqualTypeOf<RDD<{ a: 1 }>>();
    // @ts-expect-error the function gives rows
    sc.jsonLines<{ a: 1 }>('x', { badLines: () => 'row' });
    // @ts-expect-error only text has an encoding
    sc.binaryFiles('x', { encoding: 'latin1' });
  });

  it('of sources give what they read', () => {
    const rows = sc.source({
      partitions: ['a', 'b'],
      async *read(shard) {
        expectTypeOf(shard).toEqualTypeOf<string>();
        yield { shard };
      },
    });
    expectTypeOf(rows).toEqualTypeOf<RDD<{ shard: string }>>();
  });

  it('of Arrow have a field for each column', () => {
    type Columns = {
      id: Int32;
      big: Int64;
      day: DateDay;
      word: Dictionary<Utf8, Int32>;
      price: Float64;
    };
    const rows = sc.fromArrow({} as Table<Columns>, { numPartitions: 2 });
    expectTypeOf(rows).toEqualTypeOf<
      RDD<{
        id: number | null;
        big: bigint | null;
        day: Date | null;
        word: string | null;
        price: number | null;
      }>
    >();
  });
});

describe('outputs', () => {
  it('to files give nothing', () => {
    expectTypeOf(points.saveAsTextFile('x')).toEqualTypeOf<JobPromise<void>>();
    expectTypeOf(points.saveAsJsonLines('x', { mode: 'append' })).toEqualTypeOf<JobPromise<void>>();
    expectTypeOf(points.saveAsObjectFile('x', { compression: 'zstd' })).toEqualTypeOf<
      JobPromise<void>
    >();
    // @ts-expect-error no such compression
    points.saveAsTextFile('x', { compression: 'zip' });
  });

  it('to sinks take rows and messages of their types', () => {
    points.saveTo<string>({
      open: () => ({
        write: (rows) => {
          expectTypeOf(rows).toEqualTypeOf<readonly { x: number }[]>();
        },
        finish: () => 'done',
      }),
      commit: (messages) => {
        expectTypeOf(messages).toEqualTypeOf<readonly string[]>();
      },
    });
    // @ts-expect-error a sink of other rows
    points.saveTo({} as RowSink<string>);
  });

  it('of rows give them in order', () => {
    expectTypeOf(points.toLocalIterator()).toEqualTypeOf<AsyncIterableIterator<{ x: number }>>();
    expectTypeOf(points.toReadable()).toEqualTypeOf<Readable>();
  });

  it('to Arrow exist for objects, with the columns of the schema', () => {
    expectTypeOf(points.toArrow()).toEqualTypeOf<JobPromise<Table<TypeMap>>>();
    type Columns = { x: Float64 };
    expectTypeOf(points.toArrow({} as Schema<Columns>)).toEqualTypeOf<JobPromise<Table<Columns>>>();
    // @ts-expect-error numbers have no columns
    numbers.toArrow();
  });
});
