import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/**
 * A process on another machine keeps the packages of its driver at the paths that they have there,
 * below a directory of its own: then packages find each other as they do on the driver.
 */
let root: string | undefined;

/** Makes functions that are revived in this thread look for packages below `directory`. */
export function setMirror(directory: string): void {
  root = directory;
}

export function isMirroring(): boolean {
  return root !== undefined;
}

/** Where a path of the driver is here. */
export function mirrored(path: string): string {
  return root === undefined ? path : join(root, path);
}

/** The same for a path or a file URL, which stays what it is. */
export function mirroredUrl(urlOrPath: string): string {
  if (root === undefined || urlOrPath === '') return urlOrPath;
  return urlOrPath.startsWith('file:')
    ? pathToFileURL(mirrored(fileURLToPath(urlOrPath))).href
    : urlOrPath.startsWith('/')
      ? mirrored(urlOrPath)
      : urlOrPath;
}

/** A text of this thread, such as a stack trace, with the paths that its files have on the driver. */
export function asOnDriver(text: string): string {
  return root === undefined ? text : text.replaceAll(root, '');
}
