/**
 * Where a table stands decides how it spreads its keys. Rows that come out of one table arrive in
 * the order of its slots; if the next table used the same order, they would pile up at its front
 * while it still grows, and linear probing would take quadratic time. A hash is therefore
 * multiplied by an odd number of its own for each place.
 */
export type TableRole = 'map' | 'reduce' | 'inPlace';

/** The part of its slots from which on a table counts what it needs to grow. */
export const NEARLY_FULL = 0.75;

export const slotMultipliers: Record<TableRole, number> = {
  map: 0x9e3779b1 | 0,
  reduce: 0x85ebca77 | 0,
  inPlace: 0xc2b2ae3d | 0,
};
