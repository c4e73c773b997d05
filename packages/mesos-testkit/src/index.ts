/**
 * An Apache Mesos master and agents in one process, speaking the v1 API on loopback ports and
 * starting real processes, to test frameworks and executors against.
 */
export type { TestAgent } from './agent/test-agent.js';
export { type Clock, ManualClock } from './clock.js';
export { type MesosCluster, startMesosCluster } from './cluster.js';
export type { Faults, StopFault, UpdateFilter } from './faults.js';
export type { Credential } from './http/basic-authentication.js';
export type { AgentOptions, MesosClusterOptions } from './options.js';
export type { Timings } from './timings.js';
export type { AclEntity, Acls } from './validation/acls.js';
export { type ZooKeeperOptions, ZooKeeperStub } from './zookeeper/zookeeper-stub.js';
