import type { AdoptBlocks, BlockUpdate } from '@firesteel/plan';
import type { ExecutorHandle } from './executor-handle.js';

/**
 * Copies of cached partitions whose level wants several. An executor that has stored such a
 * partition goes on at once; another one then copies it from its block server. What is lost later
 * is not copied again before it is next stored, as in Spark without
 * `spark.storage.replication.proactive`.
 */
export class Replication {
  /** By RDD and partition: who holds it, or is about to. */
  readonly #holders = new Map<number, Map<number, Set<ExecutorHandle>>>();
  /** Spreads copies over executors that are equally good. */
  #turn = 0;

  /** @param timeoutMs how long an executor may take for one copy */
  constructor(private readonly timeoutMs: number) {}

  /** Follows what an executor tells of a block, and has it copied to one of `executors`. */
  note(update: BlockUpdate, at: ExecutorHandle, executors: Iterable<ExecutorHandle>): void {
    const { rddId, partition, level, scope, isStored } = update;
    if (level.replication === 1 || scope !== 'executor') return;
    if (!isStored) {
      this.#holders.get(rddId)?.get(partition)?.delete(at);
      return;
    }
    const holders = this.#holdersOf(rddId, partition);
    holders.add(at);
    while (holders.size < level.replication) {
      const peer = this.#choose(holders, executors);
      if (peer === undefined) return;
      holders.add(peer);
      void this.#copy(update, at, peer);
    }
  }

  forgetExecutor(executor: ExecutorHandle): void {
    for (const partitions of this.#holders.values())
      for (const holders of partitions.values()) holders.delete(executor);
  }

  forgetRdd(rddId: number): void {
    this.#holders.delete(rddId);
  }

  async #copy(
    { rddId, partition, level }: BlockUpdate,
    from: ExecutorHandle,
    to: ExecutorHandle,
  ): Promise<void> {
    const adopt: AdoptBlocks = {
      kind: 'adopt',
      from: { executorId: from.id, host: from.host, port: from.port },
      outputs: [],
      cached: [{ rddId, partition, level: level.name }],
    };
    const holders = this.#holdersOf(rddId, partition);
    const { connection } = to;
    try {
      await connection.request(adopt, { timeoutMs: this.timeoutMs });
      // Unpersisted meanwhile: the copy may have come after the word to remove it.
      if (this.#holders.get(rddId)?.get(partition) !== holders)
        connection.send([{ kind: 'remove', what: 'cachedRdd', id: rddId }]);
    } catch {
      // One copy less is no failure: what is lost is computed again.
      holders.delete(to);
    }
  }

  /** Another host survives what one host does not. */
  #choose(
    holders: ReadonlySet<ExecutorHandle>,
    executors: Iterable<ExecutorHandle>,
  ): ExecutorHandle | undefined {
    const free = [...executors].filter((one) => !one.isLeaving && !holders.has(one));
    const hosts = new Set([...holders].map(({ host }) => host));
    const elsewhere = free.filter(({ host }) => !hosts.has(host));
    const best = elsewhere.length > 0 ? elsewhere : free;
    return best.length === 0 ? undefined : best[this.#turn++ % best.length];
  }

  #holdersOf(rddId: number, partition: number): Set<ExecutorHandle> {
    let partitions = this.#holders.get(rddId);
    if (partitions === undefined) {
      partitions = new Map();
      this.#holders.set(rddId, partitions);
    }
    let holders = partitions.get(partition);
    if (holders === undefined) {
      holders = new Set();
      partitions.set(partition, holders);
    }
    return holders;
  }
}
