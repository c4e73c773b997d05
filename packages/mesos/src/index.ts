/** Firesteel on Apache Mesos: the v1 scheduler client. */
export type { ConnectionTimeouts, Credential } from './client/master-connection.js';
export { parseMasterList } from './client/masters.js';
export {
  type FrameworkCall,
  type FrameworkEvent,
  SchedulerClient,
  type SchedulerClientOptions,
  type SchedulerListener,
} from './client/scheduler-client.js';
export type { Clock } from './clock.js';
