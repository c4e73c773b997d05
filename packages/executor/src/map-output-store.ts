import { open } from 'node:fs/promises';
import type { ExecutorAddress, MapOutput, OutputLocations } from '@firesteel/plan';
import { localBlock, rangeOf, removeShuffleFile, shuffleDirectory } from '@firesteel/shuffle';
import type { LocalDirs, MemoryBudget } from '@firesteel/storage';

/** The map outputs of this process, in memory and in files, for its threads and for others. */
export class MapOutputStore {
  /** By shuffle, then map partition. */
  readonly #outputs = new Map<number, Map<number, MapOutput>>();
  readonly #budget: MemoryBudget;
  readonly #dirs: LocalDirs;
  #memoryBytes = 0;

  constructor(budget: MemoryBudget, dirs: LocalDirs) {
    this.#budget = budget;
    this.#dirs = dirs;
  }

  /** Of those in memory. */
  get memoryBytes(): number {
    return this.#memoryBytes;
  }

  /** Keeps an output that a thread has made, in the place of an older one. */
  keep(output: MapOutput, thread: number): void {
    const { shuffleId, mapPartition, location } = output;
    let outputs = this.#outputs.get(shuffleId);
    if (outputs === undefined) {
      outputs = new Map();
      this.#outputs.set(shuffleId, outputs);
    }
    const replaced = outputs.get(mapPartition);
    outputs.set(mapPartition, output);
    if (location.kind === 'memory') {
      this.#budget.adoptOutput(thread, location.buffer.byteLength);
      this.#memoryBytes += location.buffer.byteLength;
    }
    if (replaced?.location.kind === 'file') removeShuffleFile(replaced.location.path);
    else if (replaced !== undefined) this.#release(replaced);
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

  /** The bytes of a reduce partition; undefined if they are not here any more. */
  async find(
    shuffleId: number,
    mapPartition: number,
    partition: number,
  ): Promise<Uint8Array | undefined> {
    const output = this.#outputs.get(shuffleId)?.get(mapPartition);
    if (output?.location.kind !== 'file') return output && localBlock(output, partition);
    const range = rangeOf(output, partition);
    return range && readRange(`${output.location.path}.data`, range.start, range.end);
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

const NO_OFFSETS = new Float64Array(0);

/** Undefined for a file that is gone or too short: whoever asks has the output computed again. */
async function readRange(
  path: string,
  start: number,
  end: number,
): Promise<Uint8Array | undefined> {
  try {
    const file = await open(path);
    try {
      const bytes = new Uint8Array(end - start);
      for (let done = 0; done < bytes.length; ) {
        const { bytesRead } = await file.read(bytes, done, bytes.length - done, start + done);
        if (bytesRead === 0) return undefined;
        done += bytesRead;
      }
      return bytes;
    } finally {
      await file.close();
    }
  } catch {
    return undefined;
  }
}
