/** Canonical keys (equality, hash, order), columnar blocks and the encoding of single values. */
export { finishHash, hashNumber, hashString, mixWord } from './hash.js';
export { assertKey } from './key-check.js';
export { keysEqual } from './key-equality.js';
export { hashKey } from './key-hash.js';
export type { KeyInstance } from './key-kind.js';
export { compareKeys } from './key-order.js';
export { KeyedMap } from './keyed-map.js';
