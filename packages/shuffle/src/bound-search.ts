import { compareKeys } from '@firesteel/codec';
import type { Compare } from './sort/order.js';

/** Finds the first bound that is not below a key: bounds are inclusive upper limits. */
export type BoundSearch = (key: unknown) => number;

/**
 * A binary search, for numbers and strings by what processors can compare.
 *
 * @param bounds in ascending order
 * @param compare the user's order; without it the canonical one
 */
export function boundSearch(bounds: readonly unknown[], compare: Compare | undefined): BoundSearch {
  if (compare !== undefined) return (key) => firstFrom(bounds, key, compare);
  const search = (key: unknown) => firstFrom(bounds, key, compareKeys);
  if (bounds.every((bound) => typeof bound === 'number' && bound === bound)) {
    const numbers = Float64Array.from(bounds as readonly number[]);
    return (key) =>
      typeof key === 'number' && key === key
        ? firstNumberFrom(numbers, key, 0, numbers.length)
        : search(key);
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
    const first = firstNumberFrom(heads, head, 0, heads.length);
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
