/** Worker threads, the stage compiler and the task runner behind a scheduler backend. */
export { LocalBackend, type LocalBackendOptions } from './local-backend.js';
export type { ExecutorMemory } from './process-storage.js';
