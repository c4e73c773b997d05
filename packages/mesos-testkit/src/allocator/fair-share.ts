import { isWithin } from './roles.js';

/** What one role or framework holds, as seen by the sorter. */
export interface Holding {
  /** Amounts of scalars. */
  readonly amounts: ReadonlyMap<string, number>;
  /** How often something was allocated to it; breaks ties. */
  readonly count: number;
}

/** The largest part of any scalar of the cluster that a holding takes, divided by its weight. */
function dominantShare(
  amounts: ReadonlyMap<string, number>,
  total: ReadonlyMap<string, number>,
  weight: number,
): number {
  let share = 0;
  for (const [name, amount] of amounts) {
    const whole = total.get(name) ?? 0;
    if (whole > 0) share = Math.max(share, amount / whole);
  }
  return share / weight;
}

/**
 * Roles by ascending weighted dominant share (DRF), level by level of the tree: siblings compete
 * for the share of their parent. Ties go to whom was served less often, then by name.
 */
export function sortRoles(
  roles: readonly string[],
  holdingOf: (role: string) => Holding,
  weightOf: (role: string) => number,
  total: ReadonlyMap<string, number>,
): string[] {
  const sortLevel = (parent: string, members: readonly string[]): string[] => {
    const depth = parent === '' ? 0 : parent.length + 1;
    const groups = new Map<string, string[]>();
    for (const role of members) {
      // A role that has sub-roles competes with them as a child of itself.
      const child =
        role === parent ? role : parent + role.slice(parent.length).match(/^\/?[^/]+/)![0];
      groups.set(child, [...(groups.get(child) ?? []), role]);
    }
    const ranked = [...groups].map(([child, below]) => {
      const held = (child === parent ? [child] : roles.filter((r) => isWithin(r, child))).map(
        holdingOf,
      );
      const weight = child === parent ? 1 : weightOf(child);
      const amounts = held.map((holding) => holding.amounts).reduce(sum, new Map());
      return {
        name: child.slice(depth),
        share: dominantShare(amounts, total, weight),
        count: held.reduce((count, holding) => count + holding.count, 0),
        order: below.length === 1 ? below : sortLevel(child, below),
      };
    });
    return ranked.sort(byRank).flatMap(({ order }) => order);
  };
  return sortLevel('', roles);
}

/** Frameworks of one role by ascending dominant share. */
export function sortFrameworks(
  ids: readonly string[],
  holdingOf: (id: string) => Holding,
  total: ReadonlyMap<string, number>,
): string[] {
  return ids
    .map((name) => {
      const { amounts, count } = holdingOf(name);
      return { name, share: dominantShare(amounts, total, 1), count };
    })
    .sort(byRank)
    .map(({ name }) => name);
}

interface Rank {
  readonly name: string;
  readonly share: number;
  readonly count: number;
}

const byRank = (a: Rank, b: Rank): number =>
  a.share - b.share || a.count - b.count || (a.name < b.name ? -1 : 1);

export function sum(
  a: ReadonlyMap<string, number>,
  b: ReadonlyMap<string, number>,
): Map<string, number> {
  const out = new Map(a);
  for (const [name, amount] of b) out.set(name, (out.get(name) ?? 0) + amount);
  return out;
}
