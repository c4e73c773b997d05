import { FiresteelError } from '@firesteel/common';

/** One record of a stream: its length in decimal, a newline, the payload. */
export function encodeRecord(payload: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`${payload.byteLength}\n`, 'latin1'), payload]);
}

const newline = 0x0a;
const zero = 0x30;

/** More digits than any length below {@link Number.MAX_SAFE_INTEGER} has. */
const maxLengthDigits = 15;

/**
 * Cuts a stream into records, wherever its chunks begin and end. After an error the stream cannot
 * be read further: no boundary is known any more.
 */
export class RecordDecoder {
  readonly #maxRecordBytes: number;
  /** Of the record being read: its payload and how much of it is there; undefined in a length line. */
  #payload: Buffer | undefined;
  #filled = 0;
  #length = 0;
  #lengthDigits = 0;
  #failed = false;

  /** @param maxRecordBytes longer records are refused before memory is taken for them */
  constructor(maxRecordBytes = 256 * 1024 * 1024) {
    this.#maxRecordBytes = maxRecordBytes;
  }

  /**
   * The records that end in this chunk. They are copies and stay valid.
   * @throws MESOS_STREAM_CORRUPT for a length line that is no number or exceeds the limit
   */
  push(chunk: Uint8Array): Buffer[] {
    if (this.#failed) throw corrupt('it was given up before');
    const records: Buffer[] = [];
    let at = 0;
    while (at < chunk.byteLength) {
      if (this.#payload === undefined) this.#readLengthByte(chunk[at++]!);
      else {
        const part = chunk.subarray(at, at + this.#payload.byteLength - this.#filled);
        this.#payload.set(part, this.#filled);
        this.#filled += part.byteLength;
        at += part.byteLength;
      }
      const payload: Buffer | undefined = this.#payload;
      if (payload !== undefined && this.#filled === payload.byteLength) {
        records.push(payload);
        this.#payload = undefined;
        this.#filled = 0;
      }
    }
    return records;
  }

  /** To be called at the end of the stream; throws MESOS_STREAM_CORRUPT inside a record. */
  end(): void {
    if (this.#payload !== undefined || this.#lengthDigits > 0) {
      throw this.#fail('it ends inside a record');
    }
  }

  #readLengthByte(byte: number): void {
    if (byte === newline && this.#lengthDigits > 0) {
      this.#payload = Buffer.alloc(this.#length);
      this.#length = 0;
      this.#lengthDigits = 0;
      return;
    }
    const digit = byte - zero;
    if (digit < 0 || digit > 9 || this.#lengthDigits === maxLengthDigits) {
      throw this.#fail('the length of a record is not a decimal number');
    }
    this.#length = this.#length * 10 + digit;
    this.#lengthDigits++;
    if (this.#length > this.#maxRecordBytes) {
      throw this.#fail(`a record is longer than ${this.#maxRecordBytes} bytes`);
    }
  }

  #fail(why: string): FiresteelError {
    this.#failed = true;
    return corrupt(why);
  }
}

function corrupt(why: string): FiresteelError {
  return new FiresteelError('MESOS_STREAM_CORRUPT', `The RecordIO stream is corrupt: ${why}.`);
}
