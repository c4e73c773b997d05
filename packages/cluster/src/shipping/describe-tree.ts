import { createHash } from 'node:crypto';
import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { FiresteelError } from '@firesteel/common';
import type { FileTree, TreeFile } from '@firesteel/plan';

/** What bounds a tree. */
export interface TreeLimits {
  readonly maxBytes: number;
}

const MAX_FILES = 100_000;
/** Neither is a part of a package: packages inside of it are trees of their own. */
const LEFT_OUT = new Set(['node_modules', '.git']);

/**
 * Reads a file, or all files below a directory, and notes what is in them. Links are followed, so
 * that the copy needs none.
 *
 * @param path of the file or directory here
 * @throws FiresteelError FILES_TOO_LARGE, PATH_NOT_READABLE
 */
export function describeTree(path: string, place: FileTree['place'], limits: TreeLimits): FileTree {
  const files: TreeFile[] = [];
  let sizeBytes = 0;
  const open: string[] = [''];
  try {
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      const full = join(path, at);
      const status = statSync(full);
      if (status.isDirectory()) {
        for (const name of readdirSync(full).sort().reverse())
          if (place.kind !== 'package' || !LEFT_OUT.has(name))
            open.push(at === '' ? name : `${at}/${name}`);
        continue;
      }
      if (!status.isFile()) continue;
      sizeBytes += status.size;
      if (sizeBytes > limits.maxBytes || files.length >= MAX_FILES)
        throw tooLarge(path, limits.maxBytes);
      const hash = hashOf(full, status.size);
      const isExecutable = (status.mode & 0o111) !== 0;
      files.push({ path: at, sizeBytes: status.size, hash, isExecutable });
    }
  } catch (cause) {
    if (FiresteelError.is(cause)) throw cause;
    throw new FiresteelError(
      'PATH_NOT_READABLE',
      `${path} cannot be read to send it to executors: ${(cause as Error).message}.`,
      { cause, data: { path } },
    );
  }
  const id = createHash('sha256')
    .update(JSON.stringify([place, files]))
    .digest('hex');
  return { kind: 'tree', id, place, files, sizeBytes };
}

const buffer = Buffer.allocUnsafeSlow(1024 * 1024);

/** In pieces: files may be larger than memory. */
function hashOf(path: string, sizeBytes: number): string {
  const hash = createHash('sha256');
  const file = openSync(path, 'r');
  try {
    for (let position = 0; position < sizeBytes; ) {
      const length = Math.min(buffer.length, sizeBytes - position);
      const read = readSync(file, buffer, 0, length, position);
      if (read === 0) throw new Error('it became shorter while it was read');
      hash.update(buffer.subarray(0, read));
      position += read;
    }
  } finally {
    closeSync(file);
  }
  return hash.digest('hex');
}

function tooLarge(path: string, maxBytes: number): FiresteelError {
  return new FiresteelError(
    'FILES_TOO_LARGE',
    `${path} has more than ${maxBytes} bytes or ${MAX_FILES} files, which is the limit of what is sent to each executor. Read large inputs from a file system that all executors see, or raise files.maxSize.`,
    { data: { path, maxBytes, maxFiles: MAX_FILES } },
  );
}
