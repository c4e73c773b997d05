import { createHmac, timingSafeEqual } from 'node:crypto';

/** Length as uint32, then the tag; both little-endian where that matters. */
const LENGTH_BYTES = 4;
const TAG_BYTES = 16;
export const FRAME_HEADER_BYTES = LENGTH_BYTES + TAG_BYTES;

/** A peer broke the protocol; the connection cannot go on. */
export class ProtocolError extends Error {}

/**
 * Tags the frames of one direction of a connection: HMAC-SHA-256, cut to 16 bytes, over the number
 * of the frame and its content. A frame that was changed, repeated, left out or moved is noticed.
 */
class FrameTagger {
  readonly #key: Uint8Array;
  readonly #prefix = new DataView(new ArrayBuffer(8 + LENGTH_BYTES));
  #frames = 0n;

  constructor(key: Uint8Array) {
    this.#key = key;
  }

  next(parts: readonly Uint8Array[], length: number): Buffer {
    this.#prefix.setBigUint64(0, this.#frames++, true);
    this.#prefix.setUint32(8, length, true);
    const hmac = createHmac('sha256', this.#key).update(this.#prefix);
    for (const part of parts) hmac.update(part);
    return hmac.digest().subarray(0, TAG_BYTES);
  }
}

/** Makes frames of payloads. */
export class FrameWriter {
  readonly #tagger: FrameTagger;

  constructor(key: Uint8Array) {
    this.#tagger = new FrameTagger(key);
  }

  /** What stands before the payload on the wire. */
  header(payload: readonly Uint8Array[]): Buffer {
    const length = payload.reduce((sum, part) => sum + part.length, 0);
    const header = Buffer.alloc(FRAME_HEADER_BYTES);
    header.writeUInt32LE(length, 0);
    header.set(this.#tagger.next(payload, length), LENGTH_BYTES);
    return header;
  }
}

/** Cuts a stream of bytes into frames. It never holds more than one frame and one chunk. */
export class FrameReader {
  readonly #tagger: FrameTagger;
  readonly #maxPayloadBytes: number;
  #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(key: Uint8Array, maxPayloadBytes: number) {
    this.#tagger = new FrameTagger(key);
    this.#maxPayloadBytes = maxPayloadBytes;
  }

  /**
   * The payloads that this chunk completes.
   * @throws ProtocolError for a frame that is too long or has a wrong tag
   */
  *push(chunk: Buffer): Generator<Buffer> {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    while (this.#bytes >= FRAME_HEADER_BYTES) {
      const length = this.#peek(LENGTH_BYTES).readUInt32LE(0);
      if (length > this.#maxPayloadBytes)
        throw new ProtocolError(`a frame of ${length} bytes exceeds the limit`);
      if (this.#bytes < FRAME_HEADER_BYTES + length) return;
      const frame = this.#take(FRAME_HEADER_BYTES + length);
      const payload = frame.subarray(FRAME_HEADER_BYTES);
      const tag = frame.subarray(LENGTH_BYTES, FRAME_HEADER_BYTES);
      if (!timingSafeEqual(tag, this.#tagger.next([payload], length)))
        throw new ProtocolError('a frame was changed on its way');
      yield payload;
    }
  }

  /** The first bytes, as one piece. */
  #peek(length: number): Buffer {
    const [first] = this.#chunks;
    if (first !== undefined && first.length >= length) return first;
    this.#chunks = [Buffer.concat(this.#chunks, this.#bytes)];
    return this.#chunks[0] as Buffer;
  }

  #take(length: number): Buffer {
    const all = this.#peek(length);
    this.#bytes -= length;
    const rest = all.subarray(length);
    if (rest.length === 0) this.#chunks.shift();
    else this.#chunks[0] = rest;
    return all.subarray(0, length);
  }
}
