import type { Compression } from '@firesteel/plan';

/** What the name of a compressed file ends with. */
const suffixes: Readonly<Record<Compression, string>> = {
  none: '',
  gzip: '.gz',
  lz4: '.lz4',
  zstd: '.zst',
};

export function suffixOf(compression: Compression): string {
  return suffixes[compression];
}

/** How a file is compressed, by its name in any case. */
export function compressionOfName(path: string): Compression {
  const suffix = /\.(gz|lz4|zst)$/i.exec(path)?.[0].toLowerCase();
  const found = Object.entries(suffixes).find(([, candidate]) => candidate === suffix);
  return found === undefined ? 'none' : (found[0] as Compression);
}
