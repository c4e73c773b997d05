/** Captures functions with everything they refer to, and revives them in any thread or process. */
export {
  type CapturedClosures,
  type CaptureItem,
  type CaptureOptions,
  type CarriedObject,
  type Constructor,
  captureClosures,
  type LargeCapture,
} from './capture.js';
export { type CapturedValue, captureValue } from './capture-value.js';
export { decodeError, encodeError } from './error-codec.js';
export { compileScript } from './loader.js';
export { registerModule } from './module-index.js';
export type { PackageUse } from './package-uses.js';
export { privateInstanceNames } from './private-fields.js';
export { type ClosureTag, closureTag } from './refusal.js';
export { reviveClosures } from './revive.js';
export { reviveValue } from './revive-value.js';
export { registerReviver } from './revivers.js';
export { registerScript } from './script-source.js';
export { callSite, mapStack, type SourceLocation } from './source-map.js';
