import { frameCodec, lz4 } from './frame-codec.js';

/** How blocks are compressed one by one on local disks and between hosts. */
export type BlockCompression = 'none' | 'lz4' | 'zstd';

/**
 * Compresses single blocks whose sizes and checksums are kept elsewhere. `loadCompression` must
 * have been called for `zstd`.
 */
interface BlockCodec {
  compress(bytes: Uint8Array): Uint8Array;
  /** Throws whatever the library does for damaged blocks. */
  decompress(stored: Uint8Array): Uint8Array;
}

const codecs: Readonly<Record<BlockCompression, BlockCodec>> = {
  none: { compress: (bytes) => bytes, decompress: (stored) => stored },
  // A block of LZ4 behind its decompressed size as uint32.
  lz4: {
    compress: (bytes) => lz4().compressSync(asBuffer(bytes)),
    decompress: (stored) => lz4().uncompressSync(stored),
  },
  zstd: frameCodec('zstd'),
};

export function blockCodec(compression: BlockCompression): BlockCodec {
  return codecs[compression];
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.length);
}
