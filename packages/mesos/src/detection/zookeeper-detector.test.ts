import { ManualClock, startMesosCluster, ZooKeeperStub } from 'mesos-testkit';
import { expect, test } from 'vitest';
import { TestFramework } from '../testing/test-framework.js';
import { type ZooKeeperDetector as Detector, ZooKeeperDetector } from './zookeeper-detector.js';

const timings = { allocationIntervalMs: 20, registrationBackoffMs: 10 };
const node = (n: number) => `/mesos/json.info_${String(n).padStart(10, '0')}`;
const info = (port: number) => JSON.stringify({ address: { ip: '127.0.0.1', port } });

/** What a detector tells, one after the other. */
class Told implements Disposable {
  readonly #detector: Detector;
  readonly #told: string[] = [];
  #wake = (): void => {};

  constructor(url: string, options: ConstructorParameters<typeof Detector>[1] = {}) {
    this.#detector = new ZooKeeperDetector(url, { random: () => 0, ...options });
    const tell = (what: string): void => {
      this.#told.push(what);
      this.#wake();
    };
    this.#detector.start({
      onLeader: tell,
      onNoLeader: tell,
      onFailed: (error) => tell(error.code),
    });
  }

  async next(): Promise<string> {
    while (this.#told.length === 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#told.shift()!;
  }

  [Symbol.dispose](): void {
    this.#detector.close();
  }
}

test('the smallest number leads, whatever else is there', async () => {
  const zooKeeper = await ZooKeeperStub.start();
  zooKeeper.set('/mesos/log_replicas/0000000000', '');
  zooKeeper.set('/mesos/info_0000000000', '');
  zooKeeper.set(node(12), info(12));
  zooKeeper.set(node(7), info(7));
  using told = new Told(`zk://${zooKeeper.address}/mesos`);
  expect(await told.next()).toBe('127.0.0.1:7');
  zooKeeper.set(node(13), info(13));
  zooKeeper.remove(node(7));
  expect(await told.next()).toBe('127.0.0.1:12');
  zooKeeper.set(node(14), 'no JSON');
  zooKeeper.remove(node(13));
  zooKeeper.remove(node(12));
  expect(await told.next()).toContain('does not say where its master is');
  zooKeeper.remove(node(14));
  expect(await told.next()).toContain('no master is entered');
  await zooKeeper.close();
});

test('waits for a path that masters have yet to make', async () => {
  const zooKeeper = await ZooKeeperStub.start();
  using told = new Told(`zk://${zooKeeper.address}/mesos`);
  expect(await told.next()).toContain('does not exist');
  zooKeeper.set('/mesos', '');
  expect(await told.next()).toContain('no master is entered');
  zooKeeper.set(node(0), info(5));
  expect(await told.next()).toBe('127.0.0.1:5');
  await zooKeeper.close();
});

test('a leader stays one while ZooKeeper comes back, and is told once', async () => {
  const zooKeeper = await ZooKeeperStub.start();
  zooKeeper.set(node(0), info(1));
  using told = new Told(`zk://${zooKeeper.address}/mesos`);
  expect(await told.next()).toBe('127.0.0.1:1');
  zooKeeper.disconnect();
  await zooKeeper.close();
  zooKeeper.set(node(1), info(2));
  await zooKeeper.restart();
  zooKeeper.remove(node(0));
  expect(await told.next()).toBe('127.0.0.1:2');
  await zooKeeper.close();
});

test.each(['close', 'silence'] as const)(
  'a leader whom nobody confirms is given up after the session timeout: %s',
  async (how) => {
    const zooKeeper = await ZooKeeperStub.start();
    zooKeeper.set(node(0), info(1));
    const clock = new ManualClock();
    using told = new Told(`zk://${zooKeeper.address}/mesos`, { clock });
    expect(await told.next()).toBe('127.0.0.1:1');
    await zooKeeper[how]();
    // The first timeout ends the connection, if that has not ended by itself, the second the leader.
    clock.advance(10_000);
    clock.advance(10_000);
    expect(await told.next()).toContain('no ZooKeeper server');
    await zooKeeper.close();
  },
);

test('goes round the servers of an ensemble', async () => {
  const gone = await ZooKeeperStub.start();
  await gone.close();
  const alive = await ZooKeeperStub.start();
  alive.set(node(0), info(1));
  using told = new Told(`zk://${gone.address},${alive.address}/mesos`);
  expect(await told.next()).toContain(`${gone.address}: connect ECONNREFUSED`);
  expect(await told.next()).toBe('127.0.0.1:1');
  await alive.close();
});

test('shows credentials, and fails for good where they do not open the path', async () => {
  const zooKeeper = await ZooKeeperStub.start({ credentials: 'me:secret' });
  zooKeeper.set(node(0), info(1));
  using right = new Told(`zk://me:secret@${zooKeeper.address}/mesos`);
  expect(await right.next()).toBe('127.0.0.1:1');
  for (const url of [
    `zk://me:wrong@${zooKeeper.address}/mesos`,
    `zk://${zooKeeper.address}/mesos`,
  ]) {
    using wrong = new Told(url);
    expect(await wrong.next()).toBe('ZOOKEEPER_REFUSED');
  }
  await zooKeeper.close();
});

test('a framework follows the leader that ZooKeeper names', async () => {
  await using cluster = await startMesosCluster({ masters: 3, timings, zooKeeper: {} });
  const detector = new ZooKeeperDetector(cluster.zooKeeperUrl!);
  using framework = new TestFramework({ masters: detector });
  const id = await framework.subscribed();
  cluster.faults.electLeader(2);
  expect(await framework.subscribed()).toBe(id);
  expect(framework.client.master).toBe(cluster.masters[2]);
  cluster.faults.loseLeader();
  expect(await framework.disconnected()).toBeDefined();
  cluster.faults.electLeader(0);
  expect(await framework.subscribed()).toBe(id);
  expect(framework.client.master).toBe(cluster.masters[0]);
});

test('a framework says what it has waited for', async () => {
  const zooKeeper = await ZooKeeperStub.start();
  const detector = new ZooKeeperDetector(`zk://${zooKeeper.address}/mesos`);
  const clock = new ManualClock();
  using framework = new TestFramework({ masters: detector, clock });
  await framework.disconnected();
  clock.advance(30_000);
  const error = await framework.failed();
  expect(error).toMatchObject({ code: 'MESOS_MASTER_UNREACHABLE' });
  expect(error.message).toContain(`${detector.name} does not exist`);
  await zooKeeper.close();
});
