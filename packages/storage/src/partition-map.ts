/** A value for each of some partitions of some RDDs. */
export class PartitionMap<T> {
  private readonly rdds = new Map<number, Map<number, T>>();

  get(rddId: number, partition: number): T | undefined {
    return this.rdds.get(rddId)?.get(partition);
  }

  set(rddId: number, partition: number, value: T): void {
    let partitions = this.rdds.get(rddId);
    if (partitions === undefined) {
      partitions = new Map();
      this.rdds.set(rddId, partitions);
    }
    partitions.set(partition, value);
  }

  delete(rddId: number, partition: number): T | undefined {
    const partitions = this.rdds.get(rddId);
    const value = partitions?.get(partition);
    partitions?.delete(partition);
    if (partitions?.size === 0) this.rdds.delete(rddId);
    return value;
  }

  partitionsOf(rddId: number): number[] {
    return [...(this.rdds.get(rddId)?.keys() ?? [])];
  }

  entries(): [rddId: number, partition: number, value: T][] {
    return [...this.rdds].flatMap(([rddId, partitions]) =>
      [...partitions].map(([partition, value]): [number, number, T] => [rddId, partition, value]),
    );
  }

  clear(): void {
    this.rdds.clear();
  }
}
