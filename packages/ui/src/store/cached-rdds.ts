import type { StageOperator, StorageLevelName } from '@firesteel/plan';
import type { BlockUpdated } from '@firesteel/scheduler';

/** A copy of a partition. */
interface CachedBlock {
  readonly executorId: string;
  readonly memoryBytes: number;
  readonly diskBytes: number;
}

/** A persisted RDD, and who holds what of it. */
export interface CachedRdd {
  readonly rddId: number;
  readonly name: string;
  readonly storageLevel: StorageLevelName;
  /** Undefined if no stage was seen that computes it. */
  readonly numPartitions: number | undefined;
  /** By partition, then by holder. */
  readonly partitions: Map<number, Map<string, CachedBlock>>;
}

/** What executors keep of persisted RDDs. */
export class CachedRdds {
  readonly #operators = new Map<number, StageOperator>();
  readonly #rdds = new Map<number, CachedRdd>();

  get all(): Iterable<CachedRdd> {
    return this.#rdds.values();
  }

  get(rddId: number): CachedRdd | undefined {
    return this.#rdds.get(rddId);
  }

  /** Learns the names of persisted RDDs. */
  describe(operators: readonly StageOperator[]): void {
    for (const operator of operators)
      if (operator.storageLevel !== undefined) this.#operators.set(operator.rddId, operator);
  }

  update(block: BlockUpdated): void {
    const { rddId, partition, executorId, slot, isStored, memoryBytes, diskBytes } = block;
    const holder = slot === undefined ? executorId : `${executorId}/${slot}`;
    let rdd = this.#rdds.get(rddId);
    if (!isStored) {
      const copies = rdd?.partitions.get(partition);
      copies?.delete(holder);
      if (copies?.size === 0) rdd?.partitions.delete(partition);
      return;
    }
    if (rdd === undefined) {
      rdd = this.#newRdd(block);
      this.#rdds.set(rddId, rdd);
    }
    let copies = rdd.partitions.get(partition);
    if (copies === undefined) {
      copies = new Map();
      rdd.partitions.set(partition, copies);
    }
    copies.set(holder, { executorId, memoryBytes, diskBytes });
  }

  unpersisted(rddId: number): void {
    this.#rdds.delete(rddId);
    this.#operators.delete(rddId);
  }

  executorRemoved(executorId: string): void {
    for (const { partitions } of this.#rdds.values())
      for (const [partition, copies] of partitions) {
        for (const [holder, copy] of copies)
          if (copy.executorId === executorId) copies.delete(holder);
        if (copies.size === 0) partitions.delete(partition);
      }
  }

  #newRdd({ rddId, storageLevel }: BlockUpdated): CachedRdd {
    const operator = this.#operators.get(rddId);
    const name = operator?.name ?? (operator && operatorName(operator)) ?? `RDD ${rddId}`;
    const numPartitions = operator?.numPartitions;
    return { rddId, name, storageLevel, numPartitions, partitions: new Map() };
  }
}

function operatorName({ callSite: { method, file, line } }: StageOperator): string {
  return `${method} at ${file}:${line}`;
}
