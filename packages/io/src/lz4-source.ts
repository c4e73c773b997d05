import type { XXHash } from 'xxhash-wasm';
import type { ByteSource } from './byte-source.js';
import { lz4, xxhash } from './frame-codec.js';
import { FrameInput } from './frame-input.js';
import { PieceSource } from './piece-source.js';

const FRAME_MAGIC = 0x184d2204;
const SKIPPABLE_MAGIC = 0x184d2a50;
/** Matches of a linked block reach so far back into the blocks before it. */
const WINDOW_BYTES = 64 * 1024;

/** What the descriptor of a frame says. */
interface Frame {
  readonly isLinked: boolean;
  readonly hasBlockChecksums: boolean;
  readonly maxBlockBytes: number;
  readonly checksum: XXHash<number> | undefined;
  /** The end of what was decompressed, for linked blocks. */
  window: Buffer;
}

/**
 * The decompressed bytes of a file in the LZ4 frame format, a block at a time (the library takes
 * whole files only). Frames that follow one another are read as one, skippable ones left out.
 * Source: the LZ4 Frame Format Description, version 1.6.
 *
 * Every fault of the data is a FiresteelError CORRUPT_INPUT with the offset in the file.
 */
export class Lz4Source extends PieceSource {
  readonly #input: FrameInput;
  #frame: Frame | undefined;
  #frames = 0;

  constructor(source: ByteSource) {
    super(source);
    this.#input = new FrameInput(source, 'LZ4');
  }

  protected nextPiece(): Uint8Array | null {
    this.#frame ??= this.#nextFrame();
    return this.#frame === undefined ? null : this.#nextBlock(this.#frame);
  }

  #nextFrame(): Frame | undefined {
    const input = this.#input;
    for (;;) {
      if (this.#frames > 0 && input.isAtEnd()) return undefined;
      const magic = input.take(4).readUInt32LE(0);
      const isSkippable = (magic & ~15) === SKIPPABLE_MAGIC;
      if (!isSkippable && magic !== FRAME_MAGIC)
        throw input.corrupt(
          this.#frames === 0
            ? 'it does not begin like an LZ4 frame; if it is not compressed, give it a name without .lz4'
            : 'after the end of the compressed data comes something that is not LZ4',
        );
      this.#frames++;
      if (!isSkippable) return this.#readDescriptor();
      input.skip(input.take(4).readUInt32LE(0));
    }
  }

  #readDescriptor(): Frame {
    const input = this.#input;
    const [flags, sizes] = input.take(2) as unknown as [number, number];
    if (flags >> 6 !== 1 || (flags & 3) !== 0)
      throw input.corrupt('the LZ4 frame has an unknown version, or needs a dictionary');
    const contentSize = (flags & 8) === 0 ? Buffer.alloc(0) : Buffer.from(input.take(8));
    const expected = input.take(1)[0];
    const descriptor = Buffer.concat([Buffer.of(flags, sizes), contentSize]);
    if (((xxhash().h32Raw(descriptor) >>> 8) & 255) !== expected)
      throw input.corrupt('the checksum of the LZ4 frame header is wrong');
    return {
      isLinked: (flags & 32) === 0,
      hasBlockChecksums: (flags & 16) !== 0,
      maxBlockBytes: 1 << (8 + 2 * ((sizes >> 4) & 7)),
      checksum: (flags & 4) === 0 ? undefined : xxhash().create32(),
      window: Buffer.alloc(0),
    };
  }

  #nextBlock(frame: Frame): Uint8Array {
    const input = this.#input;
    const word = input.take(4).readUInt32LE(0);
    if (word === 0) {
      if (frame.checksum && frame.checksum.digest() >>> 0 !== input.take(4).readUInt32LE(0))
        throw input.corrupt('the checksum of the data is wrong');
      this.#frame = undefined;
      return new Uint8Array(0);
    }
    const isStored = word >>> 31 === 1;
    const size = word & 0x7fffffff;
    if (size > frame.maxBlockBytes) throw input.corrupt('a block is larger than it may be');
    const data = Buffer.from(input.take(size));
    if (frame.hasBlockChecksums && xxhash().h32Raw(data) >>> 0 !== input.take(4).readUInt32LE(0))
      throw input.corrupt('the checksum of a block is wrong');
    const block = isStored ? data : this.#decompress(data, frame);
    frame.checksum?.update(block);
    if (frame.isLinked) frame.window = Buffer.concat([frame.window, block]).subarray(-WINDOW_BYTES);
    return block;
  }

  #decompress(data: Buffer, frame: Frame): Buffer {
    // The library wants the size in front, as an upper bound.
    const sized = Buffer.allocUnsafe(data.length + 4);
    sized.writeUInt32LE(frame.maxBlockBytes, 0);
    data.copy(sized, 4);
    try {
      return lz4().uncompressSync(sized, frame.isLinked ? frame.window : undefined);
    } catch {
      throw this.#input.corrupt('a block cannot be decompressed');
    }
  }
}
