import type { ClusterBackendOptions } from '@firesteel/cluster';
import { overheadMiB } from '../offers/executor-size.js';
import { applicationSettings } from '../settings/application.js';
import { contradiction, offerPolicy, resourceLimits } from '../settings/offer-policy.js';
import { FineBackend } from './fine-backend.js';
import { FineLauncher } from './fine-launcher.js';

/** What a task asks for because an agent without free memory would never be offered (MESOS-1688). */
const taskMemoryMiB = 8;
/**
 * The backend with a Mesos task for each task that a configuration describes.
 * @param address what follows `mesos://` in the master URL
 * @param installation the program and the arguments that stand for `firesteel` here
 * @throws FiresteelError INVALID_MASTER, INVALID_CONFIG_VALUE, PATH_NOT_READABLE
 */
export function createFineBackend(
  { config, rpc, applicationId }: Pick<ClusterBackendOptions, 'config' | 'rpc' | 'applicationId'>,
  address: string,
  installation: readonly string[],
): FineBackend {
  const settings = applicationSettings(config, address, installation);
  const { size, ...ofOffers } = offerPolicy(config);
  const heapMiB = size.memoryMiB.max;
  const threads = config.get('executor.cores');
  const limits = resourceLimits(config);
  const cpusPerTask = config.get('task.cpus');
  const executorCpus = config.get('mesos.mesosExecutor.cores');
  // Mesos counts in thousandths.
  if (Math.round((executorCpus + cpusPerTask - limits.maxCores) * 1_000) > 0) {
    throw contradiction(
      `an executor (mesos.mesosExecutor.cores=${executorCpus}) and one task (task.cpus=${cpusPerTask}) take more than cores.max, which is ${limits.maxCores}`,
    );
  }
  const launcher = new FineLauncher({
    ...settings,
    policy: {
      cpusPerTask,
      memoryMiBPerTask: taskMemoryMiB,
      executorCpus,
      executorMemoryMiB: heapMiB + overheadMiB(heapMiB, size.overhead),
      executorDiskMiB: size.diskMiB,
      executorPorts: size.ports,
      maxTasksPerExecutor: threads ?? Number.POSITIVE_INFINITY,
      ...ofOffers,
    },
    limits,
    template: { ...settings.template, heapMiB, ...(threads !== undefined && { threads }) },
  });
  return new FineBackend({
    config,
    rpc,
    applicationId,
    launcher,
    idleTimeoutMs: config.get('mesos.mesosExecutor.idleTimeout'),
  });
}
