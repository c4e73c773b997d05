import { FiresteelError } from '@firesteel/common';
import type { FileSystem } from './file-system.js';
import { schemeOf } from './input-path.js';
import { localFileSystem } from './local-file-system.js';

const fileSystems = new Map([[localFileSystem.scheme, localFileSystem]]);

/** Makes a file system known in this thread; every thread that uses it must do so. */
export function registerFileSystem(fileSystem: FileSystem): void {
  fileSystems.set(fileSystem.scheme, fileSystem);
}

/**
 * The file system of a path, or of the first one of a list; the local one without a scheme.
 *
 * @throws FiresteelError UNKNOWN_FILE_SYSTEM
 */
export function fileSystemOf(path: string): FileSystem {
  const scheme = schemeOf(path);
  const found = fileSystems.get(scheme ?? localFileSystem.scheme);
  if (found !== undefined) return found;
  const known = [...fileSystems.keys()].map((name) => `${name}:`).join(', ');
  throw new FiresteelError(
    'UNKNOWN_FILE_SYSTEM',
    `There is no file system for the scheme ${scheme}: of ${JSON.stringify(path)}; there is ${known}. Use one of these, or a path without a scheme for a local file.`,
    { data: { path, scheme, known: [...fileSystems.keys()] } },
  );
}
