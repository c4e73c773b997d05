import { describe, expect, it } from 'vitest';
import { parseConstraints } from '../offers/constraints.js';
import { defaultRefuseSeconds } from '../offers/declines.js';
import { offer, rack } from '../testing/test-offers.js';
import {
  decideTaskOffers,
  type TaskExecutor,
  type TaskOfferInput,
  type TaskPolicy,
} from './decide-task-offers.js';

const policy = (more: Partial<TaskPolicy> = {}): TaskPolicy => ({
  cpusPerTask: 1,
  memoryMiBPerTask: 8,
  executorCpus: 0.5,
  executorMemoryMiB: 512,
  executorPorts: [],
  maxTasksPerExecutor: Number.POSITIVE_INFINITY,
  constraints: parseConstraints(''),
  refuseSeconds: defaultRefuseSeconds,
  maintenanceLeadMs: 600_000,
  ...more,
});

const executor = (agentId: string, more: Partial<TaskExecutor> = {}): TaskExecutor => ({
  id: `on ${agentId}`,
  agentId,
  hostname: agentId,
  role: '*',
  idleSlots: 4,
  isStarting: false,
  ...more,
});

/** The decision in few words, by agent. */
function decide(input: Partial<TaskOfferInput>) {
  const { starts, rooms, declines } = decideTaskOffers({
    offers: [],
    executors: [],
    waiting: 10,
    cpusLeft: Number.POSITIVE_INFINITY,
    policy: policy(),
    excludedUntilMs: new Map(),
    nowMs: 0,
    ...input,
  });
  return {
    starts: starts.map(({ agentId, tasks }) => `${agentId}: ${tasks}`),
    rooms: [...rooms].map(([id, { tasks }]) => `${id}: ${tasks}`),
    declines: declines.map(({ agentId, refusal }) => `${agentId}: ${refusal.reason}`),
  };
}

describe('executors that run', () => {
  it.each([
    ['cpus', 'cpus:3.9;mem:8192', 3],
    ['memory', 'cpus:9;mem:16', 2],
    ['idle threads', 'cpus:9;mem:8192', 4],
  ])('have room for as many tasks as there are %s', (_, resources, tasks) => {
    expect(decide({ offers: [offer('a', resources)], executors: [executor('a')] })).toEqual({
      starts: [],
      rooms: [`on a: ${tasks}`],
      declines: [],
    });
  });

  it('get no more tasks on machines that are to go down', () => {
    const unavailability = { start: { nanoseconds: 0n } };
    const offers = [offer('a', 'cpus:2;mem:64', { unavailability })];
    expect(decide({ offers, executors: [executor('a')] })).toEqual({
      starts: [],
      rooms: [],
      declines: ['a: maintenance'],
    });
  });

  it('share what cores.max leaves', () => {
    const offers = [offer('a', 'cpus:2;mem:64'), offer('b', 'cpus:2;mem:64')];
    const executors = [executor('a'), executor('b')];
    expect(decide({ offers, executors, cpusLeft: 3.5 }).rooms).toEqual(['on a: 2', 'on b: 1']);
    expect(decide({ offers, executors, cpusLeft: 2 })).toMatchObject({
      rooms: ['on a: 2'],
      declines: ['b: coresMaxReached'],
    });
  });

  it('take all offers of their agent and role together, and no others', () => {
    const offers = [
      offer('a', 'cpus:1;mem:64'),
      offer('a', 'cpus:1;mem:64'),
      offer('a', 'cpus:1;mem:64', { allocation_info: { role: 'other' } }),
    ];
    expect(decide({ offers, executors: [executor('a')] })).toEqual({
      starts: [],
      rooms: ['on a: 2'],
      declines: ['a: executorsPerAgentReached'],
    });
  });

  it.each([
    ['no thread idles', { idleSlots: 0 }, 'cpus:2;mem:64', 'executorBusy'],
    ['cpus do not do', {}, 'cpus:0.5;mem:64', 'tooFewCores'],
    ['memory does not do', {}, 'cpus:2;mem:4', 'tooLittleMemory'],
  ])('have none where %s', (_, more, resources, reason) => {
    expect(
      decide({ offers: [offer('a', resources)], executors: [executor('a', more)] }).declines,
    ).toEqual([`a: ${reason}`]);
  });
});

describe('executors that are to be started', () => {
  const big = 'cpus:4.5;mem:4096';

  it('go where most tasks fit, as long as tasks have no room', () => {
    const offers = [offer('a', 'cpus:2.5;mem:4096'), offer('b', big), offer('c', big)];
    expect(decide({ offers, waiting: 5 })).toEqual({
      starts: ['b: 4', 'c: 4'],
      rooms: [],
      declines: ['a: demandMet'],
    });
  });

  it('are not needed for tasks that others have room for, now or when they have started', () => {
    const offers = [offer('a', big), offer('b', big)];
    expect(decide({ offers, executors: [executor('a')], waiting: 4 }).starts).toEqual([]);
    const starting = executor('a', { isStarting: true });
    expect(decide({ offers, executors: [starting], waiting: 4 })).toEqual({
      starts: [],
      rooms: [],
      declines: ['b: demandMet'],
    });
    expect(decide({ offers, executors: [starting], waiting: 5 }).starts).toEqual(['b: 4']);
  });

  it.each([
    ['memory', 'cpus:4;mem:519', {}, 'tooLittleMemory'],
    ['cpus for a task beside its own', 'cpus:1.4;mem:4096', {}, 'tooFewCores'],
    ['cpus within cores.max', big, { cpusLeft: 1.4 }, 'coresMaxReached'],
    [
      'an agent that is not excluded',
      big,
      { excludedUntilMs: new Map([['a', 5]]) },
      'agentExcluded',
    ],
    [
      'an agent that the constraints allow',
      big,
      { policy: policy({ constraints: parseConstraints('rack:b') }) },
      'constraintsUnmet',
    ],
  ])('need %s', (_, resources, more, reason) => {
    expect(decide({ offers: [offer('a', resources)], ...more }).declines).toEqual([`a: ${reason}`]);
  });

  it.each([
    ['its threads', { policy: policy({ maxTasksPerExecutor: 3 }) }, ['a: 3', 'b: 3']],
    ['cores.max', { cpusLeft: 5 }, ['a: 4']],
    ['what cores.max leaves', { cpusLeft: 7 }, ['a: 4', 'b: 2']],
  ])('are expected to begin no more tasks than by %s', (_, more, starts) => {
    const offers = [offer('a', big), offer('b', big)];
    expect(decide({ offers, waiting: 5, ...more }).starts).toEqual(starts);
  });

  it('need their ports', () => {
    const offers = [offer('a', 'cpus:2;mem:4096')];
    const withPort = policy({ executorPorts: [0] });
    expect(decide({ offers, policy: withPort }).declines).toEqual(['a: tooFewPorts']);
  });

  it('are spread over values that have room', () => {
    const offers = [
      offer('a', big, { attributes: rack('x') }),
      offer('b', 'cpus:1;mem:4096', { attributes: rack('y') }),
    ];
    const grouped = policy({ constraints: parseConstraints('rack:GROUP_BY') });
    const running = executor('c', { attributes: rack('x'), idleSlots: 0 });
    expect(decide({ offers, executors: [running], policy: grouped })).toEqual({
      starts: ['a: 4'],
      rooms: [],
      declines: ['b: tooFewCores'],
    });
  });

  it('keep to limits of spreading', () => {
    const spread = policy({ constraints: parseConstraints('rack:MAX_PER:1') });
    const offers = ['ax', 'bx', 'cy'].map(([agent, value]) =>
      offer(agent as string, big, { attributes: rack(value as string) }),
    );
    expect(decide({ offers, policy: spread })).toEqual({
      starts: ['a: 4', 'c: 4'],
      rooms: [],
      declines: ['b: spreadingLimit'],
    });
  });
});

it('gives everything back when nothing waits', () => {
  const offers = [offer('a', 'cpus:2;mem:64'), offer('b', 'cpus:2;mem:4096')];
  expect(decide({ offers, executors: [executor('a')], waiting: 0 })).toEqual({
    starts: [],
    rooms: [],
    declines: ['a: demandMet', 'b: demandMet'],
  });
});
