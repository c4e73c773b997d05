import { describe, expect, it } from 'vitest';
import { parseConstraints } from '../offers/constraints.js';
import { defaultRefuseSeconds } from '../offers/declines.js';
import { taskSizes } from '../testing/task-sizes.js';
import { offer, rack, scalars } from '../testing/test-offers.js';
import {
  decideTaskOffers,
  type TaskExecutor,
  type TaskOfferInput,
  type TaskPolicy,
} from './decide-task-offers.js';

const policy = (more: Partial<TaskPolicy> = {}): TaskPolicy => ({
  ...taskSizes,
  placement: 'spread',
  maxTasksPerExecutor: Number.POSITIVE_INFINITY,
  constraints: parseConstraints(''),
  refuseSeconds: defaultRefuseSeconds,
  maintenanceLeadMs: 600_000,
  ...more,
});

const regular = { cpusAreRevocable: false, memoryIsRevocable: false };

const executor = (agentId: string, more: Partial<TaskExecutor> = {}): TaskExecutor => ({
  id: `on ${agentId}`,
  agentId,
  hostname: agentId,
  role: '*',
  kinds: regular,
  idleSlots: 4,
  isStarting: false,
  ...more,
});

const decideTaskOffersWith = (input: Partial<TaskOfferInput>) =>
  decideTaskOffers({
    offers: [],
    executors: [],
    waiting: 10,
    cpusLeft: Number.POSITIVE_INFINITY,
    gpusLeft: 0,
    policy: policy(),
    excludedUntilMs: new Map(),
    nowMs: 0,
    random: () => 0,
    ...input,
  });

/** The decision in few words, by agent. */
function decide(input: Partial<TaskOfferInput>) {
  const { starts, rooms, declines } = decideTaskOffersWith(input);
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

  it.each<[TaskPolicy['placement'], string]>([
    ['spread', 'd a b c'],
    ['binpack', 'c d b a'],
    ['random', 'd c b a'],
    [{ spreadBy: 'rack' }, 'd a c b'],
  ])('are placed by %j, where something is reserved first', (placement, order) => {
    const agents = [
      ['a', 'cpus:3.5', 'x'],
      ['b', 'cpus:2.5', 'x'],
      ['c', 'cpus:1.5', 'y'],
      ['d', 'cpus(web):2.5', 'y'],
    ] as const;
    const offers = agents.map(([agent, cpus, value]) =>
      offer(agent, `${cpus};mem:4096`, { attributes: rack(value) }),
    );
    const { starts } = decide({ offers, policy: policy({ placement }) });
    expect(starts.map((start) => start[0]).join(' ')).toBe(order);
  });

  it('take turns on values that are to have equally many, then where others have evened it out', () => {
    const values = { a: 'x', b: 'x', c: 'y' };
    const offers = Object.entries(values).map(([agent, value]) =>
      offer(agent, agent === 'c' ? 'cpus:1.5;mem:4096' : big, { attributes: rack(value) }),
    );
    const constraints = parseConstraints('rack:GROUP_BY:2');
    expect(decide({ offers, policy: policy({ constraints }) }).starts).toEqual([
      'a: 4',
      'c: 1',
      'b: 4',
    ]);
  });

  it('need their disk', () => {
    const offers = [offer('a', `${big};disk:100`), offer('b', `${big};disk:99`)];
    expect(decide({ offers, policy: policy({ executorDiskMiB: 100 }) })).toMatchObject({
      starts: ['a: 4'],
      declines: ['b: tooLittleDisk'],
    });
  });

  it('take gpus where there are some, and as many as may be taken', () => {
    const offers = ['a', 'b', 'c'].map((agent) => offer(agent, `${big};gpus:2`));
    const { starts } = decideTaskOffersWith({ offers, gpusLeft: 3 });
    expect(starts.map(({ gpus }) => gpus)).toEqual([2, 1, 0]);
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

describe('what the cluster may take back', () => {
  const revocable = (text: string) => scalars(text, { revocable: {} });
  const withRevocable = policy({ useRevocable: true });
  const mixed = [...scalars('cpus:1;mem:4096'), ...revocable('cpus:3.5;mem:4096')];
  const allRevocable = [...scalars('cpus:1;mem:256'), ...revocable('cpus:2.5;mem:4096')];

  it.each([
    ['is not used unless that is allowed', mixed, policy(), [], ['a: tooFewCores']],
    ['is used where the rest does not do', mixed, withRevocable, ['a: 3'], []],
    ['is used of all resources that lack', allRevocable, withRevocable, ['a: 2'], []],
    [
      'is not used where the rest does, though it is less',
      [...scalars('cpus:1.5;mem:4096'), ...revocable('cpus:8')],
      withRevocable,
      ['a: 1'],
      [],
    ],
    [
      'has to do as well',
      [...scalars('cpus:1;mem:4096'), ...revocable('cpus:1.4')],
      withRevocable,
      [],
      ['a: tooFewCores'],
    ],
  ])('%s', (_, resources, policy, starts, declines) => {
    const offers = [offer('a', resources)];
    expect(decide({ offers, policy })).toEqual({ starts, rooms: [], declines });
  });

  it('says of which kind an executor is, resource by resource', () => {
    const kindsOf = (resources: typeof mixed) =>
      decideTaskOffersWith({ offers: [offer('a', resources)], policy: withRevocable }).starts[0]
        ?.kinds;
    expect(kindsOf(mixed)).toEqual({ cpusAreRevocable: true, memoryIsRevocable: false });
    expect(kindsOf(allRevocable)).toEqual({ cpusAreRevocable: true, memoryIsRevocable: true });
    expect(kindsOf(scalars('cpus:4;mem:4096'))).toEqual(regular);
  });

  it('is all that the tasks of an executor get that has it, and nothing for others', () => {
    const offers = [offer('a', [...scalars('cpus:1;mem:64'), ...revocable('cpus:3')])];
    const roomFor = (cpusAreRevocable: boolean) => {
      const kinds = { cpusAreRevocable, memoryIsRevocable: false };
      return decide({ offers, executors: [executor('a', { kinds })], policy: withRevocable }).rooms;
    };
    expect(roomFor(true)).toEqual(['on a: 3']);
    expect(roomFor(false)).toEqual(['on a: 1']);
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
