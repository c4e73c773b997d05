import { readFileSync } from 'node:fs';
import { type Config, FiresteelError } from '@firesteel/common';
import type { Credential } from '../client/master-connection.js';

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
  const value = config.get(key);
  const path = config.get(fileKey);
  if (value !== undefined || path === undefined) return value;
  try {
    // The line end that editors leave is no part of it.
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch (cause) {
    throw new FiresteelError(
      'PATH_NOT_READABLE',
      `${fileKey} names ${path}, which cannot be read: ${(cause as Error).message}`,
      { cause, data: { key: fileKey, path } },
    );
  }
}
