/**
 * Jute, the encoding of ZooKeeper (zookeeper: zookeeper-jute, BinaryOutputArchive): big-endian
 * numbers; texts, byte arrays and lists behind their length, which is -1 for none.
 */
export class JuteWriter {
  readonly #parts: Buffer[] = [];

  int(value: number): this {
    const part = Buffer.alloc(4);
    part.writeInt32BE(value);
    return this.#add(part);
  }

  long(value: bigint): this {
    const part = Buffer.alloc(8);
    part.writeBigInt64BE(value);
    return this.#add(part);
  }

  boolean(value: boolean): this {
    return this.#add(Buffer.of(value ? 1 : 0));
  }

  bytes(value: Uint8Array): this {
    return this.int(value.length).#add(Buffer.from(value));
  }

  text(value: string): this {
    return this.bytes(Buffer.from(value));
  }

  texts(values: readonly string[]): this {
    this.int(values.length);
    for (const value of values) this.text(value);
    return this;
  }

  /** Goes on with what another one has written. */
  append(other: JuteWriter): this {
    this.#parts.push(...other.#parts);
    return this;
  }

  /** All that was written, behind its length: one message of ZooKeeper's stream. */
  toFrame(): Buffer {
    const length = Buffer.alloc(4);
    length.writeInt32BE(this.#parts.reduce((total, part) => total + part.length, 0));
    return Buffer.concat([length, ...this.#parts]);
  }

  #add(part: Buffer): this {
    this.#parts.push(part);
    return this;
  }
}

/** Reads what {@link JuteWriter} writes. Throws RangeError where the bytes end too early. */
export class JuteReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  int(): number {
    this.#at += 4;
    return this.#bytes.readInt32BE(this.#at - 4);
  }

  long(): bigint {
    this.#at += 8;
    return this.#bytes.readBigInt64BE(this.#at - 8);
  }

  boolean(): boolean {
    this.#at += 1;
    return this.#bytes.readUInt8(this.#at - 1) !== 0;
  }

  bytes(): Buffer {
    const length = Math.max(0, this.int());
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new RangeError(`${length} bytes are announced, not there`);
    const value = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return value;
  }

  text(): string {
    return this.bytes().toString();
  }

  texts(): readonly string[] {
    const count = Math.max(0, this.int());
    const values: string[] = [];
    for (let i = 0; i < count; i++) values.push(this.text());
    return values;
  }
}

/** Longer messages than a server sends by default (its `jute.maxbuffer`) are no messages. */
const MAX_FRAME_BYTES = 4 * 1024 ** 2;

/** Cuts a stream into messages, wherever its chunks begin and end. */
export class JuteFrames {
  #rest: Buffer = Buffer.alloc(0);

  /** The messages that are complete with this chunk. Throws RangeError for an impossible length. */
  push(chunk: Uint8Array): readonly JuteReader[] {
    const frames: JuteReader[] = [];
    let rest = Buffer.concat([this.#rest, chunk]);
    while (rest.length >= 4) {
      const length = rest.readInt32BE();
      if (length < 0 || length > MAX_FRAME_BYTES)
        throw new RangeError(`a message of ${length} bytes`);
      if (rest.length < 4 + length) break;
      frames.push(new JuteReader(rest.subarray(4, 4 + length)));
      rest = rest.subarray(4 + length);
    }
    this.#rest = rest;
    return frames;
  }
}
