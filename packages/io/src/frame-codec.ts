import { createRequire } from 'node:module';
import { gunzipSync, gzipSync } from 'node:zlib';
import { FiresteelError } from '@firesteel/common';
import type { Compression } from '@firesteel/plan';
import type { XXHashAPI } from 'xxhash-wasm';

const require = createRequire(import.meta.url);

/**
 * Compresses whole buffers to frames (gzip members, LZ4 frames, Zstandard frames) with a checksum.
 * All three formats define a file of several frames to be their contents one after the other.
 */
interface FrameCodec {
  compress(bytes: Uint8Array): Uint8Array;
  /** The content of one frame. Throws whatever the library does for damaged ones. */
  decompress(frame: Uint8Array): Uint8Array;
}

let hashes: XXHashAPI | undefined;
let zstd: typeof import('@bokuweb/zstd-wasm') | undefined;
const loading = new Map<Compression, Promise<void>>();

/**
 * Makes a compression usable in this thread. Libraries of WebAssembly begin asynchronously, once;
 * afterwards all is synchronous. Undefined when there is nothing to wait for.
 */
export function loadCompression(compression: Compression): Promise<void> | undefined {
  if (compression === 'none' || compression === 'gzip') return undefined;
  if (compression === 'zstd' ? zstd !== undefined : hashes !== undefined) return undefined;
  let loaded = loading.get(compression);
  if (loaded === undefined) {
    loaded = compression === 'zstd' ? loadZstd() : loadHashes();
    loading.set(compression, loaded);
  }
  return loaded;
}

async function loadHashes(): Promise<void> {
  const { default: create } = await import('xxhash-wasm');
  hashes ??= await create();
}

async function loadZstd(): Promise<void> {
  const library = await import('@bokuweb/zstd-wasm');
  await Promise.all([library.init(), loadHashes()]);
  zstd = library;
}

/** The hash functions of LZ4 and Zstandard frames. */
export function xxhash(): XXHashAPI {
  if (hashes === undefined) throw notLoaded('xxhash');
  return hashes;
}

const codecs: Readonly<Record<Exclude<Compression, 'none'>, FrameCodec>> = {
  gzip: { compress: (bytes) => gzipSync(bytes), decompress: (frame) => gunzipSync(frame) },
  lz4: {
    compress: (bytes) => lz4().compressFrameSync(asBuffer(bytes), { contentChecksum: true }),
    decompress: (frame) => lz4().decompressFrameSync(asBuffer(frame)),
  },
  zstd: {
    compress: (bytes) => withChecksum(zstdLibrary().compress(asBuffer(bytes), 3), bytes),
    decompress: (frame) => zstdLibrary().decompress(asBuffer(frame)),
  },
};

export function frameCodec(compression: Exclude<Compression, 'none'>): FrameCodec {
  return codecs[compression];
}

/** Native code, loaded for the first such file. */
export function lz4(): typeof import('lz4-napi') {
  return require('lz4-napi') as typeof import('lz4-napi');
}

function zstdLibrary(): typeof import('@bokuweb/zstd-wasm') {
  if (zstd === undefined) throw notLoaded('zstd');
  return zstd;
}

/**
 * The library writes Zstandard frames without their checksum: it is the low half of the XXH64 of
 * the content behind the frame, announced by bit 2 of the descriptor (RFC 8878, section 3.1.1).
 */
function withChecksum(frame: Uint8Array, content: Uint8Array): Uint8Array {
  const checked = Buffer.allocUnsafe(frame.length + 4);
  checked.set(frame);
  checked[4] = (checked[4] as number) | 4;
  checked.writeUInt32LE(Number(xxhash().h64Raw(content) & 0xffffffffn), frame.length);
  return checked;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.length);
}

function notLoaded(what: string): FiresteelError {
  return new FiresteelError('INTERNAL', `${what} was used before loadCompression.`);
}
