import { accessSync, constants, readdirSync, type Stats, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { didYouMean, FiresteelError } from '@firesteel/common';
import { interruptedSwap } from './directory-swap.js';
import { describeSystemError, systemCode } from './file-errors.js';
import { localPaths } from './input-path.js';

const require = createRequire(import.meta.url);

/** What makes a path component a pattern, when nothing of that very name exists. */
const GLOB = /[*?[{]|[@!+]\(/;

/** An input file with its size in bytes when it was listed. */
export interface InputFile {
  readonly path: string;
  readonly size: number;
}

/**
 * The files that an input path means, in a reproducible order: items of a comma separated list as
 * written, the files of a directory or glob sorted by path (by UTF-16 code units). A path that
 * exists as it is written is always taken literally, whatever characters it holds.
 */
export function listFiles(input: string): InputFile[] {
  if (firstExisting(input) !== undefined) return filesOf(input);
  return splitAtCommas(input).flatMap(filesOf);
}

/** The items of a list; commas within braces belong to a glob. */
function splitAtCommas(list: string): string[] {
  const items: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < list.length; i++) {
    const char = list[i];
    if (char === '{') depth++;
    else if (char === '}' && depth > 0) depth--;
    else if (char === ',' && depth === 0) {
      items.push(list.slice(start, i));
      start = i + 1;
    }
  }
  items.push(list.slice(start));
  return items;
}

function filesOf(item: string): InputFile[] {
  const existing = firstExisting(item) ?? firstExisting(item.trim());
  if (existing?.stats.isDirectory()) {
    const files = filesOfDirectory(existing.path);
    if (files.length === 0) throw emptyDirectory(existing.path);
    return files;
  }
  if (existing !== undefined) return [inputFile(existing.path, existing.stats)];
  let problem: FiresteelError | undefined;
  for (const candidate of localPaths(item.trim())) {
    const { base, rest } = splitAtGlob(candidate);
    const [next = ''] = rest;
    if (GLOB.test(next)) {
      const files = filesOfGlob(base, rest);
      if (files.length > 0) return files;
      problem ??= noMatch(candidate);
    } else problem ??= notFound(candidate, base, next);
  }
  throw problem;
}

function firstExisting(item: string): { path: string; stats: Stats } | undefined {
  for (const candidate of localPaths(item)) {
    const stats = statOf(candidate);
    if (stats !== undefined) return { path: candidate, stats };
  }
  return undefined;
}

function statOf(file: string): Stats | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false });
  } catch (error) {
    if (systemCode(error) === 'ENOTDIR') return undefined;
    throw notReadable(file, describeSystemError(error), error);
  }
}

function filesOfDirectory(directory: string): InputFile[] {
  const names = entriesOf(directory).filter((name) => !isHidden(name));
  return names.sort().map((name) => {
    const file = path.join(directory, name);
    const stats = statOf(file);
    if (stats === undefined)
      throw new FiresteelError(
        'PATH_NOT_FOUND',
        `Input file ${JSON.stringify(file)} is a symbolic link to a file that does not exist, or was just deleted.`,
        { data: { path: file } },
      );
    if (stats.isDirectory())
      throw notReadable(
        file,
        `it is a sub-directory of the input directory, which is not searched; use a glob such as ${JSON.stringify(path.join(directory, '**'))} to read files at any depth`,
      );
    return inputFile(file, stats);
  });
}

/**
 * The longest leading part of a path that exists, and the components behind it: so `[x]` or
 * spaces and parentheses in the name of a real directory are no pattern.
 */
function splitAtGlob(pattern: string): { base: string; rest: string[] } {
  const { root } = path.parse(pattern);
  const rest = pattern.slice(root.length).split(path.sep);
  let base = root;
  while (rest.length > 0) {
    const next = path.join(base, rest[0] as string);
    if (statOf(next) === undefined) break;
    base = next;
    rest.shift();
  }
  return { base, rest };
}

/**
 * Files that match, and the files of directories that match. With `**` only files count, because
 * the files of a matching directory match as well.
 */
function filesOfGlob(base: string, rest: string[]): InputFile[] {
  // Loaded for the first glob: it takes 25 ms, and threads that only read never need it.
  const { globSync } = require('tinyglobby') as typeof import('tinyglobby');
  const wantsHidden = rest.some(isHidden);
  const matches = globSync(rest.join('/'), {
    cwd: base,
    absolute: true,
    onlyFiles: rest.includes('**'),
    expandDirectories: false,
    dot: wantsHidden,
  })
    .map((match) => path.resolve(match))
    .filter((match) => wantsHidden || !path.relative(base, match).split(path.sep).some(isHidden))
    .sort();
  return matches.flatMap((match) => {
    const stats = statOf(match);
    if (stats === undefined) return [];
    return stats.isDirectory() ? filesOfDirectory(match) : [inputFile(match, stats)];
  });
}

/** Names that Hadoop's tools use for markers and unfinished files. */
function isHidden(name: string): boolean {
  return name.startsWith('_') || name.startsWith('.');
}

function inputFile(file: string, stats: Stats): InputFile {
  if (!stats.isFile())
    throw notReadable(file, 'it is neither a file nor a directory, so it cannot be split');
  try {
    accessSync(file, constants.R_OK);
  } catch (error) {
    throw notReadable(file, describeSystemError(error), error);
  }
  return { path: file, size: stats.size };
}

function entriesOf(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    throw notReadable(directory, describeSystemError(error), error);
  }
}

function notFound(wanted: string, existing: string, missing: string): FiresteelError {
  const oldData = interruptedSwap(wanted);
  if (oldData !== undefined)
    return new FiresteelError(
      'PATH_NOT_FOUND',
      `Input path ${JSON.stringify(wanted)} does not exist, because an overwrite of it was interrupted. The data before is in ${JSON.stringify(oldData)}: move it back from there, or start an output to the path, which does so first.`,
      { data: { path: wanted, oldData } },
    );
  const where = statOf(existing)?.isDirectory()
    ? `there is no ${JSON.stringify(missing)} in ${JSON.stringify(existing)}.${didYouMean(missing, entriesOf(existing))}`
    : `${JSON.stringify(existing)} is a file, not a directory.`;
  return new FiresteelError(
    'PATH_NOT_FOUND',
    `Input path ${JSON.stringify(wanted)} does not exist: ${where}`,
    { data: { path: wanted } },
  );
}

function emptyDirectory(directory: string): FiresteelError {
  return new FiresteelError(
    'PATH_EMPTY',
    `Input directory ${JSON.stringify(directory)} holds no files (names that begin with "_" or "." do not count).`,
    { data: { path: directory } },
  );
}

function noMatch(pattern: string): FiresteelError {
  return new FiresteelError(
    'PATH_EMPTY',
    `No file matches ${JSON.stringify(pattern)} (names that begin with "_" or "." count only where the pattern begins so too).`,
    { data: { path: pattern } },
  );
}

function notReadable(file: string, reason: string, cause?: unknown): FiresteelError {
  return new FiresteelError(
    'PATH_NOT_READABLE',
    `Input path ${JSON.stringify(file)} cannot be read: ${reason}.`,
    { ...(cause === undefined ? {} : { cause }), data: { path: file } },
  );
}
