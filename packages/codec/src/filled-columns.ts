import { ALL_LATIN1, align8, ColumnKind, NARROW_LENGTHS } from './block-format.js';
import { ColumnData, type ColumnWriter } from './column-writer.js';

/**
 * A column of `length` int32 values (none of them -0) that `fill` writes into the block itself:
 * rows that wait in some other order in typed memory are copied once, on their way into the block.
 */
export function filledInt32Column(
  length: number,
  fill: (target: Int32Array) => void,
): ColumnWriter {
  return new FilledColumn(
    ColumnKind.Int32,
    length,
    0,
    0,
    align8(length * 4),
    ({ buffer, byteOffset }, offset) => {
      fill(new Int32Array(buffer, byteOffset + offset, length));
    },
  );
}

/** The same for doubles. */
export function filledFloat64Column(
  length: number,
  fill: (target: Float64Array) => void,
): ColumnWriter {
  return new FilledColumn(
    ColumnKind.Float64,
    length,
    0,
    0,
    length * 8,
    ({ buffer, byteOffset }, offset) => {
      fill(new Float64Array(buffer, byteOffset + offset, length));
    },
  );
}

/**
 * The same for strings of latin1 characters, at most 127 of them each if `areShort`.
 *
 * @param byteCount of all strings together
 * @param fill writes the length of each string, and the bytes of one after the other
 */
export function filledLatin1Column(
  length: number,
  byteCount: number,
  fill: (lengths: Int8Array | Int32Array, bytes: Uint8Array) => void,
  areShort = true,
): ColumnWriter {
  const lengthBytes = align8(areShort ? length : 4 * length);
  return new FilledColumn(
    ColumnKind.String,
    length,
    ALL_LATIN1 | (areShort ? NARROW_LENGTHS : 0),
    byteCount,
    lengthBytes + align8(byteCount),
    ({ buffer, byteOffset }, offset) => {
      const start = byteOffset + offset;
      fill(
        areShort ? new Int8Array(buffer, start, length) : new Int32Array(buffer, start, length),
        new Uint8Array(buffer, start + lengthBytes, byteCount),
      );
    },
  );
}

/** Padding is left as it is: blocks are written once, into fresh memory. */
class FilledColumn extends ColumnData {
  constructor(
    override readonly kind: ColumnKind,
    override readonly length: number,
    private readonly variantBits: number,
    private readonly extraField: number,
    private readonly size: number,
    private readonly write: (target: Uint8Array, byteOffset: number) => void,
  ) {
    super();
  }

  override variant(): number {
    return this.variantBits;
  }

  override extra(): number {
    return this.extraField;
  }

  override dataBytes(): number {
    return this.size;
  }

  override writeData(target: Uint8Array, byteOffset: number): void {
    this.write(target, byteOffset);
  }
}
