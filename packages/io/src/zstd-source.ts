import { createRequire } from 'node:module';
import type { XXHash } from 'xxhash-wasm';
import type { ByteSource } from './byte-source.js';
import { xxhash } from './frame-codec.js';
import { FrameInput } from './frame-input.js';
import { PieceSource } from './piece-source.js';

const require = createRequire(import.meta.url);

const FRAME_MAGIC = 0xfd2fb528;
const SKIPPABLE_MAGIC = 0x184d2a50;
const RLE_BLOCK = 1;

interface Frame {
  readonly decoder: { push(bytes: Uint8Array, final?: boolean): void };
  readonly checksum: XXHash<bigint> | undefined;
}

/**
 * The decompressed bytes of a Zstandard file (RFC 8878), a block at a time. fzstd decodes; frames
 * and blocks are told apart here, to check the checksum of each frame, which fzstd does not.
 * Frames that follow one another are read as one, skippable ones left out.
 *
 * Every fault of the data is a FiresteelError CORRUPT_INPUT with the offset in the file.
 */
export class ZstdSource extends PieceSource {
  readonly #input: FrameInput;
  readonly #fzstd = require('fzstd') as typeof import('fzstd');
  #pieces: Uint8Array[] = [];
  #frame: Frame | undefined;
  #frames = 0;

  constructor(source: ByteSource) {
    super(source);
    this.#input = new FrameInput(source, 'Zstandard');
  }

  protected nextPiece(): Uint8Array | null {
    while (this.#pieces.length === 0) {
      this.#frame ??= this.#nextFrame();
      if (this.#frame === undefined) return null;
      this.#readBlock(this.#frame);
    }
    return this.#pieces.shift() as Uint8Array;
  }

  #nextFrame(): Frame | undefined {
    const input = this.#input;
    for (;;) {
      if (this.#frames > 0 && input.isAtEnd()) return undefined;
      const magic = Buffer.from(input.take(4));
      const isSkippable = (magic.readUInt32LE(0) & ~15) >>> 0 === SKIPPABLE_MAGIC;
      if (!isSkippable && magic.readUInt32LE(0) !== FRAME_MAGIC)
        throw input.corrupt(
          this.#frames === 0
            ? 'it does not begin like a Zstandard frame; if it is not compressed, give it a name without .zst'
            : 'after the end of the compressed data comes something that is not Zstandard',
        );
      this.#frames++;
      if (!isSkippable) return this.#beginFrame(magic);
      input.skip(input.take(4).readUInt32LE(0));
    }
  }

  #beginFrame(magic: Buffer): Frame {
    const descriptor = this.#input.take(1)[0] as number;
    const isSingleSegment = (descriptor & 32) !== 0;
    const windowBytes = isSingleSegment ? 0 : 1;
    const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] as number;
    const sizeBytes = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] as number;
    const rest = Buffer.from(this.#input.take(windowBytes + dictionaryBytes + sizeBytes));
    const checksum = (descriptor & 4) === 0 ? undefined : xxhash().create64();
    const frame: Frame = {
      checksum,
      decoder: new this.#fzstd.Decompress((bytes) => {
        if (bytes.length === 0) return;
        checksum?.update(bytes);
        this.#pieces.push(bytes);
      }),
    };
    this.#push(frame, Buffer.concat([magic, Buffer.of(descriptor), rest]), false);
    return frame;
  }

  #readBlock(frame: Frame): void {
    const input = this.#input;
    const header = Buffer.from(input.take(3));
    const word = header.readUIntLE(0, 3);
    const isLast = (word & 1) === 1;
    const size = ((word >> 1) & 3) === RLE_BLOCK ? 1 : word >> 3;
    const data = Buffer.from(input.take(size));
    const stored = isLast && frame.checksum ? Buffer.from(input.take(4)) : Buffer.alloc(0);
    this.#push(frame, Buffer.concat([header, data, stored]), isLast);
    if (!isLast) return;
    if (frame.checksum && Number(frame.checksum.digest() & 0xffffffffn) !== stored.readUInt32LE(0))
      throw input.corrupt('the checksum of the data is wrong');
    this.#frame = undefined;
  }

  #push({ decoder }: Frame, bytes: Buffer, final: boolean): void {
    try {
      decoder.push(bytes, final);
    } catch (error) {
      throw this.#input.corrupt(`a block cannot be decompressed (${(error as Error).message})`);
    }
  }
}
