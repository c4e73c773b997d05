import { startMesosCluster } from 'mesos-testkit';
import { expect, test } from 'vitest';

/** The framework under test: it runs one command on the first agent that has room, and retries once. */
async function runOnMesos(master: string, command: string): Promise<string> {
  const url = `http://${master}/api/v1/scheduler`;
  const json = { 'Content-Type': 'application/json', Accept: 'application/json' };
  const framework_info = {
    user: 'nobody',
    name: 'example',
    roles: ['*'],
    capabilities: [{ type: 'MULTI_ROLE' }, { type: 'PARTITION_AWARE' }],
  };
  const subscribe = { type: 'SUBSCRIBE', subscribe: { framework_info } };
  const stream = await fetch(url, {
    method: 'POST',
    headers: json,
    body: JSON.stringify(subscribe),
  });
  const streamId = stream.headers.get('Mesos-Stream-Id')!;
  let framework_id: unknown;
  let attempt = 0;
  const call = (body: object) =>
    fetch(url, {
      method: 'POST',
      headers: { ...json, 'Mesos-Stream-Id': streamId },
      body: JSON.stringify({ framework_id, ...body }),
    });
  for await (const event of records(stream.body!)) {
    if (event.type === 'SUBSCRIBED') framework_id = event.subscribed.framework_id;
    if (event.type === 'OFFERS') {
      const [offer, ...others] = event.offers.offers;
      const id = `attempt-${++attempt}`;
      const task = {
        name: id,
        task_id: { value: id },
        agent_id: offer.agent_id,
        resources: [{ name: 'cpus', type: 'SCALAR', scalar: { value: 0.5 } }],
        command: { value: command },
      };
      const operations = [{ type: 'LAUNCH', launch: { task_infos: [task] } }];
      await call({ type: 'ACCEPT', accept: { offer_ids: [offer.id], operations } });
      const declined = others.map(({ id }: { id: unknown }) => id);
      await call({ type: 'DECLINE', decline: { offer_ids: declined } });
      await call({ type: 'SUPPRESS' });
    }
    if (event.type === 'UPDATE') {
      const { state, uuid, agent_id, task_id } = event.update.status;
      if (uuid) await call({ type: 'ACKNOWLEDGE', acknowledge: { agent_id, task_id, uuid } });
      const failed = ['TASK_FAILED', 'TASK_LOST', 'TASK_UNREACHABLE'].includes(state);
      if (failed && attempt < 2) await call({ type: 'REVIVE' });
      else if (failed || state === 'TASK_FINISHED') {
        await call({ type: 'TEARDOWN' });
        return state;
      }
    }
  }
  throw new Error('the stream has ended');
}

// biome-ignore lint/suspicious/noExplicitAny: events of any shape
async function* records(body: AsyncIterable<Uint8Array>): AsyncGenerator<any> {
  let buffered = Buffer.alloc(0);
  for await (const chunk of body) {
    buffered = Buffer.concat([buffered, chunk]);
    for (;;) {
      const newline = buffered.indexOf('\n');
      const length = Number(buffered.subarray(0, Math.max(newline, 0)));
      if (newline < 0 || buffered.length < newline + 1 + length) break;
      yield JSON.parse(buffered.subarray(newline + 1, newline + 1 + length).toString());
      buffered = buffered.subarray(newline + 1 + length);
    }
  }
}

const timings = { allocationIntervalMs: 20 };

test('a command that succeeds', async () => {
  await using cluster = await startMesosCluster({ timings });
  expect(await runOnMesos(cluster.master, 'true')).toBe('TASK_FINISHED');
  expect(cluster.frameworks()).toEqual([]);
});

test('a command that fails is tried twice', async () => {
  await using cluster = await startMesosCluster({ timings });
  expect(await runOnMesos(cluster.master, 'exit 1')).toBe('TASK_FAILED');
});

test('the loss of an agent is survived on another one', async () => {
  await using cluster = await startMesosCluster({ agents: 2, timings });
  // Only the second attempt ends by itself.
  const command = 'case $PWD in */attempt-1/*) sleep 100 ;; esac';
  const state = runOnMesos(cluster.master, command);
  await cluster.waitUntil(() => cluster.tasks().some((task) => task.state === 'TASK_RUNNING'));
  const [task] = cluster.tasks();
  await cluster.agents.find(({ id }) => id === task!.agent_id.value)!.kill();
  expect(await state).toBe('TASK_FINISHED');
});
