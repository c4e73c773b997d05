import { type ConfigInput, FiresteelContext } from 'firesteel';
import { type MesosCluster, type MesosClusterOptions, startMesosCluster } from 'mesos-testkit';

/** Small executors, so that they start fast and fit everywhere. */
const smallExecutors: ConfigInput = {
  'executor.cores': 1,
  'executor.memory': '256m',
  'executor.minMemoryOverhead': '64m',
};

/** A cluster that offers at once what becomes free. */
export function startCluster(options: MesosClusterOptions = {}): Promise<MesosCluster> {
  return startMesosCluster({ agents: 2, timings: { allocationIntervalMs: 20 }, ...options });
}

/** Two executors on the cluster, unless the configuration says otherwise. */
export function contextOn(
  { masters }: Pick<MesosCluster, 'masters'>,
  conf: ConfigInput = {},
): Promise<FiresteelContext> {
  return FiresteelContext.create({
    master: `mesos://${masters.join(',')}`,
    appName: 'test',
    conf: { 'cores.max': 2, ...smallExecutors, ...conf },
  });
}

/** Sums by key over a shuffle. */
export function sums(
  sc: FiresteelContext,
  onRow: (row: number) => void = () => {},
): Promise<[number, number][]> {
  return sc
    .range(0, 1000, 1, 4)
    .map((x): [number, number] => {
      onRow(x);
      return [x % 10, x];
    })
    .reduceByKey((a, b) => a + b, 2)
    .collect();
}

export const expectedSums: readonly (readonly [number, number])[] = Array.from(
  { length: 10 },
  (_, key) => [key, 100 * key + 10 * 4950],
);

export const byKey = (pairs: readonly (readonly [number, number])[]) =>
  [...pairs].sort(([a], [b]) => a - b);
