import { networkInterfaces } from 'node:os';
import { Config, environmentName, FiresteelError } from '@firesteel/common';
import type { TaskGate } from '@firesteel/plan';
import { rpcOptions, SECRET_VARIABLE, takeSecret } from '@firesteel/rpc';
import { ExecutorProcess } from './executor-process.js';

/** A `firesteel executor` command, as it was written. */
export interface ExecutorCommandLine {
  /** `host:port` */
  readonly driver: string;
  readonly id: string;
  readonly cores: number;
  readonly memoryMib?: number;
  readonly bindAddress: string;
  /** Without it, the bind address, or an address of this host if that is every address. */
  readonly host?: string;
  readonly workDir?: string;
  /** Whether it sees the files of the driver at the same paths. */
  readonly sharesFiles: boolean;
  /** Who permits tasks, where the driver does not decide alone. */
  readonly gate?: TaskGate;
}

/** Set by agents of Mesos: where an executor's files go. */
const SANDBOX_VARIABLE = 'MESOS_SANDBOX';

/**
 * Runs this process as an executor until its driver needs it no more. Its secret and configuration
 * come from the environment; the secret is taken out of it, so that tasks do not see it.
 * @returns the exit code: 0 if the driver ended it, 1 if the driver is gone
 * @throws FiresteelError for a wrong command line or environment, and as `ExecutorProcess.run`
 */
export async function runExecutor(command: ExecutorCommandLine): Promise<number> {
  const { driver, id, ...rest } = command;
  const { [SANDBOX_VARIABLE]: sandbox } = process.env;
  // What an agent of Mesos removes in the end, and nobody else if the agent does not.
  if (sandbox !== undefined) process.env[environmentName('local.dir')] ??= sandbox;
  const config = Config.fromLayers({ environment: process.env });
  const secret = takeSecret(process.env);
  if (secret === undefined)
    throw new FiresteelError(
      'INVALID_ARGUMENT',
      `The environment variable ${SECRET_VARIABLE} must hold the secret of the application, as its driver has it.`,
      { data: { variable: SECRET_VARIABLE } },
    );
  const reason = await ExecutorProcess.run({
    ...rest,
    ...(sandbox !== undefined && { workDir: sandbox }),
    host: command.host ?? addressOfHost(command.bindAddress),
    executorId: id,
    driver: addressOf(driver),
    ports: config.get('blockManager.port'),
    rpc: rpcOptions(config, secret),
    config,
  });
  if (reason === undefined) return 0;
  process.stderr.write(`executor ${id} ends: ${reason}\n`);
  return 1;
}

function addressOfHost(bindAddress: string): string {
  if (bindAddress !== '0.0.0.0' && bindAddress !== '::') return bindAddress;
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return addresses.find(({ internal }) => !internal)?.address ?? '127.0.0.1';
}

function addressOf(text: string): { host: string; port: number } {
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port < 1 || port > 65_535)
    throw new FiresteelError(
      'INVALID_ARGUMENT',
      `--driver must be host:port, but it is ${JSON.stringify(text)}.`,
      { data: { driver: text } },
    );
  return { host: (match[1] ?? match[2]) as string, port };
}
