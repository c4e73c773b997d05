import type { Capture } from './capture.js';
import type { Ref } from './graph.js';

/**
 * WeakMaps and WeakSets that stand for `#private` members, as compilers lower them for decorated
 * classes. Their keys cannot be listed, but only keys that are in the graph can ever be looked up
 * on the executor, so these are asked for one by one.
 */
export class WeakCollections {
  private readonly collections: {
    readonly value: WeakMap<object, unknown> | WeakSet<object>;
    readonly entries: Ref[];
    readonly ref: Ref;
    readonly taken: Set<object>;
  }[] = [];

  add(value: WeakMap<object, unknown> | WeakSet<object>, entries: Ref[], ref: Ref): void {
    this.collections.push({ value, entries, ref, taken: new Set() });
  }

  /** Adds entries whose keys came into the graph; true when there were some. */
  fill(capture: Capture): boolean {
    let found = false;
    for (const { value, entries, ref, taken } of this.collections) {
      for (const [key, keyRef] of [...capture.values()]) {
        const isObject = typeof key === 'object' ? key !== null : typeof key === 'function';
        if (!isObject || taken.has(key as object) || !value.has(key as object)) continue;
        taken.add(key as object);
        found = true;
        entries.push(keyRef);
        if (!('get' in value)) continue;
        capture.startAt(ref);
        entries.push(capture.ref(value.get(key as object), 'private value'));
      }
    }
    return found;
  }
}
