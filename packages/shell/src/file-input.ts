import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { FiresteelError } from '@firesteel/common';
import type { Input } from './session.js';

/** A file to be evaluated for what it declares and prints. */
export async function fileInput(path: string): Promise<Input> {
  const absolute = resolve(path);
  try {
    return { text: await readFile(absolute, 'utf8'), path: absolute, echo: 'none' };
  } catch (error) {
    throw new FiresteelError('JOB_FILE_INVALID', `The file ${path} cannot be read.`, {
      cause: error,
      data: { path },
    });
  }
}
