import {
  isNested,
  KeyKind,
  keyKind,
  keyTooDeep,
  MAX_KEY_DEPTH,
  unsupportedKey,
} from './key-kind.js';

/**
 * Checks that a value can be a key, that is, has canonical equality and hash. Strings and numbers
 * cost about 1 ns; composite keys a walk.
 *
 * @throws FiresteelError UNSUPPORTED_KEY that names the kind and the path inside the key, for
 * functions, symbols, promises, WeakMaps, class instances without `hashCode()`/`equals()`, values
 * nested deeper than 100 levels, and cyclic ones.
 */
export function assertKey(key: unknown): void {
  if (typeof key === 'string' || typeof key === 'number') return;
  assertPart(key, [], []);
}

function assertPart(key: unknown, path: string[], ancestors: unknown[]): void {
  const kind = keyKind(key);
  if (kind === undefined) throw unsupportedKey(key, path.join(''));
  if (!isNested(kind)) return;
  if (ancestors.length >= MAX_KEY_DEPTH || ancestors.includes(key)) throw keyTooDeep(path.join(''));
  ancestors.push(key);
  for (const [step, part] of partsOf(key as object, kind)) {
    path.push(step);
    assertPart(part, path, ancestors);
    path.pop();
  }
  ancestors.pop();
}

function* partsOf(key: object, kind: KeyKind): Generator<[step: string, part: unknown]> {
  let index = 0;
  if (kind === KeyKind.Array) {
    for (const item of key as readonly unknown[]) yield [`[${index++}]`, item];
  } else if (kind === KeyKind.Object || kind === KeyKind.Record) {
    for (const name of Object.keys(key)) yield [`.${name}`, (key as Record<string, unknown>)[name]];
  } else if (kind === KeyKind.Map) {
    for (const [name, value] of key as ReadonlyMap<unknown, unknown>) {
      yield [`.keys()[${index}]`, name];
      yield [`.values()[${index++}]`, value];
    }
  } else {
    for (const item of key as ReadonlySet<unknown>) yield [`.values()[${index++}]`, item];
  }
}
