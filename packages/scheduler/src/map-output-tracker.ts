import type { MapOutput } from '@firesteel/plan';

/** A count of publications; a task remembers the one at which it was launched. */
export class MapOutputEpoch {
  current = 0;
}

/**
 * The outputs of one shuffle by map partition. Readers see only complete publications, and each
 * output remembers the epoch since which readers can see it: a task launched before that failed on
 * the predecessor of the output, so its report must not drop the new one.
 */
export class MapOutputs {
  readonly #epoch: MapOutputEpoch;
  readonly #outputs: (MapOutput | undefined)[];
  readonly #visibleSince: number[];
  #missing: number;
  #published = false;
  #wasPublished = false;

  constructor(numPartitions: number, epoch: MapOutputEpoch) {
    this.#epoch = epoch;
    this.#outputs = new Array<MapOutput | undefined>(numPartitions).fill(undefined);
    this.#visibleSince = new Array<number>(numPartitions).fill(Number.POSITIVE_INFINITY);
    this.#missing = numPartitions;
  }

  /** Whether readers can have all outputs. */
  get complete(): boolean {
    return this.#published;
  }

  /** Whether readers could have all outputs once; what is missing now was lost. */
  get wasComplete(): boolean {
    return this.#wasPublished;
  }

  get hasSome(): boolean {
    return this.#missing < this.#outputs.length;
  }

  get missingCount(): number {
    return this.#missing;
  }

  has(mapPartition: number): boolean {
    return this.#outputs[mapPartition] !== undefined;
  }

  missing(): number[] {
    const partitions: number[] = [];
    this.#outputs.forEach((output, partition) => {
      if (output === undefined) partitions.push(partition);
    });
    return partitions;
  }

  register(output: MapOutput): void {
    const partition = output.mapPartition;
    if (this.#outputs[partition] === undefined) this.#missing -= 1;
    this.#outputs[partition] = output;
    this.#visibleSince[partition] = Number.POSITIVE_INFINITY;
  }

  /** Makes the outputs visible to readers and returns them; nothing may be missing. */
  publish(): readonly MapOutput[] {
    const epoch = ++this.#epoch.current;
    this.#published = true;
    this.#wasPublished = true;
    const outputs: MapOutput[] = [];
    this.#outputs.forEach((output, partition) => {
      if (output === undefined) return;
      outputs.push(output);
      if (this.#visibleSince[partition] === Number.POSITIVE_INFINITY) {
        this.#visibleSince[partition] = epoch;
      }
    });
    return outputs;
  }

  /** Drops the output that a task launched at `seenEpoch` failed to read; false if it is newer. */
  drop(mapPartition: number, seenEpoch: number): boolean {
    if (this.#outputs[mapPartition] === undefined) return true;
    if ((this.#visibleSince[mapPartition] ?? 0) > seenEpoch) return false;
    this.#outputs[mapPartition] = undefined;
    this.#visibleSince[mapPartition] = Number.POSITIVE_INFINITY;
    this.#missing += 1;
    this.#published = false;
    return true;
  }

  /** Puts a copy in the place of what `from` holds, to be seen from the next publication on. */
  move(output: MapOutput, from: string): boolean {
    const known = this.#outputs[output.mapPartition];
    if (known?.location.kind !== 'executor') return false;
    if (known.location.address.executorId !== from) return false;
    this.register(output);
    return true;
  }

  /**
   * Drops the outputs that a lost executor holds, as far as a task launched at `seenEpoch` can have
   * known of them; returns their partitions. Outputs that a shuffle service keeps are lost only
   * with the service.
   */
  dropExecutor(
    executorId: string,
    seenEpoch = Number.POSITIVE_INFINITY,
    isServiceLost = false,
  ): number[] {
    const dropped: number[] = [];
    this.#outputs.forEach((output, partition) => {
      if (output?.location.kind !== 'executor') return;
      const { address } = output.location;
      if (address.executorId !== executorId || (address.viaService && !isServiceLost)) return;
      if (this.drop(partition, seenEpoch)) dropped.push(partition);
    });
    return dropped;
  }

  /** Whether outputs would be lost with the executor. */
  isHeldBy(executorId: string): boolean {
    return this.#outputs.some(
      (output) =>
        output?.location.kind === 'executor' &&
        output.location.address.executorId === executorId &&
        output.location.address.viaService !== true,
    );
  }

  clear(): void {
    this.#outputs.fill(undefined);
    this.#visibleSince.fill(Number.POSITIVE_INFINITY);
    this.#missing = this.#outputs.length;
    this.#published = false;
    this.#wasPublished = false;
  }
}
