import type { Resource } from '@firesteel/mesos-protocol';
import { chopped, isEmpty, isReserved, type Resources } from '../resources/arithmetic.js';

/** What a top-level role is guaranteed and limited to, by name of a scalar. */
export interface Quota {
  readonly guarantees: ReadonlyMap<string, number>;
  readonly limits: ReadonlyMap<string, number>;
}

/** Reserved and revocable resources and those without a number are offered regardless of quota. */
export const countsForQuota = (resource: Resource): boolean =>
  resource.type === 'SCALAR' && !isReserved(resource) && resource.revocable === undefined;

/** The resources with every scalar that counts reduced to what `available` still has of its name. */
export function withinAmounts(
  resources: Resources,
  available: (name: string) => number,
): Resources {
  const taken = new Map<string, number>();
  return resources
    .map((resource) => {
      if (!countsForQuota(resource)) return resource;
      const used = taken.get(resource.name) ?? 0;
      const part = chopped(resource, Math.max(0, available(resource.name) - used));
      taken.set(resource.name, used + (part.scalar?.value ?? 0));
      return part;
    })
    .filter((resource) => !isEmpty(resource));
}
