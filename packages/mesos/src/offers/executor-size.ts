/** A range of sizes; both ends are possible. */
export interface SizeRange {
  readonly min: number;
  readonly max: number;
}

/** How much an executor needs besides its heap: `fixedMiB`, or the larger of the other two. */
export interface MemoryOverhead {
  readonly fixedMiB?: number;
  /** Of the heap. */
  readonly factor: number;
  readonly minMiB: number;
}

/** The shape of executors; cpus and gpus are asked for as whole ones. */
export interface ExecutorSize {
  /** An infinite `max` takes all cpus that an agent offers. */
  readonly cores: SizeRange;
  /** Heap, without overhead. */
  readonly memoryMiB: SizeRange;
  readonly overhead: MemoryOverhead;
  /** Slots that an executor has above its cpus. */
  readonly extraCores: number;
  readonly diskMiB: number;
  /** Ports that an agent must offer and an executor gets; 0 is any, in as many as there are zeros. */
  readonly ports: readonly number[];
}

/** Spark's overhead: a tenth of the heap, but not less than 384 MiB. */
export const defaultOverhead: MemoryOverhead = { factor: 0.1, minMiB: 384 };

/** The overhead of a heap, as whole MiB. */
export function overheadMiB(heapMiB: number, { fixedMiB, factor, minMiB }: MemoryOverhead): number {
  return fixedMiB ?? Math.floor(Math.max(factor * heapMiB, minMiB));
}

/** The largest heap of the range that fits with its overhead; undefined if none does. */
export function fittingHeapMiB(
  freeMiB: number,
  { min, max }: SizeRange,
  overhead: MemoryOverhead,
): number | undefined {
  if (max + overheadMiB(max, overhead) <= freeMiB) return max;
  if (min + overheadMiB(min, overhead) > freeMiB) return undefined;
  const { fixedMiB, factor, minMiB } = overhead;
  const heapMiB =
    fixedMiB === undefined
      ? Math.min(freeMiB / (1 + factor), freeMiB - minMiB)
      : freeMiB - fixedMiB;
  // Rounding down may fall below the minimum, which fits by itself.
  return Math.max(min, Math.floor(heapMiB));
}
