import { decodeValue, encodeValue } from '@firesteel/codec';
import type {
  AdoptBlocks,
  BackendEvent,
  BlockInventory,
  BlockUpdate,
  ExecutorAddress,
  MapOutput,
} from '@firesteel/plan';
import type { BlockClient } from '@firesteel/shuffle/transfer';
import { PartitionMap } from '@firesteel/storage';
import type { LocalBackend } from '../local-backend.js';

export interface HandoverOptions {
  readonly backend: LocalBackend;
  readonly client: BlockClient;
  readonly report: (event: BackendEvent) => void;
}

/**
 * Lets the blocks of an executor that leaves go on living in others: it tells what it has, and the
 * others copy that from its block server.
 */
export class Handover {
  /** Cached partitions that every thread of this process can read. */
  readonly #cached = new PartitionMap<BlockUpdate>();

  constructor(private readonly options: HandoverOptions) {}

  /** Follows what becomes of cached blocks. */
  note(update: BlockUpdate): void {
    const { rddId, partition, scope, isStored } = update;
    if (scope !== 'executor') return;
    if (isStored) this.#cached.set(rddId, partition, update);
    else this.#cached.delete(rddId, partition);
  }

  forgetRdd(rddId: number): void {
    for (const partition of this.#cached.partitionsOf(rddId)) this.#cached.delete(rddId, partition);
  }

  inventory(): BlockInventory {
    return {
      outputs: this.options.backend.outputs.ids(),
      cached: this.#cached
        .entries()
        .map(([rddId, partition, { level }]) => ({ rddId, partition, level: level.name })),
    };
  }

  /** Copies blocks of another executor as far as they can be had, and reports them. */
  async adopt({ from, outputs, cached }: AdoptBlocks, own: ExecutorAddress): Promise<void> {
    const { client, report, backend } = this.options;
    const { executorId, host, port } = from;
    const moved: MapOutput[] = [];
    for (const { shuffleId, mapPartition } of outputs) {
      const id = { kind: 'output', shuffleId, mapPartition } as const;
      const parts = await client.fetchStored(host, port, id).catch(() => undefined);
      // What does not come is computed again.
      if (parts === undefined) continue;
      const output = outputOf(id, parts);
      if (backend.outputs.adopt(output))
        moved.push({ ...output, location: { kind: 'executor', address: own } });
    }
    if (moved.length > 0) report({ kind: 'outputsMoved', from: executorId, outputs: moved });
    for (const { rddId, partition, level } of cached) {
      const id = { kind: 'cached', rddId, partition } as const;
      const parts = await client.fetchStored(host, port, id).catch(() => undefined);
      if (parts !== undefined) await backend.adoptBlock(rddId, partition, level, parts);
    }
  }
}

/** A map output as other executors copy it: what is known about it, and its bytes. */
export function outputParts({ offsets, rowCount }: MapOutput, bytes: Uint8Array): Uint8Array[] {
  return [encodeValue({ offsets, rowCount }), bytes];
}

function outputOf(
  { shuffleId, mapPartition }: { readonly shuffleId: number; readonly mapPartition: number },
  [description, bytes]: readonly Uint8Array[],
): MapOutput {
  const { offsets, rowCount } = decodeValue(description as Uint8Array) as MapOutput;
  const buffer = (bytes as Uint8Array).buffer as SharedArrayBuffer;
  return { shuffleId, mapPartition, location: { kind: 'memory', buffer }, offsets, rowCount };
}
