import {
  type BlockWriter,
  Float64ColumnBuilder,
  pairBlockOf,
  StringColumnBuilder,
} from '@firesteel/codec';

/** Pairs of strings and numbers on their way into a block. */
export class StringPairs implements BlockWriter {
  private readonly keys = new StringColumnBuilder();
  private readonly values = new Float64ColumnBuilder();

  get rowCount(): number {
    return this.keys.length;
  }

  append(key: string, value: number): void {
    this.keys.append(key);
    this.values.append(value);
  }

  appendLatin1(bytes: Uint8Array, start: number, length: number, value: number): void {
    this.keys.appendLatin1(bytes, start, length);
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
