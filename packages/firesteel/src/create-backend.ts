import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { ClusterBackend, type ExecutorLauncher, LocalProcessLauncher } from '@firesteel/cluster';
import { type Config, taskSlots } from '@firesteel/common';
import {
  checkExecutorMemory,
  LocalBackend,
  memoryLimits,
  reaperOptions,
} from '@firesteel/executor';
import type { ExecutorDecommission, SchedulerBackend } from '@firesteel/plan';
import { rpcOptions, Secret, takeSecret } from '@firesteel/rpc';
import type { AllocationSettings, SchedulerOptions } from '@firesteel/scheduler';
import { removeLeftovers } from '@firesteel/storage';
import { allocationSettings } from './allocation-settings.js';

/** Where the tasks of a context run, and what its master says besides. */
export interface Backend {
  readonly backend: SchedulerBackend;
  /** Absent where there are no executor processes. */
  readonly executors?: ExecutorDecommission;
  readonly slots: number;
  readonly maxTaskFailures: number;
  /** Where executors come and go with the work. */
  readonly allocation?: NonNullable<SchedulerOptions['allocation']>;
}

/**
 * The backend that the configuration's master asks for, not started yet.
 *
 * @param applicationId unique
 * @param addedFiles the directory of this process for what `sc.addFile` adds
 * @throws FiresteelError INVALID_MASTER, INVALID_CONFIG_VALUE, PATH_NOT_READABLE
 */
export async function createBackend(
  config: Config,
  addedFiles: string,
  applicationId: string,
): Promise<Backend> {
  const master = config.get('master');
  const localDirs = config.get('local.dir') ?? [tmpdir()];
  void removeLeftovers(localDirs);
  if (master.kind === 'local') {
    const slots = taskSlots(config, master.slots);
    const { maxTaskFailures } = master;
    const memoryBytes = config.get('executor.memory');
    checkExecutorMemory(config, slots, memoryBytes);
    const backend = new LocalBackend({
      slots,
      memory: memoryLimits(config, slots, memoryBytes),
      localDirs,
      compression: config.get('io.compression.codec'),
      files: { added: addedFiles },
      maxResultBytes: config.get('driver.maxResultSize'),
      ...reaperOptions(config),
      onUnstoppable: (reason) =>
        process.emitWarning(`A thread cannot be ended: ${reason}.`, 'FiresteelWarning'),
    });
    return { backend, slots, maxTaskFailures };
  }
  const installation = [
    process.execPath,
    fileURLToPath(new URL('../bin/firesteel.js', import.meta.url)),
  ] as const;
  // Executors that are started by hand are given the secret of the driver's environment.
  const rpc = rpcOptions(config, takeSecret(process.env) ?? Secret.random());
  const maxTaskFailures = config.get('task.maxFailures');
  const clusterBackend = (
    launcher: ExecutorLauncher,
    fixedExecutors: number,
    settings: AllocationSettings | undefined,
  ): Pick<Backend, 'backend' | 'executors' | 'allocation'> => {
    const executors = settings?.initialExecutors ?? fixedExecutors;
    const backend = new ClusterBackend({ launcher, executors, applicationId, rpc, config });
    return { backend, executors: backend, ...(settings && { allocation: { backend, settings } }) };
  };
  if (master.kind === 'mesos') {
    checkExecutorMemory(
      config,
      taskSlots(config, config.get('executor.cores') ?? 1),
      config.get('executor.memory'),
    );
    // A client of Mesos takes time to load, and most applications need none.
    const { coarseLauncher, createFineBackend } = await import('@firesteel/mesos');
    if (!config.get('mesos.coarse')) {
      const backend = createFineBackend(
        { config, rpc, applicationId },
        master.address,
        installation,
      );
      const slots = Number.isFinite(backend.maxSlots) ? backend.maxSlots : UNKNOWN_SLOTS;
      return { backend, slots, maxTaskFailures };
    }
    const launcher = coarseLauncher(config, master.address, installation);
    const slots = launcher.maxSlots ?? UNKNOWN_SLOTS;
    // Like Spark, one task for each executor while nobody says how large they are.
    const cores = config.get('executor.cores');
    const slotsPerExecutor = cores === undefined ? 1 : taskSlots(config, cores);
    const settings = allocationSettings(config, slotsPerExecutor, Number.POSITIVE_INFINITY);
    const executors = config.get('executor.instances') ?? Number.POSITIVE_INFINITY;
    return { slots, maxTaskFailures, ...clusterBackend(launcher, executors, settings) };
  }
  const { executors, coresPerExecutor } = master;
  const slotsPerExecutor = taskSlots(config, coresPerExecutor);
  checkExecutorMemory(config, slotsPerExecutor, master.memoryMibPerExecutor * 1024 ** 2);
  const launcher = new LocalProcessLauncher({
    maxExecutors: executors,
    coresPerExecutor,
    slotsPerExecutor,
    memoryMibPerExecutor: master.memoryMibPerExecutor,
    firesteel: installation,
    localDir: localDirs[0] ?? tmpdir(),
  });
  const settings = allocationSettings(config, slotsPerExecutor, executors);
  const slots = launcher.maxSlots;
  return { slots, maxTaskFailures, ...clusterBackend(launcher, executors, settings) };
}

/** Slots to plan for on a cluster that gives whatever it has; Spark's number. */
const UNKNOWN_SLOTS = 8;
