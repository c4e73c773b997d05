import {
  decodeBody,
  type MachineID,
  type MasterCall,
  mediaTypes,
  type Unavailability,
} from '@firesteel/mesos-protocol';
import { expect, test } from 'vitest';
import { ManualClock, type MesosCluster, startMesosCluster } from './index.js';
import { sendCall } from './testing/raw-http.js';
import { RawScheduler, task } from './testing/raw-scheduler.js';

const machine = (hostname: string): MachineID => ({ hostname, ip: '127.0.0.1' });
const tomorrow: Unavailability = { start: { nanoseconds: 86_400_000_000_000n } };

/** As an operator; gives the status, and the answer or its text. */
async function operate(cluster: MesosCluster, call: MasterCall) {
  const answer = await sendCall(
    cluster.master,
    '/api/v1',
    mediaTypes.protobuf,
    'master.Call',
    call as never,
  );
  const { status, body } = answer;
  const isMessage = answer.headers['content-type'] === mediaTypes.protobuf;
  return isMessage
    ? decodeBody(mediaTypes.protobuf, 'master.Response', body)
    : { status, text: String(body) };
}

const schedule = (
  cluster: MesosCluster,
  machines: readonly MachineID[],
  unavailability = tomorrow,
) =>
  operate(cluster, {
    type: 'UPDATE_MAINTENANCE_SCHEDULE',
    update_maintenance_schedule: {
      schedule: { windows: [{ machine_ids: machines, unavailability }] },
    },
  });

/** A cluster of two agents with a task on the first. */
async function running(clock: ManualClock) {
  const cluster = await startMesosCluster({ clock, agents: 2 });
  const scheduler = await RawScheduler.subscribe(cluster.master);
  const offers = await scheduler.offers();
  const offer = offers.find(({ hostname }) => hostname === 'agent1')!;
  await scheduler.launch(offer, task(offer, 't', { command: { value: 'sleep 100' } }));
  while ((await scheduler.update()).state !== 'TASK_RUNNING');
  return { cluster, scheduler };
}

test('frameworks are asked to leave machines that are to go down', async () => {
  const clock = new ManualClock();
  const { cluster, scheduler } = await running(clock);
  await using _ = cluster;
  expect(await schedule(cluster, [machine('AGENT1')])).toMatchObject({ status: 200 });
  const asked = await scheduler.stream.next(({ type }) => type === 'INVERSE_OFFERS');
  const [inverse] = asked.inverse_offers!.inverse_offers!;
  expect(inverse).toMatchObject({
    agent_id: { value: cluster.agents[0]!.id },
    unavailability: tomorrow,
  });
  await scheduler.call({
    type: 'DECLINE_INVERSE_OFFERS',
    decline_inverse_offers: {
      inverse_offer_ids: [inverse!.id],
      filters: { refuse_seconds: 60 },
    },
  });
  expect(await operate(cluster, { type: 'GET_MAINTENANCE_STATUS' })).toMatchObject({
    get_maintenance_status: {
      status: {
        draining_machines: [{ id: machine('AGENT1'), statuses: [{ status: 'DECLINE' }] }],
      },
    },
  });
  // Once the filter is over, it is asked again.
  const count = () =>
    scheduler.stream.events.filter(({ type }) => type === 'INVERSE_OFFERS').length;
  clock.advance(59_000);
  await scheduler.call({ type: 'SUPPRESS' });
  expect(count()).toBe(1);
  clock.advance(2_000);
  await scheduler.stream.next(({ type }) => type === 'INVERSE_OFFERS');
  // A new plan takes back what was asked.
  await schedule(cluster, [machine('agent2')]);
  await scheduler.stream.next(({ type }) => type === 'RESCIND_INVERSE_OFFER');
});

test('offers of such machines say so', async () => {
  await using cluster = await startMesosCluster({ clock: new ManualClock() });
  const scheduler = await RawScheduler.subscribe(cluster.master);
  expect((await scheduler.offers())[0]!.unavailability).toBeUndefined();
  await schedule(cluster, [machine('agent1')]);
  await scheduler.stream.next(({ type }) => type === 'RESCIND');
  expect((await scheduler.offers())[0]!.unavailability).toEqual(tomorrow);
});

test('machines are taken down with all that runs there, and come up again', async () => {
  const { cluster, scheduler } = await running(new ManualClock());
  await using _ = cluster;
  const [agent] = cluster.agents;
  const machines = [machine('agent1')];
  const start: MasterCall = { type: 'START_MAINTENANCE', start_maintenance: { machines } };
  const stop: MasterCall = { type: 'STOP_MAINTENANCE', stop_maintenance: { machines } };
  expect(await operate(cluster, start)).toMatchObject({
    status: 400,
    text: expect.stringContaining('is not part of a maintenance schedule'),
  });
  await schedule(cluster, machines);
  expect(await operate(cluster, stop)).toMatchObject({
    text: expect.stringContaining('is not in DOWN mode and cannot be brought up'),
  });
  await operate(cluster, start);
  expect(await scheduler.update()).toMatchObject({
    state: 'TASK_LOST',
    reason: 'REASON_AGENT_REMOVED',
  });
  await scheduler.stream.next(({ failure }) => failure?.agent_id?.value === agent!.id);
  expect(await operate(cluster, { type: 'GET_MAINTENANCE_STATUS' })).toMatchObject({
    get_maintenance_status: { status: { down_machines: machines } },
  });
  expect(await schedule(cluster, [machine('agent2')])).toMatchObject({
    text: expect.stringContaining('is deactivated and cannot be removed from the schedule'),
  });
  await operate(cluster, stop);
  expect(await operate(cluster, { type: 'GET_MAINTENANCE_SCHEDULE' })).toEqual({
    type: 'GET_MAINTENANCE_SCHEDULE',
    get_maintenance_schedule: { schedule: {} },
  });
});

test.each([
  [[{}], "Both 'hostname' and 'ip' for a machine are empty"],
  [
    [machine('a'), machine('A')],
    `Machine '{"hostname":"A","ip":"127.0.0.1"}' appears more than once in the schedule`,
  ],
  [[], 'List of machines in the maintenance window is empty'],
])('a schedule of %j is refused', async (machines, text) => {
  await using cluster = await startMesosCluster({ agents: 0 });
  expect(await schedule(cluster, machines)).toEqual({ status: 400, text });
});
