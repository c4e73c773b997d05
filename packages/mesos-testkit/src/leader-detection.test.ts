import {
  decodeBody,
  mediaTypes,
  RecordDecoder,
  type SchedulerEventFields,
} from '@firesteel/mesos-protocol';
import { expect, test } from 'vitest';
import { readTrace, type TraceStep } from '../../../test/fixtures/mesos-traces/traces.js';
import { ManualClock, startMesosCluster } from './index.js';

/** Ports of the recorded masters, in the order of their index. */
const ports = [5060, 5070, 5080];
const indexOf = (text: string | undefined): number =>
  ports.findIndex((port) => text?.includes(`${port}`) === true);

test('masters lead to the leader, dead or alive, as in the recording 10-leader-detection', async () => {
  await using cluster = await startMesosCluster({
    agents: 0,
    masters: ports.length,
    clock: new ManualClock(),
  });
  const { steps } = readTrace('10-leader-detection');
  let leader = 0;
  let streamId = '';
  let answered = 0;
  let closeStream = (): void => {};
  for (const [i, step] of steps.entries()) {
    const { note = '', direction, method, stream } = step;
    if (/^SIG(KILL|TERM) to the lead/.test(note)) await cluster.faults.killLeader();
    else if (note === 'recorder closes the connection') closeStream();
    else if (note === 'first master started again') await cluster.faults.restartMaster(0);
    if (direction !== 'request' || method === undefined) continue;
    const recorded = steps.slice(i).find((s) => s.direction === 'response' && s.stream === stream);
    const asked = indexOf(stream) < 0 ? leader : indexOf(stream);
    // Sessions of dead masters end after a time: when somebody else is said to lead.
    const leads = leaderIn(recorded!, asked) ?? leader;
    if (leads !== leader) cluster.faults.electLeader(leads);
    leader = leads;
    const { answer, event, close } = await ask(cluster.masters[asked]!, step, streamId);
    const location = recorded!.headers?.Location?.replace(
      /127\.0\.0\.1:\d+/,
      cluster.masters[leader]!,
    );
    expect([i, answer.status, answer.headers.get('location') ?? undefined]).toEqual([
      i,
      recorded!.status,
      location,
    ]);
    streamId = answer.headers.get('mesos-stream-id') ?? streamId;
    closeStream = close;
    if (event !== undefined) {
      const { master_info } = event.subscribed!;
      expect(`${master_info?.hostname}:${master_info?.port}`).toBe(cluster.masters[leader]);
    }
    answered++;
  }
  expect(answered).toBeGreaterThan(30);
});

/** Whom an answer shows to lead; undefined if it says nothing about it. */
function leaderIn({ status, headers, path }: TraceStep, asked: number): number | undefined {
  if (status === 307) return indexOf(headers?.Location);
  return status === 200 && path?.endsWith('/scheduler') === true ? asked : undefined;
}

/** The answer, with the first event if it is a stream. */
async function ask(
  address: string,
  { method, path, headers, rawBase64, json }: TraceStep,
  streamId: string,
) {
  const isSubscription = (json as { type?: string } | undefined)?.type !== 'TEARDOWN';
  const { 'Content-Length': _, 'Mesos-Stream-Id': __, ...sent } = headers ?? {};
  const body = rawBase64 ? Buffer.from(rawBase64, 'base64') : JSON.stringify(json);
  const cancelled = new AbortController();
  const answer = await fetch(`http://${address}${path}`, {
    method: method!,
    headers: { ...sent, ...(!isSubscription && { 'Mesos-Stream-Id': streamId }) },
    redirect: 'manual',
    signal: cancelled.signal,
    ...(method !== 'GET' && { body: body ?? '' }),
  });
  const event = answer.headers.has('mesos-stream-id') ? await firstEvent(answer) : undefined;
  return { answer, event, close: () => cancelled.abort() };
}

async function firstEvent({ body }: Response): Promise<SchedulerEventFields> {
  const decoder = new RecordDecoder();
  const reader = body!.getReader();
  for (;;) {
    const { value } = await reader.read();
    const [record] = decoder.push(Buffer.from(value!));
    if (record !== undefined) return decodeBody(mediaTypes.json, 'scheduler.Event', record);
  }
}
