import type { Offer, Resource } from '@firesteel/mesos-protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { held, input, offer, ports, rack, scalars } from '../testing/test-offers.js';
import { decideOffers, type OfferInput } from './decide-offers.js';
import type { Placement } from './placement.js';

const amount = (max: number) => fc.integer({ min: 0, max: max * 10 }).map((n) => n / 10);

const someResources = fc
  .record({
    cpus: amount(12),
    reservedCpus: amount(6),
    revocableCpus: amount(6),
    mem: amount(20_000),
    reservedMem: amount(5_000),
    gpus: fc.integer({ min: 0, max: 4 }),
    portCount: fc.integer({ min: 1, max: 6 }),
  })
  .map(({ cpus, reservedCpus, revocableCpus, mem, reservedMem, gpus, portCount }): Resource[] => [
    ...scalars(
      `cpus:${cpus};cpus(web):${reservedCpus};mem:${mem};mem(web):${reservedMem};gpus:${gpus}`,
    ),
    ...scalars(`cpus:${revocableCpus}`, { revocable: {} }),
    ports(31_000, 31_000 + portCount - 1),
  ]);

/** Ports of several offers of one agent must not overlap, so an agent has one offer for each role. */
const someOffers: fc.Arbitrary<Offer[]> = fc
  .uniqueArray(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.constantFrom('x', 'y')), {
    maxLength: 12,
    selector: ([agent, role]) => `${agent} ${role}`,
  })
  .chain((places) =>
    fc.tuple(
      ...places.map(([agent, role]) =>
        fc.record({ resources: someResources }).map(({ resources }) =>
          offer(`a${agent}`, resources, {
            attributes: rack(`r${agent % 3}`),
            allocation_info: { role },
          }),
        ),
      ),
    ),
  );

const someInput: fc.Arbitrary<OfferInput> = fc
  .record({
    offers: someOffers,
    executors: fc.option(fc.integer({ min: 0, max: 20 }), { nil: Number.POSITIVE_INFINITY }),
    maxCores: fc.integer({ min: 0, max: 60 }),
    maxGpus: fc.integer({ min: 0, max: 5 }),
    cores: fc.record({ min: fc.integer({ min: 1, max: 4 }), more: fc.integer({ min: 0, max: 9 }) }),
    heap: fc.record({
      min: fc.integer({ min: 1, max: 4_000 }),
      more: fc.integer({ min: 0, max: 9_000 }),
    }),
    ports: fc.array(fc.constantFrom(0, 31_000, 31_002), { maxLength: 2 }),
    perAgent: fc.integer({ min: 1, max: 4 }),
    useRevocable: fc.boolean(),
    placement: fc.constantFrom<Placement>('spread', 'binpack', 'random', { spreadBy: 'rack' }),
    constraints: fc.constantFrom('', 'rack:UNIQUE', 'rack:MAX_PER:3', 'rack:GROUP_BY', 'rack:!r0'),
    held: fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 4 }),
    random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  })
  .map((given) =>
    input(given.offers, {
      demand: {
        executors: given.executors,
        maxCores: given.maxCores,
        maxGpus: given.maxGpus,
      },
      held: given.held.map((agent) => held(`a${agent}`, { attributes: rack(`r${agent % 3}`) })),
      random: () => given.random,
      policy: {
        size: {
          cores: { min: given.cores.min, max: given.cores.min + given.cores.more },
          memoryMiB: { min: given.heap.min, max: given.heap.min + given.heap.more },
          ports: given.ports,
        },
        maxExecutorsPerAgent: given.perAgent,
        useRevocable: given.useRevocable,
        placement: given.placement,
        constraints: given.constraints,
      },
    }),
  );

test('every offer is accepted or declined, once', () => {
  fc.assert(
    fc.property(someInput, (given) => {
      const { accepts, declines } = decideOffers(given);
      const answered = [...accepts, ...declines].flatMap(({ offerIds }) => offerIds);
      expect(answered.map(({ value }) => value).sort()).toEqual(
        given.offers.map(({ id }) => id.value).sort(),
      );
    }),
  );
});

test('nothing is launched beyond what is wanted or allowed', () => {
  fc.assert(
    fc.property(someInput, (given) => {
      const { accepts, interest } = decideOffers(given);
      const launched = accepts.flatMap(({ launches }) => launches);
      const all = [...given.held, ...launched];
      const { demand, policy } = given;
      if (launched.length > 0) {
        expect(all.length).toBeLessThanOrEqual(demand.executors);
        expect(total(all, ({ cores }) => cores)).toBeLessThanOrEqual(demand.maxCores);
        expect(total(launched, ({ gpus }) => gpus)).toBeLessThanOrEqual(demand.maxGpus);
      }
      expect(interest.wanted).toBeGreaterThanOrEqual(0);
      for (const { agentId, cores, heapMiB, ports } of launched) {
        const onAgent = all.filter((executor) => executor.agentId === agentId);
        expect(onAgent.length).toBeLessThanOrEqual(policy.maxExecutorsPerAgent);
        expect(inRange(cores, policy.size.cores) && inRange(heapMiB, policy.size.memoryMiB)).toBe(
          true,
        );
        const wanted = policy.size.ports;
        expect(ports).toHaveLength(wanted.length);
        expect(wanted.every((port, i) => port === 0 || port === ports[i])).toBe(true);
      }
    }),
  );
});

test('what is launched is contained in what was offered, kind by kind', () => {
  fc.assert(
    fc.property(someInput, (given) => {
      for (const { launches, offerIds } of decideOffers(given).accepts) {
        const offered = given.offers
          .filter(({ id }) => offerIds.includes(id))
          .flatMap(({ resources = [] }) => resources);
        const left = amountsByKind(offered);
        for (const [kind, taken] of amountsByKind(launches.flatMap(({ resources }) => resources))) {
          expect(taken).toBeLessThanOrEqual((left.get(kind) ?? 0) + 1e-9);
        }
        for (const { resources, cores, memoryMiB, gpus } of launches) {
          const sum = (name: string): number =>
            total(
              resources.filter((resource) => resource.name === name),
              ({ scalar }) => scalar!.value,
            );
          expect(sum('cpus')).toBeCloseTo(cores);
          expect(sum('mem')).toBeCloseTo(memoryMiB);
          expect(sum('gpus')).toBe(gpus);
          const cpus = resources.filter(({ name }) => name === 'cpus');
          expect(new Set(cpus.map(({ revocable }) => revocable !== undefined)).size).toBe(1);
        }
        const numbers = launches.flatMap(({ ports }) => [...new Set(ports)]);
        expect(new Set(numbers).size).toBe(numbers.length);
      }
    }),
  );
});

test('the same offers decided again, with what was launched, get nothing more', () => {
  fc.assert(
    fc.property(someInput, (given) => {
      const first = decideOffers(given);
      const rest = first.accepts.map(({ offerIds, launches }) => {
        const source = given.offers.find(({ id }) => id === offerIds[0])!;
        return {
          ...source,
          resources: subtract(
            source,
            launches.flatMap((l) => l.resources),
          ),
        };
      });
      const launched = first.accepts.flatMap(({ launches }) => launches);
      const declined = given.offers.filter(({ id }) =>
        first.declines.some(({ offerIds }) => offerIds.includes(id)),
      );
      const again = decideOffers({
        ...given,
        offers: [...rest, ...declined],
        held: [...given.held, ...launched],
        interest: first.interest,
      });
      expect(again.accepts).toEqual([]);
      expect(again.call).toBeUndefined();
    }),
  );
});

const total = <T>(rows: readonly T[], amountOf: (row: T) => number): number =>
  rows.reduce((sum, row) => sum + amountOf(row), 0);

const inRange = (value: number, { min, max }: { min: number; max: number }): boolean =>
  Number.isInteger(value) && value >= min && value <= max;

const kindOf = ({ name, reservations, revocable }: Resource): string =>
  JSON.stringify([name, reservations, revocable]);

/** Ports count by their number. */
function amountsByKind(resources: readonly Resource[]): Map<string, number> {
  const amounts = new Map<string, number>();
  for (const resource of resources) {
    const ports = total(resource.ranges?.range ?? [], ({ begin, end }) => Number(end - begin) + 1);
    const amount = resource.scalar?.value ?? ports;
    amounts.set(kindOf(resource), (amounts.get(kindOf(resource)) ?? 0) + amount);
  }
  return amounts;
}

const portsOf = (resources: readonly Resource[]): bigint[] =>
  resources.flatMap(({ ranges }) =>
    (ranges?.range ?? []).flatMap(({ begin, end }) =>
      Array.from({ length: Number(end - begin) + 1 }, (_, i) => begin + BigInt(i)),
    ),
  );

function subtract({ resources = [] }: Offer, taken: readonly Resource[]): Resource[] {
  const amounts = amountsByKind(taken);
  return resources.map((resource) => {
    const gone = amounts.get(kindOf(resource)) ?? 0;
    if (resource.scalar !== undefined) {
      return {
        ...resource,
        scalar: { value: Math.round((resource.scalar.value - gone) * 1_000) / 1_000 },
      };
    }
    const left = portsOf([resource]).filter((port) => !portsOf(taken).includes(port));
    return { ...resource, ranges: { range: left.map((port) => ({ begin: port, end: port })) } };
  });
}
