import { dirname, join } from 'node:path';
import { FiresteelError } from '@firesteel/common';
import type { ExecutorAddress, MapOutput, OutputLocations } from '@firesteel/plan';
import {
  type BlockId,
  type BlockPiece,
  moveShuffleFile,
  type PieceRange,
  pieceOf,
  rangeOf,
  readRange,
  removeShuffleFile,
  shuffleDirectory,
} from '@firesteel/shuffle';
import { LocalDirs, type MemoryBudget } from '@firesteel/storage';

/** The map outputs of this process, in memory and in files, for its threads and for others. */
export class MapOutputStore {
  /** By shuffle, then map partition. */
  readonly #outputs = new Map<number, Map<number, MapOutput>>();
  readonly #budget: MemoryBudget;
  readonly #dirs: LocalDirs;
  readonly #isServed: boolean;
  readonly #versions = new WeakMap<MapOutput, number>();
  #nextVersion = 0;
  #memoryBytes = 0;

  /** @param servedDirectory where a shuffle service finds files by the map partition alone */
  constructor(budget: MemoryBudget, dirs: LocalDirs, servedDirectory: string | undefined) {
    this.#budget = budget;
    this.#isServed = servedDirectory !== undefined;
    this.#dirs = servedDirectory === undefined ? dirs : new LocalDirs([servedDirectory]);
  }

  /** Of those in memory. */
  get memoryBytes(): number {
    return this.#memoryBytes;
  }

  /** Keeps an output that a thread has made, in the place of an older one. */
  keep(made: MapOutput, thread: number): void {
    const output = this.#isServed ? published(made) : made;
    if (output === undefined) return;
    if (output.location.kind === 'memory')
      this.#budget.adoptOutput(thread, output.location.buffer.byteLength);
    this.#put(output);
  }

  /** Keeps a copy of an output of another process in memory; false if there is no room for it. */
  adopt(output: MapOutput): boolean {
    const { location } = output;
    if (location.kind !== 'memory' || !this.#budget.acquireOutput(location.buffer.byteLength))
      return false;
    this.#put(output);
    return true;
  }

  #put(output: MapOutput): void {
    const { shuffleId, mapPartition, location } = output;
    let outputs = this.#outputs.get(shuffleId);
    if (outputs === undefined) {
      outputs = new Map();
      this.#outputs.set(shuffleId, outputs);
    }
    const replaced = outputs.get(mapPartition);
    outputs.set(mapPartition, output);
    this.#versions.set(output, this.#nextVersion++);
    if (location.kind === 'memory') this.#memoryBytes += location.buffer.byteLength;
    if (replaced?.location.kind === 'file') {
      if (!this.#isServed) removeShuffleFile(replaced.location.path);
    } else if (replaced !== undefined) this.#release(replaced);
  }

  /** All outputs that are here. */
  ids(): { shuffleId: number; mapPartition: number }[] {
    return [...this.#outputs].flatMap(([shuffleId, outputs]) =>
      [...outputs.keys()].map((mapPartition) => ({ shuffleId, mapPartition })),
    );
  }

  /** A whole output with its bytes; undefined if they are not here any more. */
  async whole(
    shuffleId: number,
    mapPartition: number,
  ): Promise<{ output: MapOutput; bytes: Uint8Array } | undefined> {
    const output = this.#outputs.get(shuffleId)?.get(mapPartition);
    if (output === undefined || output.location.kind === 'executor') return undefined;
    const { location, offsets } = output;
    const bytes =
      location.kind === 'memory'
        ? new Uint8Array(location.buffer)
        : (await readRange(`${location.path}.data`, 0, offsets.at(-1) ?? 0))?.bytes;
    return bytes && { output, bytes };
  }

  remove(shuffleId: number): void {
    let hasFiles = false;
    for (const output of this.#outputs.get(shuffleId)?.values() ?? []) {
      this.#release(output);
      hasFiles ||= output.location.kind === 'file';
    }
    this.#outputs.delete(shuffleId);
    if (hasFiles) this.#dirs.removeDirectory(shuffleDirectory(shuffleId));
  }

  #release({ location }: MapOutput): void {
    if (location.kind !== 'memory') return;
    this.#budget.releaseOutput(location.buffer.byteLength);
    this.#memoryBytes -= location.buffer.byteLength;
  }

  /** A piece of a reduce partition; undefined if that is not here any more. */
  async find(
    { shuffleId, mapPartition, partition }: BlockId,
    range: PieceRange,
  ): Promise<BlockPiece | undefined> {
    const output = this.#outputs.get(shuffleId)?.get(mapPartition);
    const block = output && rangeOf(output, partition);
    if (output === undefined || block === undefined) return undefined;
    const { location } = output;
    const { start, end } = pieceOf(block, range);
    let bytes: Uint8Array | undefined;
    if (location.kind === 'memory') bytes = new Uint8Array(location.buffer, start, end - start);
    else if (location.kind === 'file')
      bytes = (await readRange(`${location.path}.data`, start, end))?.bytes;
    const version = this.#versions.get(output) as number;
    return bytes && { bytes, sizeBytes: block.end - block.start, version };
  }

  /** The outputs of a shuffle as the threads of this process read them. */
  resolve(shuffleId: number, { executors, owners }: OutputLocations, own: string): MapOutput[] {
    const kept = this.#outputs.get(shuffleId);
    return Array.from(owners, (owner, mapPartition) => {
      const address = executors[owner] as ExecutorAddress;
      const mine = address.executorId === own ? kept?.get(mapPartition) : undefined;
      return (
        mine ?? {
          shuffleId,
          mapPartition,
          location: { kind: 'executor', address },
          offsets: NO_OFFSETS,
          rowCount: 0,
        }
      );
    });
  }
}

/**
 * Under the name by which the service finds it, which names no attempt. Undefined if it cannot be had
 * under that name, as when its shuffle was removed meanwhile: whoever needs it has it made again.
 */
function published(output: MapOutput): MapOutput | undefined {
  const { location, mapPartition } = output;
  if (location.kind !== 'file') return output;
  const path = join(dirname(location.path), String(mapPartition));
  try {
    moveShuffleFile(location.path, path);
  } catch (error) {
    if (!FiresteelError.is(error, 'LOCAL_DISK_FAILED')) throw error;
    return undefined;
  }
  return { ...output, location: { kind: 'file', path } };
}

const NO_OFFSETS = new Float64Array(0);
