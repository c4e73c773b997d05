import { isIP } from 'node:net';
import type { Config } from '@firesteel/common';
import { parseMasterList } from '../client/masters.js';
import { ZooKeeperDetector } from '../detection/zookeeper-detector.js';
import { identityOf } from '../settings/credential.js';
import { frameworkInfo } from '../settings/framework.js';
import { offerPolicy, resourceLimits } from '../settings/offer-policy.js';
import { executorContainer, labelsOf } from './container.js';
import { distributionOf } from './distribution.js';
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
  const { principal, credential } = identityOf(config);
  const labels = config.get('mesos.task.labels');
  return new MesosExecutorLauncher({
    masters: address.startsWith('zk://')
      ? new ZooKeeperDetector(address)
      : parseMasterList(address),
    framework: frameworkInfo(config, principal),
    ...(credential && { credential }),
    registrationTimeoutMs: config.get('mesos.driver.registrationTimeout'),
    policy: offerPolicy(config),
    limits: resourceLimits(config),
    template: {
      appName: config.get('app.name'),
      distribution: distributionOf(config, installation),
      container: executorContainer(config),
      variables: config.get('executorEnv') ?? [],
      labels: labels && labelsOf(labels),
      bindAddress: executorBindAddress(config),
    },
    agentExclusion: {
      maxFailures: config.get('mesos.agent.maxFailures'),
      timeoutMs: config.get('mesos.agent.excludeTimeout'),
    },
    localityWaitMs: config.get('locality.wait'),
    shutdownTimeoutMs: config.get('mesos.coarse.shutdownTimeout'),
  });
}

/** A driver that only its own host can reach has executors that only its own host can reach. */
function executorBindAddress(config: Config): string {
  const driverAddress = config.get('driver.bindAddress');
  const isLoopback =
    driverAddress === 'localhost' || driverAddress === '::1' || driverAddress.startsWith('127.');
  const everyAddress = isIP(driverAddress) === 6 ? '::' : '0.0.0.0';
  return config.get('executor.bindAddress') ?? (isLoopback ? driverAddress : everyAddress);
}
