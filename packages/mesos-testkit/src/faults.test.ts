import { expect, test } from 'vitest';
import { ManualClock, type MesosCluster, startMesosCluster } from './index.js';
import { RawScheduler, task } from './testing/raw-scheduler.js';

const timings = { allocationIntervalMs: 20 };
const sleeping = { command: { value: 'sleep 100' } };

async function running(clusterMaster: string, info = {}): Promise<RawScheduler> {
  const scheduler = await RawScheduler.subscribe(clusterMaster, { info });
  const [offer] = await scheduler.offers();
  await scheduler.launch(offer!, task(offer!, 't', sleeping));
  while ((await scheduler.update()).state !== 'TASK_RUNNING');
  return scheduler;
}

/** An event of a type that no schema knows. */
const unknownEvent = Buffer.from('0863c23e0141', 'hex');

/** Resolves when everything is here that was on its way: an answer comes after it, then an event. */
async function delivered(cluster: MesosCluster, scheduler: RawScheduler): Promise<unknown> {
  await scheduler.call({ type: 'SUPPRESS' });
  cluster.faults.sendRecord(scheduler.frameworkId, unknownEvent);
  return scheduler.stream.next(({ type }) => type === undefined);
}

test('rescinded offers are void', async () => {
  await using cluster = await startMesosCluster({ timings });
  const scheduler = await RawScheduler.subscribe(cluster.master);
  const [offer] = await scheduler.offers();
  cluster.faults.rescindOffers();
  expect((await scheduler.event('RESCIND')).rescind!.offer_id).toEqual(offer!.id);
  await scheduler.launch(offer!, task(offer!, 't', sleeping));
  expect(await scheduler.update()).toMatchObject({
    state: 'TASK_DROPPED',
    reason: 'REASON_INVALID_OFFERS',
  });
});

test('updates can be repeated, dropped and delayed', async () => {
  const clock = new ManualClock();
  await using cluster = await startMesosCluster({ clock });
  const { faults } = cluster;
  faults.repeatUpdates(2, { state: 'TASK_STARTING' });
  const stopDropping = faults.dropUpdates({ state: 'TASK_RUNNING' });
  const scheduler = await RawScheduler.subscribe(cluster.master);
  const [offer] = await scheduler.offers();
  await scheduler.launch(offer!, task(offer!, 't', sleeping));
  const [first, second] = [await scheduler.update(), await scheduler.update()];
  expect(second).toEqual(first);
  await cluster.waitUntil(() => cluster.tasks()[0]?.state === 'TASK_RUNNING');
  stopDropping();
  faults.delayUpdates(5_000, { state: 'TASK_RUNNING' });
  clock.advance(10_000); // the agent sends it again …
  await delivered(cluster, scheduler);
  expect(scheduler.stream.events.filter(({ type }) => type === 'UPDATE')).toHaveLength(2);
  clock.advance(5_000); // … and it is let through
  expect((await scheduler.update()).state).toBe('TASK_RUNNING');
});

test('a cut connection starts the failover timeout', async () => {
  const clock = new ManualClock();
  await using cluster = await startMesosCluster({ clock });
  const scheduler = await RawScheduler.subscribe(cluster.master, {
    info: { failover_timeout: 60 },
  });
  cluster.faults.disconnect();
  expect(await scheduler.stream.ended()).toBe('broken');
  await cluster.waitUntil(() => !cluster.frameworks()[0]!.connected);
  clock.advance(59_999);
  expect(cluster.frameworks()).toHaveLength(1);
  clock.advance(1);
  expect(cluster.frameworks()).toHaveLength(0);
  const id = { value: scheduler.frameworkId };
  await expect(RawScheduler.subscribe(cluster.master, { info: { id } })).rejects.toThrow(
    'Framework has been removed',
  );
});

test('a task that ends while its framework is away frees its resources', async () => {
  await using cluster = await startMesosCluster({ timings });
  const scheduler = await running(cluster.master, { failover_timeout: 60 });
  scheduler.close();
  await cluster.waitUntil(() => !cluster.frameworks()[0]!.connected);
  cluster.agents[0]!.killExecutor(scheduler.frameworkId, 't');
  await cluster.waitUntil(() => cluster.tasks()[0]!.state === 'TASK_FAILED');
  const other = await RawScheduler.subscribe(cluster.master);
  const [offer] = await other.offers();
  const cpus = offer!.resources!.filter(({ name }) => name === 'cpus');
  expect(cpus.map(({ scalar }) => scalar?.value)).toEqual([4]);
  // Its framework hears of it when it is back.
  const id = { value: scheduler.frameworkId };
  const again = await RawScheduler.subscribe(cluster.master, {
    info: { id, failover_timeout: 60 },
  });
  expect((await again.update()).state).toBe('TASK_FAILED');
});

test('an agent behind a partition becomes unreachable and comes back with its tasks', async () => {
  const clock = new ManualClock();
  await using cluster = await startMesosCluster({ clock });
  const [agent] = cluster.agents;
  const scheduler = await running(cluster.master, { checkpoint: true });
  agent!.partition();
  clock.advance(5 * 15_000);
  expect(await scheduler.update()).toMatchObject({
    state: 'TASK_UNREACHABLE',
    reason: 'REASON_AGENT_REMOVED',
  });
  expect((await scheduler.event('FAILURE')).failure!.agent_id!.value).toBe(agent!.id);
  agent!.heal();
  clock.advance(15_000);
  expect(await scheduler.update()).toMatchObject({
    state: 'TASK_RUNNING',
    reason: 'REASON_AGENT_REREGISTERED',
  });
});

test('an agent that unregisters loses its tasks at once', async () => {
  await using cluster = await startMesosCluster({ timings });
  const scheduler = await running(cluster.master);
  cluster.agents[0]!.unregister();
  expect(await scheduler.update()).toMatchObject({
    state: 'TASK_LOST',
    reason: 'REASON_AGENT_REMOVED',
  });
});

test('without a checkpoint nothing survives the agent', async () => {
  await using cluster = await startMesosCluster({ timings });
  const scheduler = await running(cluster.master);
  await cluster.agents[0]!.kill();
  expect(await scheduler.update()).toMatchObject({
    state: 'TASK_LOST',
    reason: 'REASON_AGENT_DISCONNECTED',
  });
});

test('silence: no heartbeats, no reconciliation, no acknowledgements', async () => {
  const clock = new ManualClock();
  await using cluster = await startMesosCluster({ clock });
  const { faults } = cluster;
  const scheduler = await running(cluster.master);
  faults.silenceHeartbeats();
  faults.silenceReconciliation();
  faults.withholdAcknowledgements();
  const before = scheduler.stream.events.length;
  clock.advance(60_000);
  await scheduler.call({ type: 'RECONCILE', reconcile: {} });
  await scheduler.call({ type: 'KILL', kill: { task_id: { value: 't' } } });
  await scheduler.update();
  const later = scheduler.stream.events.slice(before).map(({ type }) => type);
  expect(later.filter((type) => type !== 'OFFERS')).toEqual(['UPDATE']);
  clock.advance(10_000);
  // Nothing was acknowledged, so the same update comes again.
  expect((await scheduler.update()).state).toBe('TASK_KILLING');
});

test('records in pieces and of unknown content arrive', async () => {
  await using cluster = await startMesosCluster({ timings });
  cluster.faults.splitRecords(1);
  const scheduler = await RawScheduler.subscribe(cluster.master);
  await scheduler.offers();
  expect(await delivered(cluster, scheduler)).toEqual({});
});
