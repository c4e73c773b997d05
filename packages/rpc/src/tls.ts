import { readFileSync } from 'node:fs';
import type { SecureContextOptions } from 'node:tls';
import { FiresteelError } from '@firesteel/common';

/** PEM files of a process. Both sides of a connection show a certificate of the same authority. */
export interface TlsFiles {
  readonly certPath: string;
  readonly keyPath: string;
  readonly caPath: string;
}

/** What both ends of a TLS connection are made with. */
export interface TlsOptions extends SecureContextOptions {
  readonly requestCert: true;
  readonly rejectUnauthorized: true;
  readonly minVersion: 'TLSv1.3';
}

/**
 * Reads the files.
 * @throws FiresteelError PATH_NOT_READABLE
 */
export function readTlsFiles({ certPath, keyPath, caPath }: TlsFiles): TlsOptions {
  return {
    cert: read(certPath),
    key: read(keyPath),
    ca: read(caPath),
    requestCert: true,
    rejectUnauthorized: true,
    minVersion: 'TLSv1.3',
  };
}

function read(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new FiresteelError(
      'PATH_NOT_READABLE',
      `The PEM file ${path} of an ssl setting cannot be read: ${(cause as Error).message}.`,
      { cause, data: { path } },
    );
  }
}
