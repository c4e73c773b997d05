import { createHash, type Hash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { FiresteelError } from '@firesteel/common';
import type { FileTree, PackageLink, ShippedItem, TreeFile } from '@firesteel/plan';

export interface FileCacheOptions {
  /** Belongs to this process alone; made when the first file comes. */
  readonly directory: string;
  /** Bytes of a tree from an offset on, at least one. */
  readonly read: (id: string, offset: number) => Promise<Uint8Array>;
  /** The largest tree that it takes. */
  readonly maxBytes: number;
}

/**
 * The packages and added files that this process was sent, on disk. Each is fetched once, before
 * the first task that needs it, and is visible only when all of it is there and has the right hash.
 */
export class FileCache {
  readonly #options: FileCacheOptions;
  readonly #offered = new Map<string, ShippedItem>();
  readonly #ready = new Set<string>();
  readonly #fetching = new Map<string, Promise<void>>();

  constructor(options: FileCacheOptions) {
    this.#options = options;
  }

  /** Where packages are, each at the path that it has on the driver. */
  get packages(): string {
    return join(this.#options.directory, 'packages');
  }

  /** Where added files are, each under its name. */
  get added(): string {
    return join(this.#options.directory, 'added');
  }

  /** Notes what can be fetched. */
  offer(items: readonly ShippedItem[]): void {
    for (const item of items) this.#offered.set(item.id, item);
  }

  isReady(ids: readonly string[]): boolean {
    return ids.every((id) => this.#ready.has(id));
  }

  /**
   * Fetches what is missing; what failed is tried again with the next call.
   *
   * @throws FiresteelError FILES_NOT_SHIPPED
   */
  async prepare(ids: readonly string[]): Promise<void> {
    await Promise.all(ids.filter((id) => !this.#ready.has(id)).map((id) => this.#prepareOne(id)));
  }

  #prepareOne(id: string): Promise<void> {
    let fetching = this.#fetching.get(id);
    if (fetching === undefined) {
      fetching = this.#fetch(id)
        .then(() => void this.#ready.add(id))
        .catch((error: Error) => {
          throw FiresteelError.is(error, 'FILES_NOT_SHIPPED')
            ? error
            : notShipped(id, error.message, error);
        })
        .finally(() => this.#fetching.delete(id));
      this.#fetching.set(id, fetching);
    }
    return fetching;
  }

  async #fetch(id: string): Promise<void> {
    const item = this.#offered.get(id);
    if (item === undefined) throw notShipped(id, 'the driver has not offered it');
    if (item.kind === 'link') await this.#link(item);
    else await this.#fetchTree(item);
  }

  async #link({ path, target }: PackageLink): Promise<void> {
    const from = this.#packagePath(path);
    const to = this.#packagePath(target);
    await mkdir(dirname(from), { recursive: true });
    await rm(from, { force: true });
    await symlink(relative(dirname(from), to), from);
  }

  async #fetchTree(tree: FileTree): Promise<void> {
    const { id, place, files } = tree;
    const sizeBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
    if (!(sizeBytes <= this.#options.maxBytes))
      throw notShipped(id, `its ${sizeBytes} bytes exceed files.maxSize`);
    if (idOf(tree) !== id) throw notShipped(id, 'its list of files does not have its hash');
    for (const { path } of files) if (path !== '' || files.length > 1) assertInside(path, id);
    const final =
      place.kind === 'package' ? this.#packagePath(place.path) : this.#addedPath(place.name);
    mkdirSync(this.#options.directory, { recursive: true, mode: 0o700 });
    const unfinished = join(this.#options.directory, `unfinished-${id}`);
    await rm(unfinished, { recursive: true, force: true });
    try {
      await this.#receive(tree, unfinished);
      if (place.kind === 'package') await mergeInto(unfinished, final);
      else await replace(unfinished, final);
    } finally {
      await rm(unfinished, { recursive: true, force: true });
    }
  }

  /** Cuts the stream of bytes into the files of the tree. */
  async #receive(tree: FileTree, directory: string): Promise<void> {
    const isFile = tree.files.length === 1 && tree.files[0]?.path === '';
    if (!isFile) await mkdir(directory, { recursive: true });
    let rest: Uint8Array = new Uint8Array(0);
    let offset = 0;
    for (const file of tree.files) {
      const writer = await FileWriter.open(join(directory, file.path), file);
      try {
        while (writer.missingBytes > 0) {
          if (rest.length === 0) {
            rest = await this.#options.read(tree.id, offset);
            if (!(rest instanceof Uint8Array) || rest.length === 0)
              throw notShipped(tree.id, `${file.path} ended too early`);
            offset += rest.length;
          }
          const part = rest.subarray(0, writer.missingBytes);
          await writer.write(part);
          rest = rest.subarray(part.length);
        }
      } finally {
        await writer.close();
      }
      if (writer.digest() !== file.hash)
        throw notShipped(tree.id, `${file.path} does not have the hash that the driver has told`);
    }
  }

  #packagePath(path: string): string {
    if (!path.startsWith('/')) throw notShipped(path, 'its path is not absolute');
    assertInside(path.slice(1), path);
    return join(this.packages, path);
  }

  #addedPath(name: string): string {
    if (name.includes('/')) throw notShipped(name, 'its name is a path');
    assertInside(name, name);
    return join(this.added, name);
  }
}

async function replace(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await rm(to, { recursive: true, force: true });
  await rename(from, to);
}

/** A package that others are installed in may come after them. */
async function mergeInto(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const name of await readdir(from)) await replace(join(from, name), join(to, name));
}

/** One file that comes in pieces. */
class FileWriter {
  readonly #file: FileHandle;
  readonly #hash: Hash = createHash('sha256');
  missingBytes: number;

  private constructor(file: FileHandle, sizeBytes: number) {
    this.#file = file;
    this.missingBytes = sizeBytes;
  }

  static async open(path: string, { sizeBytes, isExecutable }: TreeFile): Promise<FileWriter> {
    await mkdir(dirname(path), { recursive: true });
    // It must be new: nothing is written through a link.
    return new FileWriter(await open(path, 'wx', isExecutable ? 0o700 : 0o600), sizeBytes);
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#hash.update(bytes);
    this.missingBytes -= bytes.length;
    await this.#file.writeFile(bytes);
  }

  digest(): string {
    return this.#hash.digest('hex');
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

/** As the driver has made it (`describeTree`). */
function idOf({ place, files }: FileTree): string {
  return createHash('sha256')
    .update(JSON.stringify([place, files]))
    .digest('hex');
}

/** A path below the directory that it is joined to, whatever the driver says. */
function assertInside(path: string, id: string): void {
  const isInside = path
    .split('/')
    .every((part) => part !== '' && part !== '.' && part !== '..' && !/[\0\\]/.test(part));
  if (!isInside)
    throw notShipped(id, `the path ${JSON.stringify(path)} leads out of its directory`);
}

function notShipped(id: string, reason: string, cause?: Error): FiresteelError {
  return new FiresteelError(
    'FILES_NOT_SHIPPED',
    `Files that a task needs have not come from the driver: ${reason}.`,
    { data: { id }, ...(cause && { cause }) },
  );
}
