import type { PlanNode, StorageLevel } from '@firesteel/plan';
import type { RDD } from './rdd.js';
import { SharedVariables } from './shared-variables.js';

/** How a persisted RDD is stored at the moment. */
export interface RDDStorageInfo {
  readonly rddId: number;
  readonly name: string | undefined;
  readonly storageLevel: StorageLevel;
  /** Partitions that are in memory or on disk. */
  readonly cachedPartitions: number;
  /** Exact for columns and encoded rows, an estimate for live ones. */
  readonly memoryBytes: number;
  readonly diskBytes: number;
}

/** The RDDs of a context that are persisted. */
export abstract class PersistentRDDs extends SharedVariables {
  readonly #persistent = new Map<
    number,
    { readonly rdd: WeakRef<RDD<unknown>>; readonly node: WeakRef<PlanNode> }
  >();

  /** The RDDs that are persisted, by id, in the order in which they were. */
  getPersistentRDDs(): Map<number, RDD<unknown>> {
    const found = new Map<number, RDD<unknown>>();
    for (const [id, { rdd, node }] of this.#persistent) {
      const alive = node.deref();
      // RDDs that are made of it may keep a node of which no RDD is left.
      if (alive === undefined) this.#persistent.delete(id);
      else found.set(id, rdd.deref() ?? this.rddOf(alive));
    }
    return found;
  }

  /** What is stored of each persisted RDD. */
  getRDDStorageInfo(): RDDStorageInfo[] {
    return [...this.getPersistentRDDs().values()].map((rdd) => ({
      rddId: rdd.id,
      name: rdd.name,
      storageLevel: rdd.storageLevel,
      ...this.engine.storageStatus(rdd.node),
    }));
  }

  /** What `persist` does. */
  persistRDD(rdd: RDD<unknown>, level: StorageLevel): void {
    this.#persistent.set(rdd.id, { rdd: new WeakRef(rdd), node: new WeakRef(rdd.node) });
    this.engine.persist(rdd.node, level);
  }

  /** What `unpersist` does. */
  unpersistRDD(node: PlanNode): void {
    this.#persistent.delete(node.id);
    this.engine.unpersist(node);
  }

  protected abstract rddOf(node: PlanNode): RDD<unknown>;
}
