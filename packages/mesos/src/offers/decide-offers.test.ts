import type { Offer } from '@firesteel/mesos-protocol';
import { describe, expect, test } from 'vitest';
import {
  held,
  type InputOptions,
  input,
  offer,
  ports,
  rack,
  scalars,
} from '../testing/test-offers.js';
import { decideOffers, type OfferDecision } from './decide-offers.js';
import { RefusalCounts } from './declines.js';

const decide = (offers: readonly Offer[], options?: InputOptions): OfferDecision =>
  decideOffers(input(offers, options));

/** `agent: cores/memory` of every launch, by agent in the order of the offers. */
const launchesOf = ({ accepts }: OfferDecision): string[] =>
  accepts.flatMap(({ launches }) =>
    launches.map(({ agentId, cores, memoryMiB }) => `${agentId}: ${cores}/${memoryMiB}`),
  );

const countsOf = ({ accepts }: OfferDecision): Record<string, number> =>
  Object.fromEntries(accepts.map(({ agentId, launches }) => [agentId, launches.length]));

const reasonsOf = ({ declines }: OfferDecision): Record<string, string> =>
  Object.fromEntries(declines.map(({ agentId, refusal }) => [agentId, refusal.reason]));

const whole = { min: 1, max: Number.POSITIVE_INFINITY };
const fixed = (value: number) => ({ min: value, max: value });

describe('sizes', () => {
  const agent = (name: string): Offer => offer(name, 'cpus:8;mem:16384');

  test('without executor.cores an executor takes all cpus, up to cores.max', () => {
    const decision = decide([agent('a'), agent('b')], {
      demand: { maxCores: 11 },
      policy: { size: { cores: whole, memoryMiB: fixed(600) } },
    });
    expect(launchesOf(decision)).toEqual(['a: 8/984', 'b: 3/984']);
  });

  test('with executor.cores several fit, and the remainder of cores.max is left', () => {
    const decision = decide([offer('a', 'cpus:16;mem:16384')], {
      demand: { maxCores: 11 },
      policy: { size: { cores: fixed(4) } },
    });
    expect(launchesOf(decision)).toEqual(['a: 4/1408', 'a: 4/1408']);
    expect(decision.accepts[0]!.rest.reason).toBe('coresMaxReached');
  });

  test('memory limits how many fit', () => {
    const decision = decide([offer('a', 'cpus:16;mem:16384')], {
      policy: { size: { cores: fixed(4), memoryMiB: fixed(10_240) } },
    });
    expect(launchesOf(decision)).toEqual(['a: 4/11264']);
    expect(decision.accepts[0]!.rest).toMatchObject({
      reason: 'tooLittleMemory',
      detail: { offered: 5_120, needed: 11_264 },
    });
  });

  test('ranges of cores and memory take what is there', () => {
    const size = { cores: { min: 2, max: 6 }, memoryMiB: { min: 1_000, max: 4_000 } };
    const decision = decide([offer('a', 'cpus:9.9;mem:6000')], { policy: { size } });
    expect(launchesOf(decision)).toEqual(['a: 6/4400', 'a: 3/1600']);
  });

  test('extra cores are slots that are not asked for', () => {
    const { accepts } = decide([offer('a', 'cpus:1;mem:2048')], {
      policy: { size: { extraCores: 2 } },
    });
    expect(accepts[0]!.launches[0]).toMatchObject({ cores: 1, slots: 3, heapMiB: 1_024 });
  });

  test.each([
    ['cpus:0.9;mem:8192', 'tooFewCores', { offered: 0.9, needed: 1 }],
    ['cpus:4;mem:1407', 'tooLittleMemory', { offered: 1_407, needed: 1_408 }],
    ['cpus:4;mem:8192;disk:99', 'tooLittleDisk', { offered: 99, needed: 100 }],
    ['cpus:4;mem:8192;disk:100', 'tooFewPorts', { offered: 0, needed: 2 }],
  ])('%s is not enough: %s', (resources, reason, detail) => {
    const decision = decide([offer('a', resources)], {
      policy: { size: { diskMiB: 100, ports: [0, 0] } },
    });
    expect(decision.declines[0]!.refusal).toEqual({ reason, refuseSeconds: 120, detail });
  });

  test('gpus are taken where there are some, up to their limit, and not waited for', () => {
    const offers = [offer('a', 'cpus:1;mem:2048;gpus:2'), offer('b', 'cpus:1;mem:2048')];
    const { accepts } = decide([...offers, offer('c', 'cpus:1;mem:2048;gpus:2')], {
      demand: { maxGpus: 4 },
      held: [held('x', { gpus: 1 })],
    });
    expect(accepts.map(({ launches }) => launches[0]!.gpus)).toEqual([2, 0, 1]);
  });

  test('each executor has its own ports', () => {
    const resources = [...scalars('cpus:2;mem:8192'), ports(31_000, 31_001), ports(32_000, 32_009)];
    const { accepts } = decide([offer('a', resources)], { policy: { size: { ports: [0, 0, 0] } } });
    expect(accepts[0]!.launches.map(({ ports }) => ports)).toEqual([
      [31_000, 31_001, 32_000],
      [32_001, 32_002, 32_003],
    ]);
    expect(accepts[0]!.launches[0]!.resources.slice(-2)).toEqual([
      ports(31_000, 31_001),
      ports(32_000, 32_000),
    ]);
  });
});

describe('agents whose machines are to go down', () => {
  const ms = 1_000_000n;
  const from = (startMs: number, lengthMs?: number) => ({
    unavailability: {
      start: { nanoseconds: BigInt(startMs) * ms },
      ...(lengthMs !== undefined && { duration: { nanoseconds: BigInt(lengthMs) * ms } }),
    },
  });
  test.each([
    ['soon', from(700_000), 0],
    ['in so long that executors have time to leave then', from(800_001), 1],
    ['now', from(100_000, 100_001), 0],
    ['before', from(100_000, 100_000), 1],
  ])('%s', (_, unavailability, accepted) => {
    const { accepts, declines } = decide([offer('a', 'cpus:1;mem:2048', unavailability)], {
      nowMs: 200_000,
    });
    expect(accepts).toHaveLength(accepted);
    expect(declines.map(({ refusal }) => refusal.reason)).toEqual(
      accepted === 1 ? [] : ['maintenance'],
    );
  });
});

describe('ports that are named', () => {
  const resources = [...scalars('cpus:4;mem:8192'), ports(31_000, 31_003)];
  test('are taken out of their range, and others around them', () => {
    const { accepts } = decide([offer('a', resources)], {
      policy: { size: { ports: [0, 31_001, 0, 31_001] } },
    });
    const [launch, ...more] = accepts[0]!.launches;
    expect(launch!.ports).toEqual([31_000, 31_001, 31_002, 31_001]);
    expect(launch!.resources.slice(-3)).toEqual(
      [31_001, 31_000, 31_002].map((port) => ports(port, port)),
    );
    // One agent has one such port.
    expect(more).toEqual([]);
    expect(accepts[0]!.rest).toMatchObject({ detail: { offered: 1, needed: 4 } });
  });

  test('must be offered', () => {
    const { declines } = decide([offer('a', resources)], {
      policy: { size: { ports: [80, 31_001] } },
    });
    expect(declines[0]!.refusal).toMatchObject({
      reason: 'tooFewPorts',
      detail: { offered: 1, needed: 2 },
    });
  });
});

describe('offers of one agent', () => {
  test('of one role are taken together', () => {
    const { accepts } = decide([offer('a', 'cpus:1;mem:1000'), offer('a', 'cpus:1;mem:2000')], {
      policy: { size: { cores: fixed(2) } },
    });
    expect(accepts).toHaveLength(1);
    expect(accepts[0]!.offerIds).toHaveLength(2);
    expect(accepts[0]!.launches).toHaveLength(1);
  });

  test('of two roles are not, but executors are counted together', () => {
    const of = (role: string): Offer =>
      offer('a', 'cpus:4;mem:8192', { allocation_info: { role } });
    const { accepts } = decide([of('x'), of('y')], { policy: { maxExecutorsPerAgent: 3 } });
    expect(accepts.map(({ role }) => role)).toEqual(['x', 'y']);
    expect(accepts.flatMap(({ launches }) => launches)).toHaveLength(3);
  });

  test('executors per agent count those that run', () => {
    const decision = decide([offer('a', 'cpus:4;mem:8192')], {
      held: [held('a')],
      policy: { maxExecutorsPerAgent: 1 },
    });
    expect(reasonsOf(decision)).toEqual({ a: 'executorsPerAgentReached' });
  });
});

describe('reservations', () => {
  test('reserved resources go first and keep their reservation', () => {
    const resources = scalars('cpus:1;cpus(web):1;mem:4096');
    const { accepts } = decide([offer('a', resources)], {
      policy: { size: { cores: fixed(2) } },
    });
    expect(accepts[0]!.launches[0]!.resources).toEqual(scalars('cpus(web):1;cpus:1;mem:1408'));
  });

  test('the older format of reservations counts as well', () => {
    const reserved = scalars('cpus:1', { role: 'web' });
    const resources = [...scalars('cpus:1;mem:4096', { role: '*' }), ...reserved];
    const { accepts } = decide([offer('a', resources)], { demand: { executors: 1 } });
    expect(accepts[0]!.launches[0]!.resources[0]).toEqual(reserved[0]);
  });

  test('an agent with reserved resources comes before its equals', () => {
    const offers = [offer('a', 'cpus:1;mem:2048'), offer('b', 'cpus(web):1;mem:2048')];
    expect(countsOf(decide(offers, { demand: { executors: 1 } }))).toEqual({ b: 1 });
  });

  test('volumes and shared resources are left alone', () => {
    const volume = scalars('disk:500', { disk: { persistence: { id: 'v' } } });
    const shared = scalars('disk:500', { shared: {} });
    const resources = [...scalars('cpus:1;mem:2048'), ...volume, ...shared];
    const decision = decide([offer('a', resources)], { policy: { size: { diskMiB: 100 } } });
    expect(reasonsOf(decision)).toEqual({ a: 'tooLittleDisk' });
  });

  const revocable = [...scalars('cpus:4', { revocable: {} }), ...scalars('cpus:0.5;mem:8192')];

  test('revocable resources are used only where that is allowed, and never mixed', () => {
    expect(reasonsOf(decide([offer('a', revocable)]))).toEqual({ a: 'tooFewCores' });
    const { accepts } = decide([offer('a', revocable)], { policy: { useRevocable: true } });
    expect(accepts[0]!.launches).toHaveLength(4);
    expect(accepts[0]!.launches[0]!.resources[0]).toEqual(scalars('cpus:1', { revocable: {} })[0]);
  });
});

describe('placement', () => {
  const agents = [
    offer('a', 'cpus:4;mem:99999', { attributes: rack('r1') }),
    offer('b', 'cpus:3;mem:99999', { attributes: rack('r1') }),
    offer('c', 'cpus:8;mem:99999', { attributes: rack('r2') }),
  ];

  test.each([
    ['spread', 4, { a: 2, b: 1, c: 1 }],
    ['binpack', 4, { a: 1, b: 3 }],
    ['binpack', 8, { a: 4, b: 3, c: 1 }],
    ['random', 4, { a: 2, c: 2 }],
    [{ spreadBy: 'rack' }, 4, { a: 1, b: 1, c: 2 }],
    [{ spreadBy: 'rack' }, 13, { a: 4, b: 3, c: 6 }],
  ] as const)('%j of %d executors', (placement, executors, counts) => {
    expect(countsOf(decide(agents, { demand: { executors }, policy: { placement } }))).toEqual(
      counts,
    );
  });

  test('spread and binpack count the executors that run', () => {
    const running = { held: [held('a'), held('a')], demand: { executors: 3 } };
    expect(countsOf(decide(agents, { ...running, policy: { placement: 'spread' } }))).toEqual({
      b: 1,
    });
    expect(countsOf(decide(agents, { ...running, policy: { placement: 'binpack' } }))).toEqual({
      a: 1,
    });
  });

  test('hosts with data come first, each with one executor; others after a while', () => {
    const preferredHosts = new Map([
      ['b.example', 1],
      ['c.example', 5],
    ]);
    const one = decide(agents, { demand: { executors: 1, preferredHosts } });
    expect(countsOf(one)).toEqual({ c: 1 });
    const waiting = decide(agents, { demand: { executors: 4, preferredHosts } });
    expect(countsOf(waiting)).toEqual({ b: 1, c: 1 });
    expect(waiting.declines[0]!.refusal).toEqual({
      reason: 'waitingForPreferredHosts',
      refuseSeconds: 1,
    });
    const late = { executors: 4, preferredHosts, localityWaitIsOver: true };
    expect(countsOf(decide(agents, { demand: late }))).toEqual({ a: 1, b: 2, c: 1 });
  });
});

describe('constraints', () => {
  const on = (agent: string, value: string): Offer =>
    offer(agent, 'cpus:4;mem:99999', { attributes: rack(value) });
  const agents = [on('a', 'r1'), on('b', 'r1'), on('c', 'r2')];

  test('keep agents out', () => {
    const decision = decide(agents, { policy: { constraints: 'rack:r2' } });
    expect(countsOf(decision)).toEqual({ c: 4 });
    expect(decision.declines[0]!.refusal).toEqual({
      reason: 'constraintsUnmet',
      refuseSeconds: 120,
      detail: { constraint: 'rack:r2' },
    });
  });

  test.each([
    ['rack:UNIQUE', { a: 1, c: 1 }],
    ['hostname:UNIQUE', { a: 1, b: 1, c: 1 }],
    ['rack:MAX_PER:3', { a: 2, b: 1, c: 3 }],
    ['rack:GROUP_BY', { a: 3, b: 2, c: 4 }],
    ['rack:GROUP_BY:3', { a: 1, c: 1 }],
    ['rack:GROUP_BY;hostname:MAX_PER:2', { a: 2, b: 1, c: 2 }],
    ['hostname:GROUP_BY;rack:MAX_PER:2', { a: 1, b: 1, c: 2 }],
  ])('%s', (constraints, counts) => {
    const decision = decide(agents, { policy: { constraints } });
    expect(countsOf(decision)).toEqual(counts);
  });

  test('UNIQUE counts the executors that run', () => {
    const decision = decide(agents, {
      policy: { constraints: 'rack:UNIQUE' },
      held: [held('x', { attributes: rack('r1') })],
    });
    expect(reasonsOf(decision)).toEqual({ a: 'spreadingLimit', b: 'spreadingLimit' });
  });

  test('GROUP_BY fills up the value with the fewest executors that run', () => {
    const decision = decide(agents, {
      demand: { executors: 4 },
      policy: { constraints: 'rack:GROUP_BY' },
      held: [held('x', { attributes: rack('r1') }), held('x', { attributes: rack('r1') })],
    });
    expect(countsOf(decision)).toEqual({ c: 2 });
  });

  test('two groupings are fulfilled together', () => {
    const both = (agent: string, row: string, column: string): Offer =>
      offer(agent, 'cpus:9;mem:99999', {
        attributes: [
          { name: 'row', type: 'TEXT', text: { value: row } },
          { name: 'column', type: 'TEXT', text: { value: column } },
        ],
      });
    const decision = decide([both('a', '1', '1'), both('b', '2', '1'), both('c', '2', '2')], {
      demand: { executors: 4 },
      policy: { constraints: 'row:GROUP_BY;column:GROUP_BY' },
    });
    expect(countsOf(decision)).toEqual({ a: 2, c: 2 });
  });
});

describe('declines', () => {
  test.each([
    ['demandMet', { demand: { executors: 1 }, held: [held('x')] }],
    ['coresMaxReached', { demand: { maxCores: 1 }, held: [held('x')] }],
    ['agentExcluded', { excludedUntilMs: new Map([['a', 300_000]]) }],
  ] as const)('%s', (reason, options) => {
    const decision = decide([offer('a', 'cpus:4;mem:8192')], options);
    expect(decision.declines[0]!.refusal).toEqual({ reason, refuseSeconds: 120 });
  });

  test('an excluded agent is refused no longer than it is excluded', () => {
    const excludedUntilMs = new Map([['a', 30_000]]);
    const { declines } = decide([offer('a', 'cpus:4;mem:8192')], {
      excludedUntilMs,
      nowMs: 20_000,
    });
    expect(declines[0]!.refusal.refuseSeconds).toBe(10);
    expect(
      decide([offer('a', 'cpus:4;mem:8192')], { excludedUntilMs, nowMs: 30_000 }).accepts,
    ).toHaveLength(1);
  });

  test('are counted and told', () => {
    const counts = new RefusalCounts();
    const decision = decide(
      [
        offer('a', 'cpus:0.5;mem:8192', { attributes: rack('r1') }),
        offer('b', 'cpus:0.1;mem:8192', { attributes: rack('r1') }),
        offer('c', 'cpus:1;mem:8192'),
      ],
      { policy: { constraints: 'rack' }, excludedUntilMs: new Map([['d', 1]]) },
    );
    for (const { refusal, hostname } of decision.declines) counts.add(refusal, hostname);
    expect(counts.counts).toEqual({ tooFewCores: 2, constraintsUnmet: 1 });
    expect(counts.summary).toBe(
      '2 × too few cpus (b.example offers 0.1 of 1); 1 × mesos.constraints does not hold (c.example, rack)',
    );
  });
});

describe('suppress and revive', () => {
  test.each([
    ['nothing is wanted', 0, { suppressed: false, wanted: 0 }, 'SUPPRESS'],
    ['nothing is wanted still', 0, { suppressed: true, wanted: 0 }, undefined],
    ['demand comes back', 2, { suppressed: true, wanted: 0 }, 'REVIVE'],
    ['demand grows', 3, { suppressed: false, wanted: 2 }, 'REVIVE'],
    ['demand stays', 2, { suppressed: false, wanted: 2 }, undefined],
    ['demand shrinks', 1, { suppressed: false, wanted: 2 }, undefined],
  ])('%s', (_, executors, interest, call) => {
    const decision = decide([], { demand: { executors }, interest });
    expect(decision.call).toBe(call);
    expect(decision.interest).toEqual({ suppressed: executors === 0, wanted: executors });
  });

  test('the executor that meets the demand suppresses', () => {
    const decision = decide([offer('a', 'cpus:4;mem:8192')], {
      demand: { executors: 1 },
      interest: { suppressed: false, wanted: 1 },
    });
    expect(decision.call).toBe('SUPPRESS');
    expect(decision.accepts[0]!.rest).toEqual({ reason: 'demandMet', refuseSeconds: 120 });
  });

  test('an executor that is lost revives', () => {
    const before = decide([offer('a', 'cpus:1;mem:8192')], {
      demand: { executors: 2 },
      interest: { suppressed: false, wanted: 2 },
    });
    expect([before.call, before.interest.wanted]).toEqual([undefined, 1]);
    const after = decide([], { demand: { executors: 2 }, interest: before.interest });
    expect(after.call).toBe('REVIVE');
  });
});
