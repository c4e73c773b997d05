/** The half of this package that executors need: neither the parser nor the inspector is loaded. */
export { encodeError } from './error-codec.js';
export { setMirror } from './mirror.js';
export type { PackageUse } from './package-uses.js';
export { type ClosureTag, closureTag } from './refusal.js';
export { reviveClosures } from './revive.js';
export { reviveValue } from './revive-value.js';
export { registerReviver } from './revivers.js';
