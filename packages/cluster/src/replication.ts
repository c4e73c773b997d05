import type { AdoptBlocks, BlockUpdate } from '@firesteel/plan';
import type { ExecutorHandle } from './executor-handle.js';

/** Where a partition is. */
interface Copies {
  readonly holders: Set<ExecutorHandle>;
  /** Those that were told to copy it, and may not be able to. */
  readonly coming: Set<ExecutorHandle>;
}

/**
 * Copies of cached partitions whose level wants several. An executor that has stored such a
 * partition goes on at once; another one then copies it from its block server. What is lost later
 * is not copied again before it is next stored, as in Spark without
 * `spark.storage.replication.proactive`.
 */
export class Replication {
  /** By RDD and partition. */
  readonly #copies = new Map<number, Map<number, Copies>>();
  /** When the last copy of each receiver is over: each makes one after the other. */
  readonly #turns = new WeakMap<ExecutorHandle, Promise<void>>();
  /** Spreads copies over executors that are equally good. */
  #next = 0;

  /** @param timeoutMs how long an executor may take for one copy */
  constructor(private readonly timeoutMs: number) {}

  /** Follows what an executor tells of a block, and has it copied to some of `executors`. */
  note(update: BlockUpdate, at: ExecutorHandle, executors: Iterable<ExecutorHandle>): void {
    const { rddId, partition, level, scope, isStored } = update;
    if (level.replication === 1 || scope !== 'executor') return;
    if (!isStored) {
      this.#copies.get(rddId)?.get(partition)?.holders.delete(at);
      return;
    }
    const copies = this.#copiesOf(rddId, partition);
    copies.holders.add(at);
    for (;;) {
      const taken = new Set([...copies.holders, ...copies.coming]);
      const peer = taken.size < level.replication ? this.#choose(taken, executors) : undefined;
      if (peer === undefined) return;
      copies.coming.add(peer);
      this.#copy(update, at, peer, copies);
    }
  }

  forgetExecutor(executor: ExecutorHandle): void {
    for (const partitions of this.#copies.values())
      for (const { holders, coming } of partitions.values()) {
        holders.delete(executor);
        coming.delete(executor);
      }
  }

  forgetRdd(rddId: number): void {
    this.#copies.delete(rddId);
  }

  /** The receiver reports what it has stored as it does with blocks of its own. */
  #copy(update: BlockUpdate, from: ExecutorHandle, to: ExecutorHandle, copies: Copies): void {
    const { rddId, partition, level } = update;
    const adopt: AdoptBlocks = {
      kind: 'adopt',
      from: { executorId: from.id, host: from.host, port: from.port },
      outputs: [],
      cached: [{ rddId, partition, level: level.name }],
    };
    const { connection } = to;
    const inTurn = async (): Promise<void> => {
      if (this.#copies.get(rddId)?.get(partition) !== copies) return;
      await connection.request(adopt, { timeoutMs: this.timeoutMs });
      // Unpersisted meanwhile: the copy may have come after the word to remove it.
      if (!this.#copies.has(rddId))
        connection.send([{ kind: 'remove', what: 'cachedRdd', id: rddId }]);
    };
    // One copy less is no failure: what is lost is computed again.
    const over = (this.#turns.get(to) ?? Promise.resolve()).then(inTurn).catch(() => {});
    this.#turns.set(
      to,
      over.then(() => void copies.coming.delete(to)),
    );
  }

  /** Another host survives what one host does not. */
  #choose(
    taken: ReadonlySet<ExecutorHandle>,
    executors: Iterable<ExecutorHandle>,
  ): ExecutorHandle | undefined {
    const free = [...executors].filter((one) => !one.isLeaving && !taken.has(one));
    const hosts = new Set([...taken].map(({ host }) => host));
    const elsewhere = free.filter(({ host }) => !hosts.has(host));
    const best = elsewhere.length > 0 ? elsewhere : free;
    return best.length === 0 ? undefined : best[this.#next++ % best.length];
  }

  #copiesOf(rddId: number, partition: number): Copies {
    let partitions = this.#copies.get(rddId);
    if (partitions === undefined) {
      partitions = new Map();
      this.#copies.set(rddId, partitions);
    }
    let copies = partitions.get(partition);
    if (copies === undefined) {
      copies = { holders: new Set(), coming: new Set() };
      partitions.set(partition, copies);
    }
    return copies;
  }
}
