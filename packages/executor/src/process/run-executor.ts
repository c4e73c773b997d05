import { Config, FiresteelError } from '@firesteel/common';
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
  readonly host: string;
  readonly workDir?: string;
}

/**
 * Runs this process as an executor until its driver needs it no more. Its secret and configuration
 * come from the environment; the secret is taken out of it, so that tasks do not see it.
 * @returns the exit code: 0 if the driver ended it, 1 if the driver is gone
 * @throws FiresteelError for a wrong command line or environment, and as `ExecutorProcess.run`
 */
export async function runExecutor(command: ExecutorCommandLine): Promise<number> {
  const { driver, id, ...rest } = command;
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
