/** The driver's side of executor processes, and the clusters that start them. */
export { ALLOCATOR_ENVIRONMENT } from './allocator-environment.js';
export { ClusterBackend, type ClusterBackendOptions } from './cluster-backend.js';
export { isWildcard } from './executor-command-line.js';
export type {
  ExecutorCommandLine,
  ExecutorLauncher,
  LauncherEvents,
} from './executor-launcher.js';
export { LocalProcessLauncher, type LocalProcessOptions } from './local-process-launcher.js';
