import type { ConfigInput, FiresteelContext } from 'firesteel';
import type { MesosCluster } from 'mesos-testkit';
import { expect, it } from 'vitest';
import { nextEvent } from '../behaviour/events.js';
import { byKey, contextOn, expectedSums, startCluster, sums } from './mesos-context.js';

interface Victims {
  readonly sc: FiresteelContext;
  readonly cluster: MesosCluster;
  /** Of the task that starts. */
  readonly executorId: string;
  /** Decides whom it befalls. */
  readonly seed: number;
}

/** What befalls a cluster while a job runs. */
const faults: Readonly<Record<string, (victims: Victims) => unknown>> = {
  'an executor is killed': ({ sc, cluster, executorId }) => {
    const removed = nextEvent(sc, 'executorRemoved', (event) => event.executorId === executorId);
    const hit = cluster.agents
      .flatMap((agent) => agent.executors().map((executor) => ({ agent, ...executor })))
      .filter((executor) => executor.executorId === executorId);
    for (const { agent, frameworkId } of hit) agent.killExecutor(frameworkId, executorId);
    expect(hit).toHaveLength(1);
    return removed;
  },
  'an agent is restarted': ({ cluster, seed }) =>
    cluster.agents[seed % cluster.agents.length]?.restart(),
  'an agent leaves the cluster': ({ cluster, seed }) => cluster.agents[seed % 2]?.unregister(),
  'the connection with the master breaks': ({ cluster }) => cluster.faults.disconnect(),
  'another master leads': ({ cluster, seed }) => cluster.faults.electLeader(1 + (seed % 2)),
  'updates come twice': ({ cluster }) => {
    cluster.faults.repeatUpdates(2);
  },
  'offers are taken back': ({ cluster }) => cluster.faults.rescindOffers(),
};

/** `FIRESTEEL_TEST_SEED` repeats one run of each fault, `FIRESTEEL_TEST_ALL=1` makes ten. */
const { FIRESTEEL_TEST_SEED: givenSeed, FIRESTEEL_TEST_ALL: all } = process.env;
const seeds =
  givenSeed !== undefined
    ? [Number(givenSeed)]
    : Array.from({ length: all === '1' ? 10 : 1 }, (_, i) => i);

const modes: Readonly<Record<string, ConfigInput>> = {
  coarse: { 'mesos.constraints': 'hostname:UNIQUE' },
  fine: { 'mesos.coarse': false, 'mesos.mesosExecutor.cores': 0.5, 'cores.max': 4 },
};

const cases = Object.entries(modes).flatMap(([mode, conf]) =>
  Object.entries(faults).map(([name, strike]) => ({ mode, conf, name, strike })),
);

for (const { mode, conf, name, strike } of cases) {
  it.each(seeds)(`${mode}: ${name}, and the result is right (seed %i)`, async (seed) => {
    await using cluster = await startCluster({ masters: 3 });
    await using sc = await contextOn(cluster, conf);
    expect(byKey(await sums(sc))).toEqual(expectedSums);
    const struck = strikeAtTask(sc, seed % 6, (executorId) =>
      strike({ sc, cluster, executorId, seed }),
    );
    expect(byKey(await sums(sc))).toEqual(expectedSums);
    await struck;
    expect(byKey(await sums(sc))).toEqual(expectedSums);
    await sc.stop();
    await cluster.waitUntil(() => cluster.tasks().length === 0);
    expect(cluster.frameworks()).toEqual([]);
  });
}

/** Strikes when the n-th task from now on has started. */
function strikeAtTask(
  sc: FiresteelContext,
  n: number,
  strike: (executorId: string) => unknown,
): Promise<unknown> {
  let left = n;
  return new Promise((resolve, reject) => {
    const off = sc.events.on('taskStart', ({ executorId }) => {
      if (left-- > 0) return;
      off();
      Promise.resolve(strike(executorId)).then(resolve, reject);
    });
  });
}
