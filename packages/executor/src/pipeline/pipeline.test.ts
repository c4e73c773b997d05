import { describe, expect, it } from 'vitest';
import { collect, runAction, TestInputs } from '../testing/run-program.js';

const up = (n: number) => Array.from({ length: n }, (_, i) => i);

describe('generated loops', () => {
  it('run a chain of row-by-row steps', async () => {
    const rows = await collect(
      up(3000),
      [
        { kind: 'map', fn: 0 },
        { kind: 'filter', fn: 1 },
        { kind: 'keyBy', fn: 2 },
        { kind: 'mapValues', fn: 0 },
      ],
      [(x: number) => x + 1, (x: number) => x % 3 === 0, (x: number) => x % 2],
    );
    const expected = up(3000)
      .map((x) => x + 1)
      .filter((x) => x % 3 === 0)
      .map((x) => [x % 2, x + 1]);
    expect(rows).toEqual(expected);
  });

  it('flatten arrays, strings, sets and generators, nested and filtered', async () => {
    const rows = await collect(
      [0, 1, 2, 3],
      [
        { kind: 'flatMap', fn: 0 },
        { kind: 'filter', fn: 1 },
        { kind: 'flatMap', fn: 2 },
      ],
      [
        (x: number) =>
          [
            [],
            'ab',
            new Set([1, 'x', 2]),
            (function* () {
              yield* [7, 'y'];
            })(),
          ][x],
        (v: unknown) => v !== 'x',
        (v: unknown) => [v, v],
      ],
    );
    expect(rows).toEqual(['a', 'a', 'b', 'b', 1, 1, 2, 2, 7, 7, 'y', 'y']);
  });

  it('say what flatMap must return', async () => {
    const result = collect([1], [{ kind: 'flatMap', fn: 0 }], [(x: number) => x]);
    await expect(result).rejects.toThrow(/flatMap must return an array .* returned 1/);
  });

  it('stop an endless flatMap when take has enough', async () => {
    const inputs = new TestInputs();
    const source = inputs.source([1, 2]);
    const naturals = function* () {
      for (let i = 0; ; i++) yield i;
    };
    const rows = await runAction(
      inputs,
      { source, steps: [{ kind: 'flatMap', fn: 0 }] },
      [naturals],
      { kind: 'take', limit: 3 },
    );
    expect(rows).toEqual([0, 1, 2]);
  });

  it('refuse rows that are no pairs, naming the row', async () => {
    const result = collect(
      [
        [1, 2],
        [1, 2, 3],
      ],
      [{ kind: 'values' }],
      [],
    );
    await expect(result).rejects.toMatchObject({
      code: 'NOT_A_PAIR',
      message: expect.stringContaining('[1,2,3]'),
    });
  });

  it('go on through chains longer than one function may be', async () => {
    const steps = up(300).map(() => ({ kind: 'map', fn: 0 }) as const);
    expect(await collect(up(2000), steps, [(x: number) => x + 1])).toEqual(
      up(2000).map((x) => x + 300),
    );
  });

  it('join every left with every right row of a key', async () => {
    const row = ['k', [[1, 2], [3]]];
    const lonely = ['l', [[4], []]];
    const right = ['r', [[], [5]]];
    const run = (join: 'inner' | 'leftOuter' | 'rightOuter' | 'fullOuter') =>
      collect([row, lonely, right], [{ kind: 'join', join }], []);
    const inner = [
      ['k', [1, 3]],
      ['k', [2, 3]],
    ];
    expect(await run('inner')).toEqual(inner);
    expect(await run('leftOuter')).toEqual([...inner, ['l', [4, undefined]]]);
    expect(await run('rightOuter')).toEqual([...inner, ['r', [undefined, 5]]]);
    expect(await run('fullOuter')).toEqual([
      ...inner,
      ['l', [4, undefined]],
      ['r', [undefined, 5]],
    ]);
  });
});

describe('operators on whole partitions', () => {
  it('glom and zipWithIndex', async () => {
    expect(await collect(up(3000), [{ kind: 'glom' }], [])).toEqual([up(3000)]);
    expect(await collect([], [{ kind: 'glom' }], [])).toEqual([[]]);
    expect(await collect(['a', 'b'], [{ kind: 'zipWithIndex', offsets: [40] }], [])).toEqual([
      ['a', 40],
      ['b', 41],
    ]);
  });

  it('mapPartitions takes arrays, generators, async generators and promises', async () => {
    const double = (rows: Iterable<number>) => [...rows].map((x) => 2 * x);
    const forms: ((rows: Iterable<number>) => unknown)[] = [
      double,
      function* (rows) {
        for (const x of rows) yield 2 * x;
      },
      async function* (rows) {
        for await (const x of rows) yield 2 * x;
      },
      async (rows) => double(rows),
      async (rows) => new Set(double(rows)),
    ];
    for (const fn of forms) {
      const steps = [
        { kind: 'mapPartitions', fn: 0, withIndex: false },
        { kind: 'map', fn: 1 },
      ] as const;
      const rows = await collect(up(2500), steps, [fn, (x: number) => x + 1]);
      expect(rows).toEqual(up(2500).map((x) => 2 * x + 1));
    }
  });

  it('mapPartitions over a source that waits, and reads lazily over one that does not', async () => {
    const steps = [
      { kind: 'mapAsync', fn: 0, concurrency: 4 },
      { kind: 'mapPartitions', fn: 1, withIndex: true },
    ] as const;
    const rows = await collect(up(10), steps, [
      async (x: number) => x,
      (index: number, all: Iterable<number>) => [index, ...all],
    ]);
    expect(rows).toEqual([0, ...up(10)]);
    let seen = 0;
    const first = await collect(
      up(5000),
      [
        { kind: 'map', fn: 0 },
        { kind: 'mapPartitions', fn: 1, withIndex: false },
      ],
      [
        (x: number) => {
          seen++;
          return x;
        },
        (all: Iterable<number>) => {
          for (const x of all) return [x];
          return [];
        },
      ],
    );
    expect(first).toEqual([0]);
    expect(seen).toBeLessThan(5000);
  });

  it('mapPartitions over branches of which only the second waits', async () => {
    const inputs = new TestInputs();
    const plain = { source: inputs.source([1, 2]), steps: [] };
    const waiting = {
      source: inputs.source([3]),
      steps: [{ kind: 'mapAsync', fn: 0, concurrency: 1 } as const],
    };
    const rows = await runAction(
      inputs,
      {
        source: { kind: 'zippedUnion', branches: [plain, waiting], numPartitions: 1 },
        steps: [{ kind: 'mapPartitions', fn: 1, withIndex: false }],
      },
      [async (x: number) => x, (all: Iterable<number>) => [...all]],
    );
    expect(rows).toEqual([1, 2, 3]);
  });

  it('mapAsync keeps order and the limit, across chunks', async () => {
    let running = 0;
    let most = 0;
    const fn = async (x: number) => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
      return -x;
    };
    const rows = await collect(up(2100), [{ kind: 'mapAsync', fn: 0, concurrency: 7 }], [fn]);
    expect(rows).toEqual(up(2100).map((x) => -x));
    expect(most).toBe(7);
  });

  it('mapAsync starts no further calls after a rejection', async () => {
    let calls = 0;
    const fn = async (x: number) => {
      calls++;
      if (x === 2) throw new Error('row 2');
      return x;
    };
    const result = collect(up(1000), [{ kind: 'mapAsync', fn: 0, concurrency: 3 }], [fn]);
    await expect(result).rejects.toThrow('row 2');
    expect(calls).toBeLessThan(20);
  });
});
