/** Worker threads, the stage compiler and the task runner behind a scheduler backend. */

export { LocalBackend, type LocalBackendOptions } from './local-backend.js';
export { checkExecutorMemory, memoryLimits } from './memory-limits.js';
export { type ExecutorCommandLine, runExecutor } from './process/run-executor.js';
export { startShuffleService } from './process/start-shuffle-service.js';
export { reaperOptions } from './reaper-options.js';
