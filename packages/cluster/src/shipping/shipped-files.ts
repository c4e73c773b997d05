import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { FiresteelError } from '@firesteel/common';
import type { FileTree, PackageLink, PackageUse, Platform, ShippedItem } from '@firesteel/plan';
import { describeTree, type TreeLimits } from './describe-tree.js';
import { addonMismatch, addonsFit } from './native-addons.js';
import { packageClosure } from './package-closure.js';

/** A tree with its place here. */
interface Source {
  readonly tree: FileTree;
  readonly path: string;
  readonly isOptional: boolean;
}

/** Far below the least limit of messages. */
const MAX_READ_BYTES = 512 * 1024;

/** What executors are sent besides programs: packages that functions load, and added files. */
export class ShippedFiles {
  readonly #limits: TreeLimits;
  /** By directory: a package does not change while a process has it loaded. */
  readonly #packages = new Map<string, FileTree>();
  readonly #byUses = new WeakMap<readonly PackageUse[], readonly (Source | PackageLink)[]>();
  readonly #added = new Map<string, Source>();
  /** Everything that executors may read, by id. */
  readonly #readable = new Map<string, Source>();

  constructor(limits: TreeLimits) {
    this.#limits = limits;
  }

  /** @throws FiresteelError FILES_TOO_LARGE, PATH_NOT_READABLE */
  addFile(name: string, path: string): void {
    const tree = describeTree(path, { kind: 'added', name }, this.#limits);
    const source = { tree, path, isOptional: false };
    this.#added.set(name, source);
    this.#readable.set(tree.id, source);
  }

  get added(): readonly FileTree[] {
    return [...this.#added.values()].map(({ tree }) => tree);
  }

  /**
   * The packages that functions load, for an executor.
   *
   * @param uses looked at once: the same list means the same packages
   * @throws FiresteelError NATIVE_ADDON_MISMATCH, FILES_TOO_LARGE, PATH_NOT_READABLE
   */
  packagesFor(
    uses: readonly PackageUse[],
    executorId: string,
    platform: Platform,
  ): readonly ShippedItem[] {
    let sources = this.#byUses.get(uses);
    if (sources === undefined) {
      sources = this.#sourcesOf(uses);
      this.#byUses.set(uses, sources);
    }
    return sources.flatMap((source): readonly ShippedItem[] => {
      if ('kind' in source) return [source];
      const { tree, path, isOptional } = source;
      if (addonsFit(path, tree, platform)) return [tree];
      if (isOptional) return [];
      throw addonMismatch(path, executorId, platform);
    });
  }

  /**
   * Bytes of a tree from `offset` on, its files one behind the other; empty at its end.
   *
   * @throws FiresteelError FILES_NOT_SHIPPED for a tree that was never offered, or that has changed
   */
  async read(id: string, offset: number): Promise<Uint8Array> {
    const source = this.#readable.get(id);
    if (source === undefined || !Number.isSafeInteger(offset) || offset < 0)
      throw notShipped(`There is no tree ${id} with a byte ${offset}.`, { id, offset });
    const { tree, path } = source;
    const length = Math.min(MAX_READ_BYTES, Math.max(0, tree.sizeBytes - offset));
    const bytes = new Uint8Array(length);
    let filled = 0;
    let start = 0;
    for (const file of tree.files) {
      const skip = offset + filled - start;
      if (filled === length) break;
      if (skip < file.sizeBytes) {
        const part = bytes.subarray(
          filled,
          filled + Math.min(length - filled, file.sizeBytes - skip),
        );
        await readInto(part, join(path, file.path), skip);
        filled += part.length;
      }
      start += file.sizeBytes;
    }
    return bytes;
  }

  #sourcesOf(uses: readonly PackageUse[]): readonly (Source | PackageLink)[] {
    const { packages, links } = packageClosure(uses);
    const sources: (Source | PackageLink)[] = packages.map(({ directory, isOptional }) => {
      let tree = this.#packages.get(directory);
      if (tree === undefined) {
        tree = describeTree(directory, { kind: 'package', path: directory }, this.#limits);
        this.#packages.set(directory, tree);
      }
      const source = { tree, path: directory, isOptional };
      this.#readable.set(tree.id, source);
      return source;
    });
    for (const [path, target] of links)
      sources.push({ kind: 'link', id: `${path} → ${target}`, path, target });
    return sources;
  }
}

async function readInto(bytes: Uint8Array, path: string, position: number): Promise<void> {
  const file = await open(path);
  try {
    for (let filled = 0; filled < bytes.length; ) {
      const { bytesRead } = await file.read(
        bytes,
        filled,
        bytes.length - filled,
        position + filled,
      );
      if (bytesRead === 0)
        throw notShipped(`${path} became shorter since the job began.`, { path });
      filled += bytesRead;
    }
  } finally {
    await file.close();
  }
}

function notShipped(message: string, data: Record<string, unknown>): FiresteelError {
  return new FiresteelError('FILES_NOT_SHIPPED', message, { data });
}
