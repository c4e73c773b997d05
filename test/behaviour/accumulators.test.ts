import { existsSync, writeFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { Accumulator, FiresteelContext } from 'firesteel';
import { describe, expect, it } from 'vitest';
import { onEveryMaster } from './backends.js';
import { EventLog } from './events.js';
import { expectNoUnhandledRejections, failure, rejection } from './rejection.js';
import { Scratch } from './scratch.js';

expectNoUnhandledRejections();

/** Counts words; with a method of its own, and a field for what is only derived. */
class WordCounts extends Accumulator<string, ReadonlyMap<string, number>> {
  private counts = new Map<string, number>();

  addAll(words: readonly string[]): void {
    for (const word of words) this.add(word);
  }
  add(word: string): void {
    this.counts.set(word, (this.value.get(word) ?? 0) + 1);
  }
  copy(): WordCounts {
    const copy = new WordCounts();
    copy.merge(this);
    return copy;
  }
  reset(): void {
    this.counts = new Map();
  }
  merge(other: WordCounts): void {
    for (const [word, count] of other.counts)
      this.counts.set(word, (this.counts.get(word) ?? 0) + count);
  }
  get value(): ReadonlyMap<string, number> {
    return this.counts;
  }
  get isZero(): boolean {
    return this.counts.size === 0;
  }
}

class Hidden extends Accumulator<number> {
  #sum = 0;
  add(value: number): void {
    this.#sum += value;
  }
  copy(): Hidden {
    const copy = new Hidden();
    copy.#sum = this.#sum;
    return copy;
  }
  reset(): void {
    this.#sum = 0;
  }
  merge(other: Hidden): void {
    this.#sum += other.#sum;
  }
  get value(): number {
    return this.#sum;
  }
  get isZero(): boolean {
    return this.#sum === 0;
  }
}

onEveryMaster('accumulators', (sc) => {
  it('equal the fold over the rows, for any rows and partitions', async () => {
    const property = fc.asyncProperty(
      fc.array(fc.integer({ min: -1000, max: 1000 }), { maxLength: 40 }),
      fc.integer({ min: 1, max: 7 }),
      async (rows, numPartitions) => {
        const sum = sc().accumulator();
        const big = sc().bigintAccumulator();
        const list = sc().collectionAccumulator<number>();
        const words = sc().register(new WordCounts());
        await sc()
          .parallelize(rows, numPartitions)
          .forEach((x) => {
            sum.add(x);
            big.add(BigInt(x));
            if (x > 0) list.add(x);
            words.addAll([`${x % 3}`, 'any']);
          });
        const plainSum = rows.reduce((a, b) => a + b, 0);
        expect(sum).toMatchObject({ value: plainSum, sum: plainSum, count: rows.length });
        expect(sum.avg).toBe(plainSum / rows.length);
        expect(big).toMatchObject({ value: BigInt(plainSum), count: rows.length });
        const byValue = (a: number, b: number) => a - b;
        expect(list.value.toSorted(byValue)).toEqual(rows.filter((x) => x > 0).sort(byValue));
        const plainWords = new WordCounts();
        for (const x of rows) plainWords.addAll([`${x % 3}`, 'any']);
        expect([...words.value].sort()).toEqual([...plainWords.value].sort());
        for (const accumulator of [sum, big, list, words])
          expect(accumulator.isZero).toBe(
            rows.length === 0 || (list.value.length === 0 && accumulator === list),
          );
      },
    );
    await fc.assert(property, { numRuns: 25 });
  });

  it('count nothing before an action, and once more for each action that computes', async () => {
    const seen = sc().accumulator();
    const rows = sc()
      .range(0, 10, 1, 3)
      .map((x) => {
        seen.add(1);
        return x;
      });
    expect(seen.value).toBe(0);
    await rows.count();
    expect(seen.value).toBe(10);
    await rows.sum();
    expect(seen.value).toBe(20);
    seen.reset();
    expect(seen.isZero).toBe(true);
    seen.add(5);
    expect(seen).toMatchObject({ value: 5, count: 1 });
  });

  it('are not run again with a shuffle that is complete', async () => {
    const seen = sc().accumulator();
    const counts = sc()
      .range(0, 10, 1, 3)
      .map((x): [number, number] => {
        seen.add(1);
        return [x % 2, 1];
      })
      .reduceByKey((a, b) => a + b);
    await counts.collect();
    await counts.collect();
    expect(seen.value).toBe(10);
  });

  it('cannot be read, reset or merged in a task, nor used before they are registered', async () => {
    const sum = sc().accumulator('rows');
    const words = sc().register(new WordCounts());
    const uses = [
      () => sum.value,
      () => words.value,
      () => sum.isZero,
      () => sum.reset(),
      () => words.merge(words),
      () => words.copy(),
    ];
    for (const use of uses)
      expect((await failure(sc().range(1).map(use).count())).code).toBe('DRIVER_ONLY');
    expect(
      (
        await failure(
          sc()
            .range(1)
            .map(() => sum.value)
            .count(),
        )
      ).message,
    ).toContain('(rows)');
    const loose = new WordCounts();
    const error = await failure(
      sc()
        .range(1)
        .forEach(() => {
          loose.add('x');
        }),
    );
    expect(error.code).toBe('ACCUMULATOR_NOT_REGISTERED');
    expect(error.message).toContain('→ loose');
  });

  it('have their id and name in tasks, also inside of broadcasts', async () => {
    const sum = sc().accumulator('rows');
    const b = sc().broadcast({ count: (n: number) => sum.add(n) });
    const names = await sc()
      .range(0, 4, 1, 2)
      .map((x) => {
        b.value.count(x);
        return [sum.id, sum.name];
      })
      .collect();
    expect(names).toEqual(Array(4).fill([sum.id, 'rows']));
    expect(sum.value).toBe(6);
  });

  it('refuse what is no number, and arguments that make no sense', async () => {
    const sum = sc().accumulator();
    const adding = sc()
      .range(1)
      .forEach((x) => {
        sum.add(`${x}` as unknown as number);
      });
    expect((await failure(adding)).code).toBe('NOT_A_NUMBER');
    expect(sum.value).toBe(0);
    for (const wrong of [() => sc().register({} as never), () => sc().register(sum)])
      expect((await failure(wrong)).code).toBe('INVALID_ARGUMENT');
    class Sticky extends WordCounts {
      override copy(): Sticky {
        return new Sticky();
      }
      override reset(): void {
        this.add('sticky');
      }
    }
    class Foreign extends WordCounts {}
    class Called extends WordCounts {
      override copy(): Called {
        return new Called();
      }
    }
    // As it is in Spark, and as no compiler sees it in a job of JavaScript.
    Object.defineProperty(Called.prototype, 'isZero', { value: () => false });
    for (const [wrong, message] of [
      [new Sticky(), /Sticky .* reset/],
      [new Foreign(), /Foreign .* copy/],
      [new Called(), /Called .* get isZero/],
    ] as const) {
      const error = await failure(() => sc().register(wrong));
      expect(error.code).toBe('ACCUMULATOR_INVALID');
      expect(error.message).toMatch(message);
    }
  });

  it('fail the job when their state cannot travel, instead of losing it', async () => {
    const hidden = sc().register(new Hidden());
    const error = await failure(
      sc()
        .range(4)
        .forEach((x) => {
          hidden.add(x);
        }),
    );
    expect(error.code).toBe('ACCUMULATOR_INVALID');
    expect(error.message).toContain('#private');
    expect(hidden.value).toBe(0);
  });

  it('appear in events when they have a name', async () => {
    using log = new EventLog(sc());
    const named = sc().accumulator('rows');
    const nameless = sc().accumulator();
    await sc()
      .range(0, 6, 1, 3)
      .forEach((x) => {
        named.add(x);
        nameless.add(x);
      });
    const { id } = named;
    const { stageId } = log.of('stageSubmitted')[0] ?? expect.fail();
    // A job that failed before may have left tasks that end late.
    const ends = log.of('taskEnd').filter((event) => event.stageId === stageId);
    expect(ends.map(({ partition, accumulators }) => [partition, accumulators]).sort()).toEqual([
      [0, [{ id, name: 'rows', value: 1 }]],
      [1, [{ id, name: 'rows', value: 5 }]],
      [2, [{ id, name: 'rows', value: 9 }]],
    ]);
    expect(log.of('stageCompleted').map(({ accumulators }) => accumulators)).toEqual([
      [{ id, name: 'rows', value: 15 }],
    ]);
  });
});

describe('accumulators of tasks that fail', () => {
  const scratch = new Scratch();

  it('count each partition of an action once, and no failed attempt', async () => {
    await using sc = await FiresteelContext.create({ master: 'local[2,3]' });
    const seen = sc.accumulator();
    const list = sc.collectionAccumulator<number>();
    const dir = scratch.fresh('attempts');
    const flaky = sc.range(0, 40, 1, 8).mapPartitionsWithIndex((partition, rows) => {
      const all = [...rows];
      for (const x of all) {
        seen.add(1);
        list.add(x);
      }
      for (const attempt of partition % 2 === 0 ? [0, 1] : [0]) {
        const marker = `${dir}-${partition}-${attempt}`;
        if (existsSync(marker)) continue;
        writeFileSync(marker, '');
        throw new Error(`attempt ${attempt} of ${partition}`);
      }
      return all;
    });
    expect(await flaky.sum()).toBe(780);
    expect(seen.value).toBe(40);
    expect(list.value.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, i) => i));
  });

  it('keep what succeeded when the job fails', async () => {
    await using sc = await FiresteelContext.create({ master: 'local[1]' });
    const seen = sc.accumulator();
    const failing = sc.range(0, 3, 1, 3).forEach((x) => {
      seen.add(1);
      if (x === 2) throw new Error('the last one');
    });
    expect((await rejection(failing)).message).toBe('the last one');
    expect(seen.value).toBe(2);
  });

  it('are refused by another context', async () => {
    await using one = await FiresteelContext.create({ master: 'local[1]' });
    await using two = await FiresteelContext.create({ master: 'local[1]' });
    const [sum, b] = [one.accumulator(), one.broadcast(1)];
    const jobs = [
      two.range(1).forEach((x) => {
        sum.add(x);
      }),
      two
        .range(1)
        .map(() => b.value)
        .count(),
    ];
    for (const job of jobs) expect((await failure(job)).code).toBe('INVALID_ARGUMENT');
  });
});
