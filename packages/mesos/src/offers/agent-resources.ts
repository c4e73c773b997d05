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
  readonly begin: number;
  readonly end: number;
}

/** Stands for any port that is free. */
const anyPort = 0;

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
  /** Made when something is taken, which most agents of a large cluster never see. */
  #pieces: readonly Piece[] | undefined;
  #ports: PortRange[] | undefined;

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

  /** How many of the wanted ports are left, as in {@link takePorts}. */
  usablePorts(wanted: readonly number[]): number {
    if (wanted.length === 0) return 0;
    const ranges = this.#freePorts();
    const named = wanted.filter((port) => port !== anyPort);
    const free = named.filter((port) => ranges.some((range) => holds(range, port)));
    const left = ranges.reduce((sum, { begin, end }) => sum + end - begin + 1, 0);
    const others = left - new Set(free).size;
    return free.length + Math.min(wanted.length - named.length, others);
  }

  /**
   * Takes ports that are left.
   * @param wanted their numbers, or 0 for any; the same number twice is one port
   */
  takePorts(wanted: readonly number[]): {
    readonly numbers: readonly number[];
    readonly resources: readonly Resource[];
  } {
    if (wanted.length === 0) return { numbers: [], resources: [] };
    const resources: Resource[] = [];
    const take = (port: number): number => {
      const range = this.#freePorts().find((free) => holds(free, port));
      if (range === undefined) return port;
      this.#cut(range, port);
      addPort(resources, range.resource, port);
      return port;
    };
    // Those that are named first, lest they be taken as any.
    for (const port of wanted) if (port !== anyPort) take(port);
    const numbers = wanted.map((port) =>
      port === anyPort ? take(this.#freePorts()[0]?.begin ?? anyPort) : port,
    );
    return { numbers, resources };
  }

  #freePorts(): PortRange[] {
    this.#ports ??= this.#inOrder()
      .filter(({ name }) => name === 'ports')
      .flatMap((resource) =>
        (resource.ranges?.range ?? []).map(({ begin, end }) => ({
          resource,
          begin: Number(begin),
          end: Number(end),
        })),
      );
    return this.#ports;
  }

  /** What is left of a range without one of its ports. */
  #cut(range: PortRange, port: number): void {
    const ranges = this.#freePorts();
    const { resource, begin, end } = range;
    const rest = [
      { resource, begin, end: port - 1 },
      { resource, begin: port + 1, end },
    ].filter((part) => part.begin <= part.end);
    ranges.splice(ranges.indexOf(range), 1, ...rest);
  }

  #sums(revocable: boolean): Sums {
    if (!revocable) return this.#regular;
    this.#revocable ??= { cpus: 0, mem: 0, gpus: 0, disk: 0 };
    return this.#revocable;
  }

  #inOrder(): readonly Resource[] {
    const resources = this.#offers.flatMap(({ resources = [] }) => resources.filter(isUsable));
    if (!this.hasReserved) return resources;
    return resources.sort((a, b) => reservationDepth(b) - reservationDepth(a));
  }
}

const isUsable = ({ disk, shared }: Resource): boolean =>
  disk === undefined && shared === undefined;

const holds = ({ begin, end }: PortRange, port: number): boolean => begin <= port && port <= end;

/** Adds a port to those of its reservation. */
function addPort(taken: Resource[], source: Resource, port: number): void {
  const at = BigInt(port);
  const last = taken.at(-1);
  const range = last?.ranges?.range?.[0];
  const goesOn = last?.reservations === source.reservations && last?.role === source.role;
  if (last !== undefined && range !== undefined && goesOn && range.end === at - 1n)
    taken[taken.length - 1] = { ...last, ranges: { range: [{ begin: range.begin, end: at }] } };
  else taken.push({ ...source, ranges: { range: [{ begin: at, end: at }] } });
}

const isScalarName = (name: string): name is ScalarName =>
  name === 'cpus' || name === 'mem' || name === 'gpus' || name === 'disk';

/** 0 for unreserved resources, in either format of reservations. */
function reservationDepth({ reservations, role }: Resource): number {
  if (reservations !== undefined && reservations.length > 0) return reservations.length;
  return role === undefined || role === '*' ? 0 : 1;
}
