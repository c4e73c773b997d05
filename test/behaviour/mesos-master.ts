import { startMesosCluster } from 'mesos-testkit';
import { afterAll } from 'vitest';

export type MesosMode = keyof typeof settings;

/** By environment variable, because contexts are created in many places. */
const settings = {
  'mesos-coarse': {
    FIRESTEEL_CONF_CORES_MAX: '2',
    FIRESTEEL_CONF_EXECUTOR_CORES: '1',
    FIRESTEEL_CONF_EXECUTOR_MEMORY: '512m',
    FIRESTEEL_CONF_EXECUTOR_MIN_MEMORY_OVERHEAD: '64m',
  },
  'mesos-fine': {
    FIRESTEEL_CONF_MESOS_COARSE: 'false',
    FIRESTEEL_CONF_MESOS_MESOS_EXECUTOR_CORES: '0.5',
    FIRESTEEL_CONF_CORES_MAX: '5',
    FIRESTEEL_CONF_EXECUTOR_CORES: '1',
    FIRESTEEL_CONF_EXECUTOR_MEMORY: '512m',
    FIRESTEEL_CONF_EXECUTOR_MIN_MEMORY_OVERHEAD: '64m',
  },
} as const;

/**
 * The master of a Mesos cluster for the suites of one file: of the test kit, or of the real one that
 * `FIRESTEEL_TEST_MESOS` names as host:port.
 */
export async function mesosMaster(mode: MesosMode): Promise<string> {
  Object.assign(process.env, settings[mode]);
  const { FIRESTEEL_TEST_MESOS: realMaster } = process.env;
  if (realMaster !== undefined) return `mesos://${realMaster}`;
  const cluster = await startMesosCluster({ agents: 2, timings: { allocationIntervalMs: 20 } });
  afterAll(() => cluster.close());
  return `mesos://${cluster.master}`;
}
