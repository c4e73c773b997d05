import type { Compression } from '@firesteel/plan';
import type { ByteSource } from './byte-source.js';
import { fileSystemOf } from './file-systems.js';
import { GunzipSource } from './gunzip-source.js';
import { Lz4Source } from './lz4-source.js';
import { ZstdSource } from './zstd-source.js';

/**
 * The decompressed bytes of a file; after `loadCompression`.
 *
 * @param position where to begin, for files that are not compressed
 * @throws FiresteelError PATH_NOT_FOUND or PATH_NOT_READABLE
 */
export function openBytes(path: string, compression: Compression, position = 0): ByteSource {
  const file = fileSystemOf(path).open(path, compression === 'none' ? position : 0);
  switch (compression) {
    case 'none':
      return file;
    case 'gzip':
      return new GunzipSource(file);
    case 'lz4':
      return new Lz4Source(file);
    case 'zstd':
      return new ZstdSource(file);
  }
}

/** All bytes of a source, which is closed then. */
export function readAll(source: ByteSource): Buffer {
  const pieces: Buffer[] = [];
  try {
    for (let size = 64 * 1024; ; size = Math.min(size * 2, 8 * 1024 * 1024)) {
      const piece = Buffer.allocUnsafeSlow(size);
      let filled = 0;
      while (filled < size) {
        const count = source.read(piece, filled, size - filled);
        if (count === 0) return Buffer.concat([...pieces, piece.subarray(0, filled)]);
        filled += count;
      }
      pieces.push(piece);
    }
  } finally {
    source.close();
  }
}
