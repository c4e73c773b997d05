import { compareKeys, encodeRows, encodeValue } from '@firesteel/codec';
import type { Quota } from '@firesteel/plan';
import {
  type KeySample,
  type KnownPartitioner,
  type PlanningContext,
  type Prerequisite,
  rangesFromSamples,
  sampleQuotasFromCounts,
  sideRowsFromParts,
  zipOffsetsFromCounts,
} from '@firesteel/planner';
import { revivePartitioner } from '@firesteel/shuffle';

/**
 * What jobs that run before others have found out: bounds of range partitioners, counts of rows, rows
 * of a small side. Kept as long as something leads to the node or shuffle that it is about.
 */
export class PreparedAnswers
  implements Pick<PlanningContext, 'rangeBounds' | 'zipOffsets' | 'sampleQuotas' | 'sideRows'>
{
  readonly #rangeBounds = new Map<number, Uint8Array>();
  readonly #zipOffsets = new Map<number, readonly number[]>();
  readonly #sampleQuotas = new Map<number, readonly (readonly Quota[])[]>();
  readonly #sideRows = new Map<number, readonly Uint8Array[]>();

  rangeBounds(shuffleId: number): Uint8Array | undefined {
    return this.#rangeBounds.get(shuffleId);
  }

  zipOffsets(nodeId: number): readonly number[] | undefined {
    return this.#zipOffsets.get(nodeId);
  }

  sampleQuotas(nodeId: number): readonly (readonly Quota[])[] | undefined {
    return this.#sampleQuotas.get(nodeId);
  }

  sideRows(nodeId: number): readonly Uint8Array[] | undefined {
    return this.#sideRows.get(nodeId);
  }

  /** Takes what the job has given, a value for each of its partitions. */
  take(job: Prerequisite, results: readonly unknown[]): void {
    switch (job.kind) {
      case 'zipOffsets':
        this.#zipOffsets.set(job.nodeId, zipOffsetsFromCounts(results as number[]));
        break;
      case 'sampleQuotas': {
        const { sample } = job;
        this.#sampleQuotas.set(sample.id, sampleQuotasFromCounts(results as number[][], sample));
        break;
      }
      case 'sideRows': {
        const rows = sideRowsFromParts(job, results as unknown[][]);
        this.#sideRows.set(
          job.nodeId,
          rows.map((part) => new Uint8Array(encodeRows(part))),
        );
        break;
      }
      case 'rangeBounds': {
        const compare = (job.compare ?? compareKeys) as (a: unknown, b: unknown) => number;
        this.#rangeBounds.set(
          job.shuffleId,
          encodeValue(rangesFromSamples(results as KeySample[], job.numPartitions, compare)),
        );
      }
    }
  }

  /** Undefined for a range partitioner whose bounds are not known yet. */
  partitionOf(known: KnownPartitioner, key: unknown): number | undefined {
    const { numPartitions } = known;
    switch (known.kind) {
      case 'hash':
        return revivePartitioner(known, [], 0).partitionOf(key);
      case 'custom':
        return revivePartitioner(
          { kind: 'custom', numPartitions, getPartition: 0 },
          [known.getPartition],
          0,
        ).partitionOf(key);
      case 'range': {
        const bounds = this.#rangeBounds.get(known.shuffleId);
        if (bounds === undefined) return undefined;
        const { ascending, compare } = known;
        return revivePartitioner(
          { kind: 'range', numPartitions, ascending, bounds, ...(compare && { compare: 0 }) },
          [compare],
          0,
        ).partitionOf(key);
      }
    }
  }

  forgetShuffle(shuffleId: number): void {
    this.#rangeBounds.delete(shuffleId);
  }

  forgetNode(nodeId: number): void {
    this.#zipOffsets.delete(nodeId);
    this.#sampleQuotas.delete(nodeId);
    this.#sideRows.delete(nodeId);
  }
}
