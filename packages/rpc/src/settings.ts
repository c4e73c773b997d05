import { type Config, FiresteelError } from '@firesteel/common';
import type { RpcOptions } from './endpoint.js';
import { Secret } from './secret.js';
import { readTlsFiles, type TlsOptions } from './tls.js';

/** Where a process finds the secret of its application; no command line ever holds it. */
export const SECRET_VARIABLE = 'FIRESTEEL_SECRET';

const MIN_SECRET_CHARACTERS = 16;

/**
 * The secret in an environment, which loses it: nothing that is started later inherits it.
 * @throws FiresteelError INVALID_ARGUMENT for one that is too short to be a secret
 */
export function takeSecret(environment: NodeJS.ProcessEnv): Secret | undefined {
  const text = environment[SECRET_VARIABLE];
  if (text === undefined) return undefined;
  delete environment[SECRET_VARIABLE];
  if (text.length < MIN_SECRET_CHARACTERS)
    throw new FiresteelError(
      'INVALID_ARGUMENT',
      `The environment variable ${SECRET_VARIABLE} must have at least ${MIN_SECRET_CHARACTERS} characters.`,
      { data: { variable: SECRET_VARIABLE } },
    );
  return new Secret(text);
}

/**
 * What the configuration says about connections.
 * @throws FiresteelError INVALID_CONFIG_VALUE, PATH_NOT_READABLE
 */
export function rpcOptions(config: Config, secret: Secret): RpcOptions {
  const maxMessageBytes = config.get('rpc.message.maxSize');
  const tls = readTls(config);
  return { secret, maxMessageBytes, ...(tls && { tls }) };
}

/**
 * The PEM files that the configuration names, if it asks for TLS.
 * @throws FiresteelError INVALID_CONFIG_VALUE, PATH_NOT_READABLE
 */
export function readTls(config: Config): TlsOptions | undefined {
  const certPath = config.get('ssl.certFile');
  const keyPath = config.get('ssl.keyFile');
  const caPath = config.get('ssl.caFile');
  if (certPath === undefined && keyPath === undefined && caPath === undefined) return undefined;
  if (certPath === undefined || keyPath === undefined || caPath === undefined)
    throw new FiresteelError(
      'INVALID_CONFIG_VALUE',
      'TLS needs all of ssl.certFile, ssl.keyFile and ssl.caFile; set all three or none.',
    );
  return readTlsFiles({ certPath, keyPath, caPath });
}
