import type { Resource, ValueRange } from '@firesteel/mesos-protocol';

/**
 * Arithmetic on lists of resources in the form with a stack of reservations, as masters and agents
 * keep them. Lists are normalised: one entry per kind, none of them empty. Scalars count in
 * thousandths, as in Mesos.
 */
export type Resources = readonly Resource[];

/** Resources of one kind may be added and subtracted: all but the amount is equal. */
function kindOf(resource: Resource): string {
  const { name, type, allocation_info, reservations, disk, revocable, shared, provider_id } =
    resource;
  return JSON.stringify([
    name,
    type,
    allocation_info?.role,
    (reservations ?? []).map((r) => [r.type, r.role, r.principal, r.labels?.labels]),
    disk,
    revocable !== undefined,
    shared !== undefined,
    provider_id?.value,
  ]);
}

export function add(a: Resources, b: Resources): Resources {
  const sums = new Map<string, Resource>();
  for (const resource of [...a, ...b]) {
    const kind = kindOf(resource);
    const sum = sums.get(kind);
    sums.set(kind, sum === undefined ? normalised(resource) : combine(sum, resource, plus));
  }
  return [...sums.values()].filter((resource) => !isEmpty(resource));
}

/** `a` without `b`; what `b` has more than `a` is ignored. */
export function subtract(a: Resources, b: Resources): Resources {
  const rest = new Map(add(a, []).map((resource) => [kindOf(resource), resource]));
  for (const resource of add(b, [])) {
    const kind = kindOf(resource);
    const from = rest.get(kind);
    if (from !== undefined) rest.set(kind, combine(from, resource, minus));
  }
  return [...rest.values()].filter((resource) => !isEmpty(resource));
}

/** Whether all of `part` is in `whole`. */
export function contains(whole: Resources, part: Resources): boolean {
  const available = new Map(add(whole, []).map((resource) => [kindOf(resource), resource]));
  return add(part, []).every((resource) => {
    const from = available.get(kindOf(resource));
    return from !== undefined && isEmpty(combine(resource, from, minus));
  });
}

/** The amount of a scalar over all kinds of it. */
export function scalarOf(resources: Resources, name: string): number {
  return (
    resources
      .filter((resource) => resource.name === name && resource.type === 'SCALAR')
      .reduce((sum, resource) => sum + milli(resource), 0) / 1000
  );
}

/** The names of all scalars, with their amounts. */
export function scalars(resources: Resources): ReadonlyMap<string, number> {
  const names = new Set(resources.filter((r) => r.type === 'SCALAR').map((r) => r.name));
  return new Map([...names].map((name) => [name, scalarOf(resources, name)]));
}

/** At most `max` of a scalar of one entry. */
export function chopped(resource: Resource, max: number): Resource {
  return { ...resource, scalar: { value: Math.min(milli(resource), thousandths(max)) / 1000 } };
}

export function allocatedTo(resources: Resources, role: string): Resources {
  return resources.map((resource) => ({ ...resource, allocation_info: { role } }));
}

export function unallocated(resources: Resources): Resources {
  return add(
    resources.map(({ allocation_info: _, ...resource }) => resource),
    [],
  );
}

export const isReserved = (resource: Resource): boolean => (resource.reservations?.length ?? 0) > 0;

/** The role that may use a resource: that of the topmost reservation, `*` for everybody. */
export const reservationRole = (resource: Resource): string =>
  resource.reservations?.at(-1)?.role ?? '*';

export function isEmpty(resource: Resource): boolean {
  switch (resource.type) {
    case 'SCALAR':
      return milli(resource) <= 0;
    case 'RANGES':
      return (resource.ranges?.range?.length ?? 0) === 0;
    default:
      return (resource.set?.item?.length ?? 0) === 0;
  }
}

const thousandths = (value: number): number => Math.round(value * 1000);

const milli = (resource: Resource): number => thousandths(resource.scalar?.value ?? 0);

interface Operation {
  scalar(a: number, b: number): number;
  ranges(a: readonly ValueRange[], b: readonly ValueRange[]): ValueRange[];
  set(a: readonly string[], b: readonly string[]): string[];
}

const plus: Operation = {
  scalar: (a, b) => a + b,
  ranges: (a, b) => merged([...a, ...b]),
  set: (a, b) => [...new Set([...a, ...b])],
};

const minus: Operation = {
  scalar: (a, b) => a - b,
  ranges: (a, b) => b.reduce(without, merged(a)),
  set: (a, b) => a.filter((item) => !b.includes(item)),
};

function combine(a: Resource, b: Resource, operation: Operation): Resource {
  switch (a.type) {
    case 'SCALAR':
      return { ...a, scalar: { value: operation.scalar(milli(a), milli(b)) / 1000 } };
    case 'RANGES':
      return {
        ...a,
        ranges: { range: operation.ranges(a.ranges?.range ?? [], b.ranges?.range ?? []) },
      };
    default:
      return { ...a, set: { item: operation.set(a.set?.item ?? [], b.set?.item ?? []) } };
  }
}

const nothing: Resource = { name: '', type: 'SCALAR' };

const normalised = (resource: Resource): Resource => combine(resource, nothing, plus);

/** Ranges in order, none touching another. */
function merged(ranges: readonly ValueRange[]): ValueRange[] {
  const out: { begin: bigint; end: bigint }[] = [];
  const ordered = [...ranges].sort((a, b) => (a.begin < b.begin ? -1 : a.begin > b.begin ? 1 : 0));
  for (const { begin, end } of ordered) {
    const last = out.at(-1);
    if (last !== undefined && begin <= last.end + 1n) {
      if (end > last.end) last.end = end;
    } else out.push({ begin, end });
  }
  return out;
}

function without(ranges: readonly ValueRange[], hole: ValueRange): ValueRange[] {
  return ranges.flatMap((range) =>
    hole.end < range.begin || hole.begin > range.end
      ? [range]
      : [
          ...(range.begin < hole.begin ? [{ begin: range.begin, end: hole.begin - 1n }] : []),
          ...(range.end > hole.end ? [{ begin: hole.end + 1n, end: range.end }] : []),
        ],
  );
}
