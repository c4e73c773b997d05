import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { FiresteelError, makeDirectory } from '@firesteel/common';
import { Secret } from '@firesteel/rpc';
import { makePrivate, onDisk } from '@firesteel/storage';
import { isServiceName, type ServiceIdentity } from './service-paths.js';

/**
 * What executors and the shuffle service of a host share: below the directory of the service, one
 * directory for each application, which its user alone can read, with the secret by which readers
 * prove themselves and one directory for each executor. The file system says whose blocks they are,
 * so a service that was restarted knows all of it.
 */
export function applicationDirectory(root: string, applicationId: string): string {
  return join(root, applicationId);
}

/** Where services and executors of one user meet unless `shuffle.service.dir` says otherwise. */
export function defaultServiceDirectory(): string {
  return join(tmpdir(), `firesteel-shuffle-service-${userInfo().uid}`);
}

function keyFile(root: string, applicationId: string): string {
  return join(root, applicationId, 'key');
}

/**
 * Makes the directories of an executor.
 *
 * @returns the directory for its map outputs
 * @throws FiresteelError LOCAL_DISK_FAILED; INVALID_ARGUMENT for names that no directory can have
 */
export function prepareExecutorDirectory(
  root: string,
  { applicationId, secret }: ServiceIdentity,
  executorId: string,
): string {
  if (!isServiceName(applicationId) || !isServiceName(executorId))
    throw new FiresteelError(
      'INVALID_ARGUMENT',
      `With a shuffle service, the ids of applications and executors must be letters, digits, ".", "_" and "-", but they are ${JSON.stringify([applicationId, executorId])}.`,
    );
  const directory = join(applicationDirectory(root, applicationId), executorId);
  onDisk('make the directory', directory, () => {
    // Whoever owns a directory can put others in the place of what is in it.
    if (root === defaultServiceDirectory()) makePrivate(root, 0o022);
    else makeDirectory(root);
    makePrivate(applicationDirectory(root, applicationId));
    makeDirectory(directory, 0o700);
    const key = keyFile(root, applicationId);
    if (existsSync(key)) return;
    // Complete when it appears; executors that come together write the same.
    writeFileSync(`${key}.${executorId}`, secret.reveal(), { mode: 0o600 });
    renameSync(`${key}.${executorId}`, key);
  });
  return directory;
}

/** The secret of an application that has a directory here. */
export function readApplicationSecret(root: string, applicationId: string): Secret | undefined {
  try {
    return new Secret(readFileSync(keyFile(root, applicationId), 'utf8'));
  } catch {
    return undefined;
  }
}
