import { existsSync, readdirSync, rmSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Secret } from '@firesteel/rpc';
import { readRange } from '../files/read-range.js';
import { readShuffleIndex } from '../files/shuffle-file.js';
import { shuffleDirectory } from '../files/task-space.js';
import { pieceOf, rangeOf } from '../map-output-blocks.js';
import type { BlockPiece } from '../transfer/block-frames.js';
import type { BlockId, PieceRange } from '../transfer/block-request.js';
import { applicationDirectory, readApplicationSecret } from './application-directory.js';
import { isServiceName } from './service-paths.js';

/** An application whose files are here. */
interface ServedApplication {
  readonly secret: Secret;
  /** When it was last heard of. */
  seenAtMs: number;
}

/** The applications with files below a directory, and their blocks. */
export class ServedApplications {
  readonly #root: string;
  readonly #known = new Map<string, ServedApplication>();

  constructor(root: string) {
    this.#root = root;
  }

  get count(): number {
    return this.#known.size;
  }

  /** Finds what is there already: each application has from now on as long as a new one to call. */
  scan(nowMs: number): void {
    const names = existsSync(this.#root) ? readdirSync(this.#root) : [];
    for (const name of names) this.find(name, nowMs);
  }

  /** An application that was never heard of may have come since. */
  find(applicationId: string, nowMs: number): ServedApplication | undefined {
    const known = this.#known.get(applicationId);
    if (known !== undefined || !isServiceName(applicationId)) return known;
    const secret = readApplicationSecret(this.#root, applicationId);
    if (secret === undefined) return undefined;
    const application = { secret, seenAtMs: nowMs };
    this.#known.set(applicationId, application);
    return application;
  }

  hasExecutor(applicationId: string, executorId: string): boolean {
    return existsSync(join(applicationDirectory(this.#root, applicationId), executorId));
  }

  /** A piece of a block; undefined if the block is not here, or damaged. */
  async block(
    applicationId: string,
    executorId: string,
    { shuffleId, mapPartition, partition }: BlockId,
    range: PieceRange,
  ): Promise<BlockPiece | undefined> {
    const path = join(
      applicationDirectory(this.#root, applicationId),
      executorId,
      shuffleDirectory(shuffleId),
      String(mapPartition),
    );
    try {
      const block = rangeOf(readShuffleIndex(path), partition);
      if (block === undefined) return undefined;
      const { start, end } = pieceOf(block, range);
      const read = await readRange(`${path}.data`, start, end);
      return read && { ...read, sizeBytes: block.end - block.start };
    } catch {
      return undefined;
    }
  }

  async removeShuffle(applicationId: string, shuffleId: number): Promise<void> {
    const directory = applicationDirectory(this.#root, applicationId);
    for (const executorId of await readdir(directory).catch(() => []))
      await rm(join(directory, executorId, shuffleDirectory(shuffleId)), {
        recursive: true,
        force: true,
      }).catch(() => {});
  }

  /** Forgets an application, and removes its files. */
  remove(applicationId: string): void {
    this.#known.delete(applicationId);
    try {
      rmSync(applicationDirectory(this.#root, applicationId), { recursive: true, force: true });
    } catch {
      // What cannot be removed now is found, and tried again, by the next scan.
    }
  }

  /** Removes the applications that have been silent for longer than `timeoutMs`. */
  removeSilent(nowMs: number, timeoutMs: number): readonly string[] {
    this.scan(nowMs);
    const silent = [...this.#known]
      .filter(([, { seenAtMs }]) => nowMs - seenAtMs > timeoutMs)
      .map(([applicationId]) => applicationId);
    for (const applicationId of silent) this.remove(applicationId);
    return silent;
  }
}
