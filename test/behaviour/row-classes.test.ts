import { describe, expect, it } from 'vitest';
import { onEveryMaster } from './backends.js';
import { failure } from './rejection.js';
import { Scratch } from './scratch.js';

class Point {
  constructor(
    readonly x: number,
    readonly y: number,
  ) {}

  get norm(): number {
    return Math.hypot(this.x, this.y);
  }

  plus(other: Point): Point {
    return new Point(this.x + other.x, this.y + other.y);
  }
}

class Named extends Point {
  constructor(
    readonly name: string,
    x: number,
    readonly parts: readonly Point[] = [],
  ) {
    super(x, x);
  }
}

/** A key by its own equality. */
class Version {
  constructor(readonly text: string) {}

  #canonical(): string {
    return this.text;
  }

  hashCode(): number {
    return this.text.length;
  }

  equals(other: unknown): boolean {
    return other instanceof Version && other.#canonical() === this.text;
  }
}

class Release {
  constructor(readonly major: number) {}
  hashCode(): number {
    return this.major;
  }
  equals(other: unknown): boolean {
    return other instanceof Release && other.major === this.major;
  }
  compareTo(other: Release): number {
    return this.major - other.major;
  }
}

describe('instances of classes', () => {
  const scratch = new Scratch();

  onEveryMaster('row classes', (sc) => {
    it('come back as what they were, without being registered', async () => {
      const rows = await sc()
        .range(0, 3, 1, 2)
        .map((i) => new Named(`n${i}`, i, [new Point(i, -0)]))
        .collect();
      expect(rows.map((row) => row.constructor)).toEqual([Named, Named, Named]);
      expect(rows[2]).toEqual(new Named('n2', 2, [new Point(2, -0)]));
      expect(rows[2]?.norm).toBe(Math.hypot(2, 2));
      expect(rows[2]?.parts[0]).toBeInstanceOf(Point);
    });

    it('keep identity and cycles inside a row', async () => {
      const [row] = await sc()
        .range(1)
        .map(() => {
          const point = new Point(1, 2);
          const loop = new Map<string, unknown>([['point', point]]);
          return loop.set('again', point).set('self', loop);
        })
        .collect();
      expect(row?.get('point')).toBeInstanceOf(Point);
      expect(row?.get('again')).toBe(row?.get('point'));
      expect(row?.get('self')).toBe(row);
    });

    it('are instances where the functions of a later stage see them', async () => {
      const sums = await sc()
        .range(0, 100, 1, 4)
        .map((i): [number, Point] => [i % 3, new Point(i, 1)])
        .reduceByKey((a, b) => a.plus(b))
        .map(([key, sum]) => [key, sum instanceof Point, sum.y])
        .collect();
      expect(sums.sort()).toEqual([
        [0, true, 34],
        [1, true, 33],
        [2, true, 33],
      ]);
    });

    it('may be rows of parallelize and zero values', async () => {
      const points = sc().parallelize([new Point(1, 2), new Point(3, 4)], 2);
      const sum = await points.aggregate(
        () => new Point(0, 0),
        (a, b) => a.plus(b),
        (a, b) => a.plus(b),
      );
      expect(sum).toBeInstanceOf(Point);
      expect(sum).toEqual(new Point(4, 6));
    });

    it('are keys by their own hashCode, equals and compareTo', async () => {
      const counts = sc()
        .range(0, 12, 1, 3)
        .map((i): [Release, number] => [new Release(i % 3), 1])
        .reduceByKey((a, b) => a + b);
      expect((await counts.sortByKey().collect()).map(([key, n]) => [key.major, n])).toEqual([
        [0, 4],
        [1, 4],
        [2, 4],
      ]);
      expect((await counts.collectAsMap()).get(new Release(1))).toBe(4);
    });

    it('are keys by their fields where that was asked for', async () => {
      class Cell {
        constructor(
          readonly row: number,
          readonly column: string,
        ) {}
      }
      const cells = sc()
        .range(0, 20, 1, 3)
        .map((i): [Cell, number] => [new Cell(i % 2, 'c'), i]);
      const error = await failure(cells.countByKey());
      expect(error.code).toBe('UNSUPPORTED_KEY');
      expect(error.message).toContain("registerClass(Class, { key: 'fields' })");
      sc().registerClass(Cell, { key: 'fields', name: `Cell of ${sc().master}` });
      const counts = await cells.countByKey();
      expect(counts.get(new Cell(1, 'c'))).toBe(10);
      expect(counts.get(new Cell(2, 'c'))).toBeUndefined();
      expect([...counts.keys()].every((key) => key instanceof Cell)).toBe(true);
    });

    it('of a shuffle that another job wrote are known to the jobs that read it', async () => {
      class Order {
        constructor(readonly total: number) {}
        withTax(): number {
          return this.total * 2;
        }
      }
      const orders = sc()
        .range(0, 8, 1, 2)
        .map((i): [number, Order] => [i % 2, new Order(i)])
        .partitionBy(2);
      expect(await orders.count()).toBe(8);
      const taxed = orders.values().map((order) => order.withTax());
      expect(await taxed.sum()).toBe(56);
    });

    it('of a class that nothing in the job tells of are refused, naming it', async () => {
      class Hidden {
        readonly secret = 1;
      }
      const path = scratch.fresh();
      await sc()
        .range(1)
        .map(() => new Hidden())
        .saveAsObjectFile(path);
      const error = await failure(
        sc()
          .objectFile<Hidden>(path)
          .map(({ secret }) => secret)
          .sum(),
      );
      expect(error.code).toBe('UNSUPPORTED_VALUE');
      expect(error.message).toMatch(/class Hidden.*sc\.registerClass\(Hidden.*\)/);
    });

    it('are read from object files by the name of their class', async () => {
      class Visit {
        constructor(readonly url: string) {}
        get host(): string {
          return this.url.split('/')[0] as string;
        }
      }
      sc().registerClass(Visit, { name: `Visit of ${sc().master}` });
      const path = scratch.fresh();
      await sc()
        .parallelize([new Visit('a/b'), new Visit('c')], 2)
        .saveAsObjectFile(path);
      const visits = await sc().objectFile<Visit>(path).collect();
      expect(visits.map(({ host }) => host)).toEqual(['a', 'c']);
      expect(
        await sc()
          .objectFile<Visit>(path)
          .map((visit) => visit.host)
          .collect(),
      ).toEqual(['a', 'c']);
    });

    it('that cannot travel are refused with their class', async () => {
      const error = await failure(
        sc()
          .range(1)
          .map(() => new Version('1'))
          .collect(),
      );
      expect(error.code).toBe('UNSUPPORTED_VALUE');
      expect(error.message).toContain('class Version');
      class Failure extends Map {}
      for (const [ctor, why] of [
        [Version, '#private'],
        [Failure, 'extends'],
        [Map, 'extends'],
      ] as const)
        expect(() => sc().registerClass(ctor)).toThrowError(
          expect.objectContaining({
            code: 'INVALID_ARGUMENT',
            message: expect.stringContaining(why),
          }),
        );
      expect(() => sc().registerClass(5 as never)).toThrowError(/a class/);
      const twin = { Point: class Point {} };
      expect(() => sc().registerClass(twin.Point)).toThrowError(/Point.*pass \{ name \}/);
    });
  });
});
