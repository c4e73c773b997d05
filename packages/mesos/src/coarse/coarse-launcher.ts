import type { Config } from '@firesteel/common';
import { applicationSettings } from '../settings/application.js';
import { offerPolicy, resourceLimits } from '../settings/offer-policy.js';
import { MesosExecutorLauncher } from './mesos-executor-launcher.js';

/**
 * The launcher that a configuration describes.
 * @param address what follows `mesos://` in the master URL
 * @param installation the program and the arguments that stand for `firesteel` here
 * @throws FiresteelError INVALID_MASTER, INVALID_CONFIG_VALUE, PATH_NOT_READABLE
 */
export function coarseLauncher(
  config: Config,
  address: string,
  installation: readonly string[],
): MesosExecutorLauncher {
  return new MesosExecutorLauncher({
    ...applicationSettings(config, address, installation),
    policy: offerPolicy(config),
    limits: resourceLimits(config),
    cpusPerTask: config.get('task.cpus'),
    localityWaitMs: config.get('locality.wait'),
  });
}
