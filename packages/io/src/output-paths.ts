import path from 'node:path';
import type { FileOutput } from '@firesteel/plan';
import { suffixOf } from './compression.js';
import { localPaths } from './input-path.js';

/** Holds the files of attempts; readers ignore its name. */
export const TEMPORARY = '_temporary';

/** Marks a complete output. */
export const SUCCESS = '_SUCCESS';

/** The absolute path of an output directory; `file:` URLs are accepted. */
export function outputDirectory(directory: string): string {
  const candidates = localPaths(directory);
  return candidates[candidates.length - 1] as string;
}

/** Where the attempts of one output write. */
export function attemptsDirectory({ path: directory, id }: FileOutput): string {
  return path.join(outputDirectory(directory), TEMPORARY, id);
}

/**
 * The name of the file of a partition, such as `part-00000.gz`. Appended files carry the id of
 * their output, so that they never meet others. Object files compress inside.
 */
export function partName({ mode, id, format, compression }: FileOutput, partition: number): string {
  const number = String(partition).padStart(5, '0');
  const suffix = format === 'objects' ? '' : suffixOf(compression);
  return `part-${number}${mode === 'append' ? `-${id}` : ''}${suffix}`;
}

/** The partition whose file has that name, if it is the name of one. */
export function partitionOfName(name: string): number | undefined {
  const digits = /^part-(\d{5,})(?![^-.])/.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
