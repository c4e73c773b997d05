import { type Config, FiresteelError } from '@firesteel/common';
import type { ConnectionTls } from '../client/event-connection.js';
import { readNamedFile } from './read-named-file.js';

/**
 * What connections with masters are protected by; undefined if they are not.
 * @throws INVALID_CONFIG_VALUE, PATH_NOT_READABLE
 */
export function mastersTls(config: Config): ConnectionTls | undefined {
  const ca = readNamedFile(config, 'mesos.ssl.caFile');
  const cert = readNamedFile(config, 'mesos.ssl.certFile');
  const key = readNamedFile(config, 'mesos.ssl.keyFile');
  if ((cert === undefined) !== (key === undefined)) {
    throw new FiresteelError(
      'INVALID_CONFIG_VALUE',
      'mesos.ssl.certFile and mesos.ssl.keyFile belong together; set both or none.',
    );
  }
  if (!config.get('mesos.ssl.enabled')) {
    if (ca === undefined && cert === undefined) return undefined;
    throw new FiresteelError(
      'INVALID_CONFIG_VALUE',
      'Files for TLS with Mesos masters are set, but mesos.ssl.enabled is not true.',
    );
  }
  return { ...(ca && { ca }), ...(cert && key && { cert, key }) };
}
