/**
 * The cached partitions of one executor thread, as live rows: what `cache()` means in Spark
 * (MEMORY_ONLY, deserialised). A later scan costs no decoding.
 */
export class BlockStore {
  private readonly rdds = new Map<number, Map<number, readonly unknown[]>>();

  get(rddId: number, partition: number): readonly unknown[] | undefined {
    return this.rdds.get(rddId)?.get(partition);
  }

  put(rddId: number, partition: number, rows: readonly unknown[]): void {
    let partitions = this.rdds.get(rddId);
    if (partitions === undefined) {
      partitions = new Map();
      this.rdds.set(rddId, partitions);
    }
    partitions.set(partition, rows);
  }

  removeRdd(rddId: number): void {
    this.rdds.delete(rddId);
  }
}
