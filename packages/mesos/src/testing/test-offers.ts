import type { Attribute, Offer, Resource } from '@firesteel/mesos-protocol';
import { parseConstraints } from '../offers/constraints.js';
import type { HeldExecutor, OfferInput, OfferPolicy } from '../offers/decide-offers.js';
import { defaultRefuseSeconds } from '../offers/declines.js';
import { defaultOverhead, type ExecutorSize } from '../offers/executor-size.js';

/** Scalars as of an offer, for example `cpus:4;mem:8192` and, reserved, `cpus(web):1`. */
export function scalars(text: string, more: Partial<Resource> = {}): Resource[] {
  return text.split(';').map((part) => {
    const [, name, role, value] = /^(\w+)(?:\((.+)\))?:(.+)$/.exec(part)!;
    return {
      name: name!,
      type: 'SCALAR',
      scalar: { value: Number(value) },
      ...(role && { reservations: [{ type: 'STATIC', role }] }),
      ...more,
    } satisfies Resource;
  });
}

export function ports(begin: number, end: number): Resource {
  return {
    name: 'ports',
    type: 'RANGES',
    ranges: { range: [{ begin: BigInt(begin), end: BigInt(end) }] },
  };
}

export function rack(value: string): Attribute[] {
  return [{ name: 'rack', type: 'TEXT', text: { value } }];
}

let offerCount = 0;

export function offer(
  agent: string,
  resources: string | readonly Resource[],
  more: Partial<Offer> = {},
): Offer {
  return {
    id: { value: `offer${++offerCount}` },
    framework_id: { value: 'f' },
    agent_id: { value: agent },
    hostname: `${agent}.example`,
    resources: typeof resources === 'string' ? scalars(resources) : resources,
    allocation_info: { role: '*' },
    ...more,
  };
}

export function held(agent: string, more: Partial<HeldExecutor> = {}): HeldExecutor {
  return { agentId: agent, hostname: `${agent}.example`, cores: 1, gpus: 0, ...more };
}

export type InputOptions = Omit<Partial<OfferInput>, 'policy' | 'demand'> & {
  readonly demand?: Partial<OfferInput['demand']>;
  readonly policy?: Omit<Partial<OfferPolicy>, 'constraints' | 'size'> & {
    readonly constraints?: string;
    readonly size?: Partial<ExecutorSize>;
  };
};

/** An input with executors of one cpu and 1 GiB, and no limits but those given. */
export function input(offers: readonly Offer[], options: InputOptions = {}): OfferInput {
  const { demand, policy: { constraints = '', size, ...policy } = {}, ...rest } = options;
  return {
    offers,
    held: [],
    excludedUntilMs: new Map(),
    interest: { suppressed: false, wanted: Number.POSITIVE_INFINITY },
    nowMs: 0,
    random: () => 0,
    demand: { executors: Number.POSITIVE_INFINITY, maxCores: 1e6, maxGpus: 0, ...demand },
    policy: {
      maxExecutorsPerAgent: Number.POSITIVE_INFINITY,
      placement: 'spread',
      useRevocable: false,
      refuseSeconds: defaultRefuseSeconds,
      maintenanceLeadMs: 600_000,
      ...policy,
      constraints: parseConstraints(constraints),
      size: {
        cores: { min: 1, max: 1 },
        memoryMiB: { min: 1_024, max: 1_024 },
        overhead: defaultOverhead,
        extraCores: 0,
        diskMiB: 0,
        ports: [],
        ...size,
      },
    },
    ...rest,
  };
}
