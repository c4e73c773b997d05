/** The half of this package that executors need: neither the parser nor the inspector is loaded. */
export { encodeError } from './error-codec.js';
export { reviveClosures } from './revive.js';
