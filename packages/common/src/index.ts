/** What every Firesteel package shares: errors with stable codes, configuration, units. */
export { Config, type ConfigInput, type ConfigLayers, environmentOf } from './config/config.js';
export {
  type ConfigKey,
  type ConfigValue,
  configEntries,
  configKeys,
  environmentName,
} from './config/entries.js';
export { assertUiIsGuarded, isLoopbackHost } from './config/exposure.js';
export type { PortMap } from './config/list-types.js';
export {
  type LocalClusterMaster,
  type LocalMaster,
  type Master,
  parseMaster,
} from './config/master.js';
export { type Property, parseProperties, readPropertiesFile } from './config/properties-file.js';
export { isSecretName, maskedValue } from './config/secrets.js';
export { resolveConfig, type SubmitDefaults, setSubmitDefaults } from './config/submit-defaults.js';
export { taskSlots } from './config/task-slots.js';
export { parseDurationMs, parseSizeBytes } from './config/units.js';
export type { ConfigEntry } from './config/value-types.js';
export {
  type ErrorCode,
  errorCodes,
  FiresteelError,
  invalidArgument,
  notANumber,
  shown,
} from './errors.js';
export { raiseInliningLimits, withDefaultInliningLimits } from './inlining-limits.js';
export {
  type LiveContext,
  liveContexts,
  registerLiveContext,
  type StageProgressEvents,
  watchLiveContexts,
} from './live-contexts.js';
export { makeDirectory } from './make-directory.js';
export { didYouMean, nearest } from './nearest.js';
export { isPlainObject, type OptionKind, type OptionKinds, optionsOf } from './options.js';
export { mayBeAlive, processIdentity } from './process-identity.js';
export { noteSuppressed } from './suppressed.js';
export { MAX_ARRAY_ROWS, MAX_MAP_ENTRIES } from './v8-limits.js';
