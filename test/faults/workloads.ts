import type { FiresteelContext } from 'firesteel';

/** Called in tasks for every row of a stage; the place where a fault can happen. */
export type Strike = (stage: 'map' | 'reduce', row: number) => void;

/** How many different rows a stage of a workload strikes with. */
export const STRIKES = 400;

export interface Workload {
  readonly name: string;
  /** Gives the same value whatever happens to executors. */
  run(sc: FiresteelContext, strike: Strike): Promise<unknown>;
}

const words = ['to', 'be', 'or', 'not', 'that', 'is', 'the', 'question'];

const byKey = (a: readonly [unknown, unknown], b: readonly [unknown, unknown]) =>
  String(a[0]) < String(b[0]) ? -1 : 1;

const wordCount: Workload = {
  name: 'word count',
  run: async (sc, strike) => {
    const counts = sc
      .range(0, STRIKES, 1, 8)
      .flatMap((x) => {
        strike('map', x);
        return [words[x % 8] as string, words[(x * 7) % 8] as string];
      })
      .map((word): [string, number] => [word, 1])
      .reduceByKey((a, b) => a + b, 4)
      .mapPartitions((pairs) => {
        strike('reduce', 0);
        return pairs;
      });
    return (await counts.collect()).sort(byKey);
  },
};

const sort: Workload = {
  name: 'sort',
  run: (sc, strike) =>
    sc
      .range(0, STRIKES, 1, 6)
      .map((x) => {
        strike('map', x);
        return (x * 7919) % 1009;
      })
      .sortBy((x) => x)
      .map((x) => {
        strike('reduce', x % STRIKES);
        return x;
      })
      .collect(),
};

const join: Workload = {
  name: 'join',
  run: async (sc, strike) => {
    const left = sc.range(0, STRIKES, 1, 4).map((x): [number, number] => {
      strike('map', x);
      return [x % 50, x];
    });
    const right = sc.range(0, 50, 1, 3).map((x): [number, string] => [x, `name ${x}`]);
    const joined = left.join(right).map(([key, [x, name]]) => {
      strike('reduce', x);
      return `${key} ${x} ${name}`;
    });
    return (await joined.collect()).sort();
  },
};

const pageRank: Workload = {
  name: 'PageRank with cached links',
  run: async (sc, strike) => {
    const links = sc
      .range(0, STRIKES, 1, 4)
      .map((x): [number, number] => {
        strike('map', x);
        return [x % 40, (x * 13 + (x >> 3)) % 40];
      })
      .groupByKey(4)
      .mapValues((targets) => [...targets])
      .cache();
    let ranks = links.mapValues(() => 1);
    for (let i = 0; i < 3; i++)
      ranks = links
        .join(ranks)
        .flatMap(([page, [targets, rank]]) => {
          strike('reduce', page);
          return targets.map((target): [number, number] => [target, rank / targets.length]);
        })
        .reduceByKey((a, b) => a + b, 4)
        .mapValues((sum) => 0.15 + 0.85 * sum);
    const result = (await ranks.collect()).sort(([a], [b]) => a - b);
    links.unpersist();
    // The order in which parts are added up is that of the map partitions.
    return result.map(([page, rank]) => [page, rank.toFixed(9)]);
  },
};

const accumulators: Workload = {
  name: 'accumulators in actions',
  run: async (sc, strike) => {
    const sum = sc.accumulator('sum');
    await sc
      .range(0, STRIKES, 1, 8)
      .map((x): [number, number] => {
        strike('map', x);
        return [x % 16, x];
      })
      .reduceByKey((a, b) => a + b, 6)
      .forEach(([key, value]) => {
        strike('reduce', key);
        sum.add(value);
      });
    return sum.value;
  },
};

export const workloads: readonly Workload[] = [wordCount, sort, join, pageRank, accumulators];
