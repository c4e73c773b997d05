import type { OfferFilters, SchedulerOfferConstraints } from '@firesteel/mesos-protocol';
import {
  add,
  allocatedTo,
  contains,
  isReserved,
  type Resources,
  reservationRole,
  scalarOf,
  scalars,
  subtract,
  unallocated,
} from '../resources/arithmetic.js';
import { type Holding, sortFrameworks, sortRoles, sum } from './fair-share.js';
import { type ConstrainedAgent, satisfiesConstraints } from './offer-constraints.js';
import { countsForQuota, type Quota, withinAmounts } from './quota.js';
import { isWithin, topOf } from './roles.js';

export interface AllocatorAgent extends ConstrainedAgent {
  readonly total: Resources;
  /** Whether its resources may be offered. */
  readonly active: boolean;
}

export interface AllocatorFramework {
  readonly roles: readonly string[];
  readonly suppressedRoles: ReadonlySet<string>;
  readonly capabilities: ReadonlySet<string>;
  readonly active: boolean;
  readonly offerFilters?: Readonly<Record<string, OfferFilters>> | undefined;
  readonly constraints?: SchedulerOfferConstraints | undefined;
}

/** Resources of one agent for one role of a framework. */
export interface Grant {
  readonly frameworkId: string;
  readonly role: string;
  readonly agentId: string;
  /** With `allocation_info`. */
  readonly resources: Resources;
}

/** Resources that a framework has refused on an agent until a time; less of them is not offered. */
interface RefusalFilter {
  readonly role: string;
  readonly agentId: string;
  readonly refused: Resources;
  readonly untilMs: number;
}

/** Below this nothing is worth an offer, unless a framework says otherwise. */
const minCpus = 0.01;
const minMemMb = 32;

/**
 * Who is offered what: hierarchical weighted dominant resource fairness with quotas, filters and
 * suppression. Pure bookkeeping: time is a parameter, offers are the master's business. Agents are
 * visited in the order of their registration, where the real allocator shuffles them.
 */
export class Allocator {
  readonly #agents = new Map<string, AllocatorAgent>();
  readonly #frameworks = new Map<string, AllocatorFramework>();
  readonly #filters = new Map<string, RefusalFilter[]>();
  /** What is offered or used: framework → agent → resources with `allocation_info`. */
  readonly #allocations = new Map<string, Map<string, Resources>>();
  readonly #roleCounts = new Map<string, number>();
  readonly #frameworkCounts = new Map<string, number>();
  readonly weights = new Map<string, number>();
  readonly quotas = new Map<string, Quota>();

  setAgent(id: string, agent: AllocatorAgent): void {
    this.#agents.set(id, agent);
  }

  agent(id: string): AllocatorAgent | undefined {
    return this.#agents.get(id);
  }

  removeAgent(id: string): void {
    this.#agents.delete(id);
    for (const agents of this.#allocations.values()) agents.delete(id);
    for (const [framework, filters] of this.#filters) {
      this.#filters.set(
        framework,
        filters.filter((filter) => filter.agentId !== id),
      );
    }
  }

  setFramework(id: string, framework: AllocatorFramework): void {
    this.#frameworks.set(id, framework);
  }

  removeFramework(id: string): void {
    this.#frameworks.delete(id);
    this.#filters.delete(id);
    this.#allocations.delete(id);
    for (const key of [...this.#frameworkCounts.keys()]) {
      if (key.startsWith(`${id} `)) this.#frameworkCounts.delete(key);
    }
    const tracked = this.rolesInUse();
    for (const role of [...this.#roleCounts.keys()]) {
      if (!tracked.includes(role)) this.#roleCounts.delete(role);
    }
  }

  /** Forgets what a framework refused, for some of its roles or all. */
  clearFilters(frameworkId: string, roles?: ReadonlySet<string>): void {
    const kept =
      roles === undefined ? [] : this.#filtersOf(frameworkId).filter((f) => !roles.has(f.role));
    this.#filters.set(frameworkId, kept);
  }

  /** Takes resources into account that are in use already, such as tasks of a returning agent. */
  allocate(frameworkId: string, agentId: string, resources: Resources): void {
    const agents = this.#allocations.get(frameworkId) ?? new Map<string, Resources>();
    agents.set(agentId, add(agents.get(agentId) ?? [], resources));
    this.#allocations.set(frameworkId, agents);
  }

  /** Takes resources back; with `refusedUntilMs` they are not offered again before. */
  recover(frameworkId: string, agentId: string, resources: Resources, refusedUntilMs = 0): void {
    const agents = this.#allocations.get(frameworkId);
    agents?.set(agentId, subtract(agents.get(agentId) ?? [], resources));
    if (refusedUntilMs <= 0 || resources.length === 0) return;
    for (const role of new Set(resources.map((r) => r.allocation_info?.role ?? '*'))) {
      const refused = unallocated(
        resources.filter((resource) => (resource.allocation_info?.role ?? '*') === role),
      );
      const filter = { role, agentId, refused, untilMs: refusedUntilMs };
      this.#filters.set(frameworkId, [...this.#filtersOf(frameworkId), filter]);
    }
  }

  allocatedTo(frameworkId: string): Resources {
    return [...(this.#allocations.get(frameworkId)?.values() ?? [])].flat();
  }

  /** Whether anything of an agent is offered to a framework or used by it. */
  hasOn(frameworkId: string, agentId: string): boolean {
    return (this.#allocations.get(frameworkId)?.get(agentId) ?? []).length > 0;
  }

  allocatedOn(agentId: string): Resources {
    return [...this.#allocations.values()].flatMap((agents) => agents.get(agentId) ?? []);
  }

  available(agentId: string): Resources {
    const agent = this.#agents.get(agentId);
    return agent === undefined ? [] : subtract(agent.total, unallocated(this.allocatedOn(agentId)));
  }

  /** The roles that frameworks subscribe to or hold resources in. */
  rolesInUse(): readonly string[] {
    const roles = new Set<string>();
    for (const framework of this.#frameworks.values()) {
      for (const role of framework.roles) roles.add(role);
    }
    for (const id of this.#allocations.keys()) {
      for (const { allocation_info } of this.allocatedTo(id)) {
        roles.add(allocation_info?.role ?? '*');
      }
    }
    return [...roles];
  }

  /** Distributes what is free; what is granted counts as allocated until it is recovered. */
  run(nowMs: number): readonly Grant[] {
    for (const [id, filters] of this.#filters) {
      this.#filters.set(
        id,
        filters.filter(({ untilMs }) => untilMs > nowMs),
      );
    }
    const grants = new Map<string, Grant>();
    const agents = [...this.#agents].filter(([, agent]) => agent.active);
    for (const [agentId, agent] of agents) {
      for (const role of this.#sortedRoles()) {
        const quota = this.quotas.get(role);
        if (quota === undefined) continue;
        this.#offer(grants, agentId, agent, role, (resources) =>
          withinAmounts(resources, (name) => this.#guaranteedTo(role, quota, name)),
        );
      }
    }
    const headroom = new Headroom(
      this.#unmetGuarantees(),
      agents.map(([id]) => this.available(id)),
    );
    for (const [agentId, agent] of agents) {
      for (const role of this.#sortedRoles()) {
        const limits = this.quotas.get(topOf(role))?.limits;
        this.#offer(
          grants,
          agentId,
          agent,
          role,
          (resources) =>
            withinAmounts(resources, (name) =>
              Math.min(headroom.free(name), this.#limitLeft(topOf(role), limits?.get(name), name)),
            ),
          (granted) => headroom.take(granted),
        );
      }
    }
    return [...grants.values()];
  }

  /** Offers what is free on the agent to the neediest framework of the role that may have it. */
  #offer(
    grants: Map<string, Grant>,
    agentId: string,
    agent: AllocatorAgent,
    role: string,
    limited: (resources: Resources) => Resources,
    onGranted: (resources: Resources) => void = () => {},
  ): void {
    const total = this.#totalAmounts();
    const subscribed = [...this.#frameworks.keys()].filter((id) =>
      this.#frameworks.get(id)?.roles.includes(role),
    );
    const ordered = sortFrameworks(subscribed, (id) => this.#holdingOf(id, role), total);
    for (const frameworkId of ordered) {
      const framework = this.#frameworks.get(frameworkId)!;
      if (!framework.active || framework.suppressedRoles.has(role)) continue;
      if (
        !isCapable(framework, agent) ||
        !satisfiesConstraints(framework.constraints, role, agent)
      ) {
        continue;
      }
      const resources = limited(usable(this.available(agentId), role, framework));
      if (!isWorthOffering(resources, framework.offerFilters?.[role])) continue;
      if (this.#isRefused(frameworkId, role, agentId, resources)) continue;
      const granted = allocatedTo(resources, role);
      this.allocate(frameworkId, agentId, granted);
      this.#roleCounts.set(role, (this.#roleCounts.get(role) ?? 0) + 1);
      const counter = `${frameworkId} ${role}`;
      this.#frameworkCounts.set(counter, (this.#frameworkCounts.get(counter) ?? 0) + 1);
      const key = `${frameworkId} ${role} ${agentId}`;
      const before = grants.get(key)?.resources ?? [];
      grants.set(key, { frameworkId, role, agentId, resources: add(before, granted) });
      onGranted(resources);
    }
  }

  #filtersOf(frameworkId: string): RefusalFilter[] {
    return this.#filters.get(frameworkId) ?? [];
  }

  #isRefused(frameworkId: string, role: string, agentId: string, resources: Resources): boolean {
    return this.#filtersOf(frameworkId).some(
      (filter) =>
        filter.role === role && filter.agentId === agentId && contains(filter.refused, resources),
    );
  }

  #sortedRoles(): string[] {
    return sortRoles(
      this.rolesInUse(),
      (role) => ({ amounts: this.#amountsOf(role), count: this.#roleCounts.get(role) ?? 0 }),
      (role) => this.weights.get(role) ?? 1,
      this.#totalAmounts(),
    );
  }

  #totalAmounts(): ReadonlyMap<string, number> {
    return [...this.#agents.values()]
      .map(({ total }) => scalars(total))
      .reduce<ReadonlyMap<string, number>>(sum, new Map());
  }

  #amountsOf(role: string, frameworkId?: string): ReadonlyMap<string, number> {
    const ids = frameworkId === undefined ? [...this.#allocations.keys()] : [frameworkId];
    const held = ids
      .flatMap((id) => this.allocatedTo(id))
      .filter(({ allocation_info }) => allocation_info?.role === role);
    return scalars(held);
  }

  #holdingOf(frameworkId: string, role: string): Holding {
    return {
      amounts: this.#amountsOf(role, frameworkId),
      count: this.#frameworkCounts.get(`${frameworkId} ${role}`) ?? 0,
    };
  }

  /** Allocated to the role and its sub-roles, or reserved for them though unused. */
  #consumedQuota(role: string, name: string): number {
    const used = [...this.#allocations.keys()]
      .flatMap((id) => this.allocatedTo(id))
      .filter((r) => isWithin(r.allocation_info?.role ?? '*', role) && r.revocable === undefined);
    const reserved = [...this.#agents.keys()]
      .flatMap((id) => this.available(id))
      .filter((resource) => isReserved(resource) && isWithin(reservationRole(resource), role));
    return scalarOf([...used, ...reserved], name);
  }

  /** How much of a guarantee is still due; scalars without one are bounded by the limit only. */
  #guaranteedTo(role: string, { guarantees, limits }: Quota, name: string): number {
    const due = [...guarantees].some(([key, amount]) => amount > this.#consumedQuota(role, key));
    if (!due) return 0;
    const guarantee = guarantees.get(name);
    return guarantee === undefined
      ? this.#limitLeft(role, limits.get(name), name)
      : guarantee - this.#consumedQuota(role, name);
  }

  #limitLeft(role: string, limit: number | undefined, name: string): number {
    return limit === undefined ? Number.POSITIVE_INFINITY : limit - this.#consumedQuota(role, name);
  }

  #unmetGuarantees(): ReadonlyMap<string, number> {
    return [...this.quotas]
      .map(
        ([role, { guarantees }]) =>
          new Map(
            [...guarantees].map(([name, amount]) => [
              name,
              Math.max(0, amount - this.#consumedQuota(role, name)),
            ]),
          ),
      )
      .reduce<ReadonlyMap<string, number>>(sum, new Map());
  }
}

/** What may be given away without endangering guarantees that are not met yet. */
class Headroom {
  readonly #required: ReadonlyMap<string, number>;
  #available: ReadonlyMap<string, number>;

  constructor(required: ReadonlyMap<string, number>, free: readonly Resources[]) {
    this.#required = required;
    this.#available = scalars(free.flat().filter(countsForQuota));
  }

  free(name: string): number {
    const required = this.#required.get(name) ?? 0;
    return required === 0 ? Number.POSITIVE_INFINITY : (this.#available.get(name) ?? 0) - required;
  }

  take(resources: Resources): void {
    const taken = scalars(resources.filter(countsForQuota));
    this.#available = sum(
      this.#available,
      new Map([...taken].map(([name, amount]) => [name, -amount])),
    );
  }
}

function isCapable(framework: AllocatorFramework, agent: AllocatorAgent): boolean {
  return framework.capabilities.has('GPU_RESOURCES') || scalarOf(agent.total, 'gpus') === 0;
}

/** What a framework may use of an agent's resources in a role. */
function usable(
  resources: Resources,
  role: string,
  { capabilities }: AllocatorFramework,
): Resources {
  return resources.filter(
    (resource) =>
      (!isReserved(resource) || isWithin(role, reservationRole(resource))) &&
      (resource.revocable === undefined || capabilities.has('REVOCABLE_RESOURCES')) &&
      (resource.shared === undefined || capabilities.has('SHARED_RESOURCES')) &&
      ((resource.reservations?.length ?? 0) <= 1 || capabilities.has('RESERVATION_REFINEMENT')),
  );
}

function isWorthOffering(resources: Resources, filters: OfferFilters | undefined): boolean {
  const minimum = filters?.min_allocatable_resources;
  if (minimum === undefined) {
    return scalarOf(resources, 'cpus') >= minCpus || scalarOf(resources, 'mem') >= minMemMb;
  }
  const alternatives = minimum.quantities ?? [];
  return (
    resources.length > 0 &&
    (alternatives.length === 0 ||
      alternatives.some(({ quantities }) =>
        Object.entries(quantities ?? {}).every(
          ([name, { value }]) => scalarOf(resources, name) >= value,
        ),
      ))
  );
}
