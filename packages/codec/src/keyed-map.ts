import { inspect } from 'node:util';
import { FiresteelError, MAX_MAP_ENTRIES } from '@firesteel/common';
import { keysEqual } from './key-equality.js';
import { hashKey } from './key-hash.js';

/**
 * A Map by canonical key equality (see `keysEqual`): `map.get(['a', 1])` finds what was set under
 * another array with the same elements. Iterates in insertion order and is otherwise like Map.
 *
 * Primitive keys go straight to a Map, which treats them canonically. The first of several equal
 * composite keys stands for all of them. A key must not be changed while it is in the map.
 *
 * @throws FiresteelError UNSUPPORTED_KEY from every method that takes a key, see `assertKey`;
 * RESULT_TOO_LARGE for more keys than a Map can hold, which is 2^24
 */
export class KeyedMap<K, V> implements Map<K, V> {
  readonly [Symbol.toStringTag] = 'KeyedMap';
  private readonly entriesByKey = new Map<K, V>();
  /** Composite keys by hash; made when the first one comes. */
  private composites: Map<number, K[]> | undefined;

  constructor(entries?: Iterable<readonly [K, V]> | null) {
    if (entries) for (const [key, value] of entries) this.set(key, value);
  }

  get size(): number {
    return this.entriesByKey.size;
  }

  get(key: K): V | undefined {
    return this.entriesByKey.get(isComposite(key) ? this.representative(key) : key);
  }

  has(key: K): boolean {
    return this.entriesByKey.has(isComposite(key) ? this.representative(key) : key);
  }

  set(key: K, value: V): this {
    if (this.size >= MAX_MAP_ENTRIES && !this.has(key)) throw tooManyEntries();
    this.entriesByKey.set(isComposite(key) ? this.representative(key, true) : key, value);
    return this;
  }

  delete(key: K): boolean {
    if (!isComposite(key)) return this.entriesByKey.delete(key);
    const known = this.representative(key);
    if (!this.entriesByKey.delete(known)) return false;
    const hash = hashKey(key);
    const bucket = this.composites?.get(hash) ?? [];
    if (bucket.length === 1) this.composites?.delete(hash);
    else bucket.splice(bucket.indexOf(known), 1);
    return true;
  }

  clear(): void {
    this.entriesByKey.clear();
    this.composites = undefined;
  }

  keys(): MapIterator<K> {
    return this.entriesByKey.keys();
  }

  values(): MapIterator<V> {
    return this.entriesByKey.values();
  }

  entries(): MapIterator<[K, V]> {
    return this.entriesByKey.entries();
  }

  [Symbol.iterator](): MapIterator<[K, V]> {
    return this.entriesByKey.entries();
  }

  forEach(visit: (value: V, key: K, map: Map<K, V>) => void, thisArg?: unknown): void {
    for (const [key, value] of this.entriesByKey) visit.call(thisArg, value, key, this);
  }

  /** A plain Map with the same entries in the same order; composite keys go by identity there. */
  toMap(): Map<K, V> {
    return new Map(this.entriesByKey);
  }

  [inspect.custom](): unknown {
    return this.entriesByKey;
  }

  /** The equal key that is in the map already, else the key itself, added if `add` is set. */
  private representative(key: K, add = false): K {
    const hash = hashKey(key);
    const bucket = this.composites?.get(hash);
    const known = bucket?.find((candidate) => keysEqual(candidate, key));
    if (known !== undefined) return known;
    if (add) {
      if (bucket !== undefined) bucket.push(key);
      else {
        this.composites ??= new Map();
        this.composites.set(hash, [key]);
      }
    }
    return key;
  }
}

/** Whether Map would treat the key by identity; functions and symbols fail when they are hashed. */
function isComposite(key: unknown): boolean {
  return (
    (typeof key === 'object' && key !== null) ||
    typeof key === 'function' ||
    typeof key === 'symbol'
  );
}

function tooManyEntries(): FiresteelError {
  return new FiresteelError(
    'RESULT_TOO_LARGE',
    `A Map cannot hold more than ${MAX_MAP_ENTRIES} keys. Leave them in an RDD: use reduceByKey() or distinct() in place of countByKey(), countByValue() or collectAsMap(), and join() in place of a Map.`,
    { data: { limit: MAX_MAP_ENTRIES } },
  );
}
