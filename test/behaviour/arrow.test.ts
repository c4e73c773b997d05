import * as arrow from 'apache-arrow';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { onEveryMaster } from './backends.js';
import { expectNoUnhandledRejections, failure } from './rejection.js';

expectNoUnhandledRejections();

const nullable = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: null });

const row = fc.record({
  number: nullable(fc.double()),
  big: nullable(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
  text: nullable(fc.string({ unit: 'grapheme', maxLength: 5 })),
  flag: nullable(fc.boolean()),
  at: nullable(fc.date({ noInvalidDate: true })),
  bytes: nullable(fc.uint8Array({ maxLength: 4 })),
  list: nullable(fc.array(nullable(fc.double()), { maxLength: 3 })),
  nested: nullable(fc.record({ x: nullable(fc.double()), y: nullable(fc.string()) })),
});

const schema = new arrow.Schema([
  new arrow.Field('int', new arrow.Int32(), true),
  new arrow.Field('word', new arrow.Dictionary(new arrow.Utf8(), new arrow.Int32()), true),
  new arrow.Field('day', new arrow.DateDay(), true),
]);

describe('tables of Arrow', () => {
  onEveryMaster('arrow', (sc) => {
    it('come back from rows as they are, and as rows again', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(row, { maxLength: 20 }),
          fc.integer({ min: 1, max: 5 }),
          fc.integer({ min: 1, max: 5 }),
          async (rows, numPartitions, numSlices) => {
            const table = await sc().parallelize(rows, numPartitions).toArrow();
            expect(table.numRows).toBe(rows.length);
            const read = arrow.tableFromIPC(arrow.tableToIPC(table));
            const back = sc().fromArrow(read, { numPartitions: numSlices });
            expect(await back.getNumPartitions()).toBe(numSlices);
            expect(await back.collect()).toEqual(rows);
          },
        ),
        { numRuns: 15 },
      );
    });

    it('have the columns of a schema, dictionaries included', async () => {
      const rows = [
        { int: 1, word: 'a', day: new Date(86_400_000), other: 'left out' },
        { int: null, word: 'b', day: null },
        { word: 'a', day: new Date(0) },
      ];
      const table = await sc().parallelize<object>(rows, 2).toArrow(schema);
      expect(table.schema.fields.map(String)).toEqual(schema.fields.map(String));
      const doubled = table.concat(table);
      expect(await sc().fromArrow(doubled, 4).collect()).toEqual([
        { int: 1, word: 'a', day: new Date(86_400_000) },
        { int: null, word: 'b', day: null },
        { int: null, word: 'a', day: new Date(0) },
        { int: 1, word: 'a', day: new Date(86_400_000) },
        { int: null, word: 'b', day: null },
        { int: null, word: 'a', day: new Date(0) },
      ]);
    });

    it('may be empty, and of chunks of typed memory', async () => {
      expect((await sc().emptyRDD<object>().toArrow(schema)).numRows).toBe(0);
      expect((await sc().emptyRDD<object>().toArrow()).numCols).toBe(0);
      expect(await sc().fromArrow(new arrow.Table(schema)).collect()).toEqual([]);
      const some = arrow.tableFromArrays({
        n: Int32Array.of(1, 2, 3),
        b: BigInt64Array.of(1n, 2n, 3n),
      });
      const rows = await sc().fromArrow(some.concat(some), 2).collect();
      expect(rows.map(({ n, b }) => [n, b])).toEqual([
        [1, 1n],
        [2, 2n],
        [3, 3n],
        [1, 1n],
        [2, 2n],
        [3, 3n],
      ]);
    });

    it('refuse what they cannot hold exactly, naming the column', async () => {
      const field = (type: arrow.DataType) =>
        new arrow.Schema([new arrow.Field('x', type, true)]) as arrow.Schema;
      const cases: [unknown, arrow.Schema | undefined][] = [
        [{ x: 1.5 }, field(new arrow.Int32())],
        [{ x: 2 ** 31 }, field(new arrow.Int32())],
        [{ x: 2n ** 63n }, undefined],
        [{ x: 0.1 }, field(new arrow.Float32())],
        [{ x: 'a\ud800' }, undefined],
        [{ x: new Date(Number.NaN) }, undefined],
        [{ x: new Map() }, undefined],
        [{ x: 7 }, field(new arrow.Utf8())],
      ];
      for (const [bad, of] of cases) {
        const error = await failure(
          sc()
            .parallelize([bad as object], 1)
            .toArrow(of),
        );
        expect(error.code).toBe('UNSUPPORTED_VALUE');
        expect(error.message).toContain('"x"');
      }
      const mixed = sc().parallelize<object>([{ x: 1 }, { x: 'a' }], 2);
      expect((await failure(mixed.toArrow())).code).toBe('UNSUPPORTED_VALUE');
      const tuples = sc().parallelize([[1, 2]], 1);
      expect((await failure(tuples.toArrow())).code).toBe('UNSUPPORTED_VALUE');
    });

    it('of decimals, and what is no table, are refused at once', () => {
      const decimals = arrow.vectorFromArray([Uint32Array.of(1, 0, 0, 0)], new arrow.Decimal(2, 9));
      expect(() => sc().fromArrow(new arrow.Table({ x: decimals }))).toThrowError(
        expect.objectContaining({ code: 'UNSUPPORTED_VALUE' }),
      );
      expect(() => sc().fromArrow({} as arrow.Table)).toThrowError(
        expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
      );
    });
  });
});
