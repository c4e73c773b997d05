import type { ExecutorAddress, MapOutput, OutputLocations } from '@firesteel/plan';
import { localBlock } from '@firesteel/shuffle';

/** The map outputs that this process holds for its own threads and for other executors. */
export class MapOutputStore {
  /** By shuffle, then map partition. */
  readonly #outputs = new Map<number, Map<number, MapOutput>>();
  #sizeBytes = 0;

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** Keeps an output, and tells where it is for everybody else. */
  keep(output: MapOutput, address: ExecutorAddress): MapOutput {
    let outputs = this.#outputs.get(output.shuffleId);
    if (outputs === undefined) {
      outputs = new Map();
      this.#outputs.set(output.shuffleId, outputs);
    }
    const replaced = outputs.get(output.mapPartition);
    this.#sizeBytes += sizeOf(output) - (replaced === undefined ? 0 : sizeOf(replaced));
    outputs.set(output.mapPartition, output);
    return { ...output, location: { kind: 'executor', address } };
  }

  remove(shuffleId: number): void {
    for (const output of this.#outputs.get(shuffleId)?.values() ?? [])
      this.#sizeBytes -= sizeOf(output);
    this.#outputs.delete(shuffleId);
  }

  /** The bytes of a reduce partition. */
  find(shuffleId: number, mapPartition: number, partition: number): Uint8Array | undefined {
    const output = this.#outputs.get(shuffleId)?.get(mapPartition);
    return output === undefined ? undefined : localBlock(output, partition);
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

function sizeOf(output: MapOutput): number {
  return output.offsets.at(-1) ?? 0;
}
