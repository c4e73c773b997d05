import { accessSync, constants, existsSync, lstatSync, mkdirSync, rmSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeDirectory, mayBeAlive, processIdentity } from '@firesteel/common';
import { onDisk } from './disk-errors.js';

const PREFIX = 'firesteel-';

/** Roots that there was a warning of. */
const leftOut = new Set<string>();

/**
 * The private directories of one application under the roots that `local.dir` names. They are
 * made when the first file needs them, readable by their user only, and removed with the
 * application. Their names tell which process they belong to (see `removeLeftovers`).
 *
 * The paths may be handed to other threads and processes of the application, which then share them.
 */
export class LocalDirs {
  private readonly made = new Set<string>();

  /** @param paths of the application's directories, one in each root */
  constructor(readonly paths: readonly string[]) {}

  /**
   * Directories for a new application, which are not made yet. Of several roots those are left out,
   * with a warning, that cannot be written: a broken disk of many should cost no job.
   */
  static forApplication(roots: readonly string[]): LocalDirs {
    // Not imported: it takes a thread 10 ms to load what only processes use.
    const { randomBytes } = process.getBuiltinModule('node:crypto');
    const name = `${PREFIX}${processIdentity()}-${randomBytes(6).toString('hex')}`;
    return new LocalDirs(writable(roots).map((root) => join(root, name)));
  }

  /**
   * Where a file belongs whose name is made of `segments`, at the same place for every thread;
   * `spread` chooses the root. Makes the directories on the way.
   *
   * @throws FiresteelError LOCAL_DISK_FAILED
   */
  fileToWrite(spread: number, ...segments: string[]): string {
    const path = this.file(spread, ...segments);
    this.make(this.root(spread), dirname(path));
    return path;
  }

  /** The same for a file that may or may not exist. */
  file(spread: number, ...segments: string[]): string {
    return join(this.root(spread), ...segments);
  }

  /** Removes a directory of that name, if there is one, from all roots. */
  removeDirectory(name: string): void {
    for (const path of this.paths) {
      const directory = join(path, name);
      this.made.delete(directory);
      remove(directory);
    }
  }

  /** Removes all files of the application. */
  remove(): void {
    this.made.clear();
    for (const path of this.paths) remove(path);
  }

  private root(spread: number): string {
    return this.paths[spread % this.paths.length] as string;
  }

  private make(root: string, directory: string): void {
    // Others remove directories, too.
    if (this.made.has(directory) && existsSync(directory)) return;
    onDisk('make the directory', directory, () => {
      makeDirectory(dirname(root));
      makePrivate(root);
      makeDirectory(directory, 0o700);
    });
    this.made.add(directory);
  }
}

/** The roots that can be written, or all if none can: the first file then tells why. */
function writable(roots: readonly string[]): readonly string[] {
  if (roots.length === 1) return roots;
  const failures = new Map<string, string>();
  for (const root of roots)
    try {
      makeDirectory(root);
      accessSync(root, constants.W_OK);
    } catch (error) {
      failures.set(root, (error as Error).message);
    }
  if (failures.size === roots.length) return roots;
  for (const [root, reason] of failures) {
    if (leftOut.has(root)) continue;
    leftOut.add(root);
    process.emitWarning(`${root} of local.dir is left out: ${reason}.`, {
      type: 'FiresteelWarning',
      code: 'LOCAL_DIR_LEFT_OUT',
    });
  }
  return roots.filter((root) => !failures.has(root));
}

/** What cannot be removed stays, for the next application to try. */
function remove(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {}
}

/**
 * A directory of this user. In one like /tmp anybody may make a directory or a link of any name.
 *
 * @param refused permissions that one which is there already must not have
 */
export function makePrivate(path: string, refused = 0o077): void {
  try {
    mkdirSync(path, { mode: 0o700 });
    return;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const found = lstatSync(path);
  const isOwn = found.uid === (process.getuid?.() ?? found.uid);
  if (!found.isDirectory() || !isOwn || (process.platform !== 'win32' && found.mode & refused))
    throw new Error('it exists and is not a private directory of this user');
}

/**
 * Removes what applications have left in these roots whose process is certainly gone: killed, or
 * crashed. Never touches those of living processes, of other hosts, containers or users. Never
 * rejects: what cannot be removed stays.
 */
export async function removeLeftovers(roots: readonly string[]): Promise<void> {
  for (const root of roots) {
    const names = await readdir(root).catch(() => []);
    for (const name of names) {
      const match = /^firesteel-(.+)-[0-9a-f]{12}$/.exec(name);
      if (match === null || mayBeAlive(match[1] as string)) continue;
      await rm(join(root, name), { recursive: true, force: true }).catch(() => {});
    }
  }
}
