import { hostname, userInfo } from 'node:os';
import type { Config } from '@firesteel/common';
import type { FrameworkInfo, FrameworkInfoCapabilityType } from '@firesteel/mesos-protocol';

/** How the application introduces itself to masters. */
export function frameworkInfo(config: Config, principal: string | undefined): FrameworkInfo {
  const capabilities: FrameworkInfoCapabilityType[] = [
    'MULTI_ROLE',
    'PARTITION_AWARE',
    'RESERVATION_REFINEMENT',
  ];
  // Without it, agents that have gpus are not offered at all.
  if (config.get('mesos.gpus.max') > 0) capabilities.push('GPU_RESOURCES');
  if (config.get('mesos.useRevocable')) capabilities.push('REVOCABLE_RESOURCES');
  const webuiUrl = config.get('mesos.driver.webui.url');
  return {
    user: config.get('mesos.user') ?? userInfo().username,
    name: config.get('app.name'),
    roles: config.get('mesos.role') ?? ['*'],
    hostname: config.get('driver.host') ?? hostname(),
    failover_timeout: config.get('mesos.driver.failoverTimeout') / 1_000,
    checkpoint: config.get('mesos.checkpoint'),
    capabilities: capabilities.map((type) => ({ type })),
    ...(principal !== undefined && { principal }),
    ...(webuiUrl !== undefined && { webui_url: webuiUrl }),
  };
}
