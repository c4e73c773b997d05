import { isIP } from 'node:net';
import type { Config } from '@firesteel/common';
import { parseMasterList } from '../client/masters.js';
import type { SchedulerClientOptions } from '../client/scheduler-client.js';
import { executorContainer, labelsOf } from '../command/container.js';
import { distributionOf } from '../command/distribution.js';
import type { TaskTemplate } from '../command/executor-command.js';
import { ZooKeeperDetector } from '../detection/zookeeper-detector.js';
import type { AgentExclusionOptions } from '../framework/agent-exclusion.js';
import { identityOf } from './credential.js';
import { frameworkInfo } from './framework.js';
import { mastersTls } from './masters-tls.js';

/** What both modes need to know of an application. */
export interface ApplicationSettings
  extends Pick<SchedulerClientOptions, 'masters' | 'framework' | 'credential' | 'tls'> {
  readonly registrationTimeoutMs: number;
  readonly template: TaskTemplate;
  readonly agentExclusion: Omit<AgentExclusionOptions, 'clock'>;
  /** What executors run, and what that takes. */
  readonly executorProgram: string;
  /** How long executors may take to end by themselves when the application stops. */
  readonly shutdownTimeoutMs: number;
}

/**
 * @param address what follows `mesos://` in the master URL
 * @param installation the program and the arguments that stand for `firesteel` here
 * @throws FiresteelError INVALID_MASTER, INVALID_CONFIG_VALUE, PATH_NOT_READABLE
 */
export function applicationSettings(
  config: Config,
  address: string,
  installation: readonly string[],
): ApplicationSettings {
  const { principal, credential } = identityOf(config);
  const tls = mastersTls(config);
  const labels = config.get('mesos.task.labels');
  const distribution = distributionOf(config, installation);
  return {
    masters: address.startsWith('zk://')
      ? new ZooKeeperDetector(address)
      : parseMasterList(address),
    framework: frameworkInfo(config, principal),
    ...(credential && { credential }),
    ...(tls && { tls }),
    registrationTimeoutMs: config.get('mesos.driver.registrationTimeout'),
    template: {
      appName: config.get('app.name'),
      distribution,
      container: executorContainer(config),
      variables: config.get('executorEnv') ?? [],
      labels: labels && labelsOf(labels),
      bindAddress: executorBindAddress(config),
    },
    executorProgram: `'${distribution.program.join(' ')}' ${distribution.source}`,
    agentExclusion: {
      maxFailures: config.get('mesos.agent.maxFailures'),
      timeoutMs: config.get('mesos.agent.excludeTimeout'),
    },
    shutdownTimeoutMs: config.get('mesos.coarse.shutdownTimeout'),
  };
}

/** A driver that only its own host can reach has executors that only its own host can reach. */
function executorBindAddress(config: Config): string {
  const driverAddress = config.get('driver.bindAddress');
  const isLoopback =
    driverAddress === 'localhost' || driverAddress === '::1' || driverAddress.startsWith('127.');
  const everyAddress = isIP(driverAddress) === 6 ? '::' : '0.0.0.0';
  return config.get('executor.bindAddress') ?? (isLoopback ? driverAddress : everyAddress);
}
