import { type BlockWriter, Float64ColumnBuilder, pairBlockOf } from '@firesteel/codec';

/** Pairs of numbers on their way into a block, in their order. */
export class NumberPairs implements BlockWriter {
  private readonly keys = new Float64ColumnBuilder();
  private readonly values = new Float64ColumnBuilder();

  get rowCount(): number {
    return this.keys.length;
  }

  append(key: number, value: number): void {
    this.keys.append(key);
    this.values.append(value);
  }

  /** Bytes held. */
  get memoryBytes(): number {
    return this.keys.memoryBytes + this.values.memoryBytes;
  }

  sizeBytes(): number {
    return pairBlockOf(this.rowCount, this.keys, this.values).sizeBytes();
  }

  writeTo(target: Uint8Array, byteOffset: number): number {
    return pairBlockOf(this.rowCount, this.keys, this.values).writeTo(target, byteOffset);
  }
}
