import { compareKeys } from '@firesteel/codec';
import type { Compare } from './sort/order.js';

/** Finds the first bound that is not below a key: bounds are inclusive upper limits. */
export type BoundSearch = (key: unknown) => number;

/**
 * A binary search; for numbers and strings by what processors can compare.
 *
 * @param bounds in ascending order
 * @param compare the user's order; without it the canonical one
 */
export function boundSearch(bounds: readonly unknown[], compare: Compare | undefined): BoundSearch {
  if (compare !== undefined) return (key) => firstFrom(bounds, key, compare);
  const search = (key: unknown) => firstFrom(bounds, key, compareKeys);
  if (bounds.every((bound) => typeof bound === 'number' && bound === bound)) {
    const find = numberSearch(Float64Array.from(bounds as readonly number[]));
    return (key) => (typeof key === 'number' && key === key ? find(key) : search(key));
  }
  if (bounds.every((bound) => typeof bound === 'string')) {
    const find = stringSearch(bounds as readonly string[]);
    return (key) => (typeof key === 'string' ? find(key) : search(key));
  }
  return search;
}

function firstFrom(bounds: readonly unknown[], key: unknown, compare: Compare): number {
  let low = 0;
  let high = bounds.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compare(key, bounds[middle]) > 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** So many bounds are worth a table. */
const MIN_TABLE_BOUNDS = 32;
const CELLS_PER_BOUND = 2;

/**
 * With many bounds, cells of one width tell of a number which of them are below, and which are not,
 * but for the few of its own cell.
 */
function numberSearch(bounds: Float64Array): (key: number) => number {
  const { length } = bounds;
  const first = bounds[0] as number;
  const cells = CELLS_PER_BOUND * length;
  const scale = (cells - 1) / ((bounds[length - 1] as number) - first);
  if (length < MIN_TABLE_BOUNDS || !Number.isFinite(scale) || scale === 0)
    return (key) => firstNumberFrom(bounds, key, 0, length);
  const cellOf = (key: number) =>
    Math.max(0, Math.min(cells - 1, Math.floor((key - first) * scale)));
  /** The first bound of each cell, or of those behind it. */
  const starts = new Uint32Array(cells + 1).fill(length);
  for (let i = length - 1; i >= 0; i--) starts[cellOf(bounds[i] as number)] = i;
  for (let cell = cells - 1; cell >= 0; cell--)
    starts[cell] = Math.min(starts[cell] as number, starts[cell + 1] as number);
  return (key) => {
    const cell = cellOf(key);
    return firstNumberFrom(bounds, key, starts[cell] as number, starts[cell + 1] as number);
  };
}

function firstNumberFrom(bounds: Float64Array, key: number, from: number, to: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (key > (bounds[middle] as number)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Strings are in the order of their code units: the first three of them behind what all bounds
 * begin with, as a number, mostly tell.
 */
function stringSearch(bounds: readonly string[]): (key: string) => number {
  const shared = sharedStart(bounds);
  const heads = Float64Array.from(bounds, (bound) => headOf(bound, shared.length));
  const findHead = numberSearch(heads);
  const firstString = (key: string, from: number, to: number) => {
    let low = from;
    let high = to;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (key > (bounds[middle] as string)) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return (key) => {
    if (shared !== '' && !key.startsWith(shared)) return firstString(key, 0, bounds.length);
    const head = headOf(key, shared.length);
    const first = findHead(head);
    if (heads[first] !== head) return first;
    let end = first + 1;
    while (heads[end] === head) end++;
    return firstString(key, first, end);
  };
}

function headOf(text: string, at: number): number {
  let head = 0;
  for (let i = at; i < at + 3; i++)
    head = head * 0x10000 + (i < text.length ? text.charCodeAt(i) : 0);
  return head;
}

function sharedStart(bounds: readonly string[]): string {
  const first = bounds[0] ?? '';
  const last = bounds.at(-1) ?? '';
  let length = 0;
  while (length < first.length && first[length] === last[length]) length++;
  return first.slice(0, length);
}
