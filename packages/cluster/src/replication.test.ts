import { type AdoptBlocks, StorageLevel, thisPlatform } from '@firesteel/plan';
import type { RpcConnection } from '@firesteel/rpc';
import { expect, it } from 'vitest';
import { ExecutorHandle } from './executor-handle.js';
import { Replication } from './replication.js';

/** An executor that answers when the test says so, and notes what it is asked for. */
function executor(executorId: string) {
  const asked: AdoptBlocks['cached'][number][] = [];
  const sent: unknown[] = [];
  const answers: (() => void)[] = [];
  const connection = {
    request: ({ cached }: AdoptBlocks) => {
      asked.push(...cached);
      return new Promise<void>((resolve) => answers.push(resolve));
    },
    send: (message: unknown) => sent.push(message),
  } as unknown as RpcConnection;
  const handle = new ExecutorHandle(
    {
      kind: 'register',
      protocol: 1,
      nodeVersion: '',
      address: { executorId, host: executorId, port: 1 },
      cores: 1,
      logUrls: {},
      platform: thisPlatform(),
      sharesFiles: true,
    },
    connection,
    0,
  );
  const answer = async () => {
    answers.shift()?.();
    await settle();
  };
  return { handle, asked, sent, answer };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

const stored = (partition: number, isStored = true) =>
  ({
    rddId: 7,
    partition,
    level: StorageLevel.MEMORY_ONLY_2,
    scope: 'executor',
    isStored,
    memoryBytes: 1,
    diskBytes: 0,
  }) as const;

it('copies again what could not be copied, when it is stored again', async () => {
  const [a, b] = [executor('a'), executor('b')];
  const all = [a.handle, b.handle];
  const replication = new Replication(1_000);
  replication.note(stored(0), a.handle, all);
  await settle();
  expect(b.asked).toHaveLength(1);
  // It had no room: it answers, and reports nothing.
  await b.answer();
  replication.note(stored(0), a.handle, all);
  await settle();
  expect(b.asked).toHaveLength(2);
  replication.note(stored(0), b.handle, all);
  await b.answer();
  replication.note(stored(0), a.handle, all);
  await settle();
  expect([a.asked.length, b.asked.length]).toEqual([0, 2]);
});

it('has a receiver make one copy after the other', async () => {
  const [a, b] = [executor('a'), executor('b')];
  const replication = new Replication(1_000);
  for (const partition of [0, 1, 2])
    replication.note(stored(partition), a.handle, [a.handle, b.handle]);
  await settle();
  expect(b.asked.map(({ partition }) => partition)).toEqual([0]);
  await b.answer();
  expect(b.asked.map(({ partition }) => partition)).toEqual([0, 1]);
});

it('takes back a copy that came after its RDD was unpersisted, and makes no other', async () => {
  const [a, b] = [executor('a'), executor('b')];
  const replication = new Replication(1_000);
  for (const partition of [0, 1])
    replication.note(stored(partition), a.handle, [a.handle, b.handle]);
  await settle();
  replication.forgetRdd(7);
  await b.answer();
  expect(b.asked).toHaveLength(1);
  expect(b.sent).toEqual([[{ kind: 'remove', what: 'cachedRdd', id: 7 }]]);
});
