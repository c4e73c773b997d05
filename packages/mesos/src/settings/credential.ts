import { type Config, FiresteelError } from '@firesteel/common';
import type { Credential } from '../client/master-connection.js';
import { readNamedFile } from './read-named-file.js';

/**
 * Who the framework is to masters: `mesos.principal` and `mesos.secret`, or the files that hold
 * them. A principal without a secret is only a name.
 * @throws INVALID_CONFIG_VALUE for a secret without a principal; PATH_NOT_READABLE
 */
export function identityOf(config: Config): {
  readonly principal?: string;
  readonly credential?: Credential;
} {
  const principal = settingOf(config, 'mesos.principal', 'mesos.principal.file');
  const secret = settingOf(config, 'mesos.secret', 'mesos.secret.file');
  if (principal === undefined) {
    if (secret === undefined) return {};
    throw new FiresteelError(
      'INVALID_CONFIG_VALUE',
      'mesos.secret is set, but mesos.principal is not; a secret belongs to a principal.',
      { data: { key: 'mesos.principal' } },
    );
  }
  return { principal, ...(secret !== undefined && { credential: { principal, secret } }) };
}

function settingOf(
  config: Config,
  key: 'mesos.principal' | 'mesos.secret',
  fileKey: 'mesos.principal.file' | 'mesos.secret.file',
): string | undefined {
  // The line end that editors leave is no part of it.
  return config.get(key) ?? readNamedFile(config, fileKey)?.replace(/\r?\n$/, '');
}
