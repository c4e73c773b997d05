import type { Offer, Resource } from '@firesteel/mesos-protocol';

/** Mesos counts in thousandths: sums of them as whole numbers are exact. */
const toThousandths = (value: number): number => Math.round(value * 1_000);

type ScalarName = 'cpus' | 'mem' | 'gpus' | 'disk';

type Sums = Record<ScalarName, number>;

interface Piece {
  readonly resource: Resource;
  /** In thousandths. */
  left: number;
}

interface PortRange {
  readonly resource: Resource;
  begin: number;
  readonly end: number;
}

/**
 * What is offered of one agent to one role, taken together, and what is still left of it. An offer
 * lists one resource for each reservation; volumes and shared resources are not used.
 */
export class AgentResources {
  readonly hasReserved: boolean;
  readonly #offers: readonly Offer[];
  readonly #regular: Sums = { cpus: 0, mem: 0, gpus: 0, disk: 0 };
  /** Undefined without any. */
  #revocable: Sums | undefined;
  /** Counted when somebody asks. */
  #portCount: number | undefined;
  /** Made when something is taken, which most agents of a large cluster never see. */
  #pieces: readonly Piece[] | undefined;
  #ports: readonly PortRange[] | undefined;

  constructor(offers: readonly Offer[]) {
    this.#offers = offers;
    let hasReserved = false;
    for (const offer of offers) {
      for (const resource of offer.resources ?? []) {
        if (!isUsable(resource)) continue;
        hasReserved ||= reservationDepth(resource) > 0;
        if (isScalarName(resource.name)) {
          const sums = this.#sums(resource.revocable !== undefined);
          sums[resource.name] += toThousandths(resource.scalar?.value ?? 0);
        }
      }
    }
    this.hasReserved = hasReserved;
  }

  get portCount(): number {
    if (this.#portCount === undefined) {
      this.#portCount = 0;
      for (const resource of this.#inOrder()) {
        if (resource.name === 'ports') this.#portCount += portsOf(resource);
      }
    }
    return this.#portCount;
  }

  /** How much is left of the regular kind, or of the one that the cluster may take back. */
  left(name: ScalarName, revocable: boolean): number {
    const sums = revocable ? this.#revocable : this.#regular;
    return sums === undefined ? 0 : sums[name] / 1_000;
  }

  /** Takes an amount that is left: reserved resources first, the narrowest reservation of all. */
  take(name: ScalarName, amount: number, revocable: boolean): readonly Resource[] {
    if (amount === 0) return [];
    let missing = toThousandths(amount);
    this.#sums(revocable)[name] -= missing;
    const taken: Resource[] = [];
    this.#pieces ??= this.#inOrder()
      .filter(({ name }) => isScalarName(name))
      .map((resource) => ({ resource, left: toThousandths(resource.scalar?.value ?? 0) }));
    for (const piece of this.#pieces) {
      const { resource } = piece;
      if (resource.name !== name || (resource.revocable !== undefined) !== revocable) continue;
      const part = Math.min(missing, piece.left);
      if (part === 0) continue;
      piece.left -= part;
      missing -= part;
      taken.push({ ...resource, scalar: { value: part / 1_000 } });
    }
    return taken;
  }

  /** Takes so many of the ports that are left. */
  takePorts(count: number): {
    readonly numbers: readonly number[];
    readonly resources: readonly Resource[];
  } {
    if (count === 0) return { numbers: [], resources: [] };
    this.#ports ??= this.#inOrder()
      .filter(({ name }) => name === 'ports')
      .flatMap((resource) =>
        (resource.ranges?.range ?? []).map(({ begin, end }) => ({
          resource,
          begin: Number(begin),
          end: Number(end),
        })),
      );
    this.#portCount = this.portCount - count;
    const numbers: number[] = [];
    const resources: Resource[] = [];
    for (const range of this.#ports) {
      const part = Math.min(count - numbers.length, range.end - range.begin + 1);
      if (part <= 0) continue;
      for (let i = 0; i < part; i++) numbers.push(range.begin + i);
      const taken = { begin: BigInt(range.begin), end: BigInt(range.begin + part - 1) };
      resources.push({ ...range.resource, ranges: { range: [taken] } });
      range.begin += part;
    }
    return { numbers, resources };
  }

  #sums(revocable: boolean): Sums {
    if (!revocable) return this.#regular;
    this.#revocable ??= { cpus: 0, mem: 0, gpus: 0, disk: 0 };
    return this.#revocable;
  }

  #inOrder(): readonly Resource[] {
    const resources = this.#offers.flatMap(({ resources = [] }) => resources.filter(isUsable));
    return resources.sort((a, b) => reservationDepth(b) - reservationDepth(a));
  }
}

const isUsable = ({ disk, shared }: Resource): boolean =>
  disk === undefined && shared === undefined;

function portsOf({ ranges }: Resource): number {
  let count = 0;
  for (const { begin, end } of ranges?.range ?? []) count += Number(end - begin) + 1;
  return count;
}

const isScalarName = (name: string): name is ScalarName =>
  name === 'cpus' || name === 'mem' || name === 'gpus' || name === 'disk';

/** 0 for unreserved resources, in either format of reservations. */
function reservationDepth({ reservations, role }: Resource): number {
  if (reservations !== undefined && reservations.length > 0) return reservations.length;
  return role === undefined || role === '*' ? 0 : 1;
}
