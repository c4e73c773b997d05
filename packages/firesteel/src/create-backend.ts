import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { ClusterBackend, LocalProcessLauncher } from '@firesteel/cluster';
import { type Config, FiresteelError } from '@firesteel/common';
import { LocalBackend, memoryLimits } from '@firesteel/executor';
import type { SchedulerBackend } from '@firesteel/plan';
import { rpcOptions, Secret, takeSecret } from '@firesteel/rpc';
import { removeLeftovers } from '@firesteel/storage';

/** Where the tasks of a context run, and what its master says besides. */
interface Backend {
  readonly backend: SchedulerBackend;
  readonly slots: number;
  readonly maxTaskFailures: number;
}

/** The backend that the configuration's master asks for, not started yet. */
export function createBackend(config: Config): Backend {
  const master = config.get('master');
  const localDirs = config.get('local.dir') ?? [tmpdir()];
  void removeLeftovers(localDirs);
  if (master.kind === 'local') {
    const { slots, maxTaskFailures } = master;
    const heapBytes = config.get('executor.memory');
    const backend = new LocalBackend({
      slots,
      memory: memoryLimits(config, heapBytes),
      localDirs,
      ...(heapBytes === undefined ? {} : { maxHeapMb: Math.floor(heapBytes / 1024 ** 2) }),
    });
    return { backend, slots, maxTaskFailures };
  }
  if (master.kind === 'mesos')
    throw new FiresteelError('INVALID_MASTER', 'This release has no support for Apache Mesos.');
  const firesteel = fileURLToPath(new URL('../bin/firesteel.js', import.meta.url));
  const launcher = new LocalProcessLauncher({
    maxExecutors: master.executors,
    coresPerExecutor: master.coresPerExecutor,
    memoryMibPerExecutor: master.memoryMibPerExecutor,
    firesteel: [process.execPath, firesteel],
    localDir: localDirs[0] ?? tmpdir(),
  });
  // Executors that are started by hand are given the secret of the driver's environment.
  const secret = takeSecret(process.env) ?? Secret.random();
  return {
    backend: new ClusterBackend({
      launcher,
      executors: master.executors,
      rpc: rpcOptions(config, secret),
      config,
    }),
    slots: launcher.maxSlots,
    maxTaskFailures: config.get('task.maxFailures'),
  };
}
