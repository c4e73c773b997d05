import { hostname } from 'node:os';
import { type Config, environmentName, environmentOf } from '@firesteel/common';
import { type RpcOptions, SECRET_VARIABLE } from '@firesteel/rpc';
import type { ExecutorCommandLine } from './executor-launcher.js';

export interface DriverAddress {
  readonly applicationId: string;
  readonly rpc: RpcOptions;
  readonly config: Config;
  /** Where the driver listens. */
  readonly port: number;
}

/** How an executor is started that finds the driver and can prove that it belongs to it. */
export function executorCommandLine(
  executorId: string,
  { applicationId, rpc, config, port }: DriverAddress,
): ExecutorCommandLine {
  const bindAddress = config.get('driver.bindAddress');
  const host = config.get('driver.host') ?? (isWildcard(bindAddress) ? hostname() : bindAddress);
  const bracketed = host.includes(':') ? `[${host}]` : host;
  return {
    arguments: ['executor', ...['--driver', `${bracketed}:${port}`], ...['--id', executorId]],
    environment: {
      ...environmentOf(config),
      [environmentName('app.id')]: applicationId,
      [SECRET_VARIABLE]: rpc.secret.reveal(),
    },
  };
}

/** An address that stands for all of a host, and tells nobody where that is. */
export const isWildcard = (address: string): boolean => address === '0.0.0.0' || address === '::';
