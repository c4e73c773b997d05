import type { MapOutput } from '@firesteel/plan';
import { framesInFile, framesInMemory, type InputFrame } from './files/input-frame.js';
import type { OpenFiles } from './files/open-files.js';
import type { PieceRange } from './transfer/block-request.js';

/** Where a reduce partition lies in an output: bytes `start` … `end - 1`. */
export function rangeOf(
  { offsets }: Pick<MapOutput, 'offsets'>,
  partition: number,
): { readonly start: number; readonly end: number } | undefined {
  const start = offsets[partition];
  const end = offsets[partition + 1];
  return start === undefined || end === undefined ? undefined : { start, end };
}

/** What of a block lies in a range of it: bytes `start` … `end - 1` of what the block is a part of. */
export function pieceOf(
  block: { readonly start: number; readonly end: number },
  { from, maxBytes }: PieceRange,
): { readonly start: number; readonly end: number } {
  const start = Math.min(block.end, block.start + from);
  return { start, end: Math.min(block.end, start + maxBytes) };
}

/** The bytes of a reduce partition in an output that lies in the memory of this process. */
export function localBlock(output: MapOutput, partition: number): Uint8Array | undefined {
  const { location } = output;
  const range = rangeOf(output, partition);
  if (location.kind !== 'memory' || range === undefined) return undefined;
  return new Uint8Array(location.buffer, range.start, range.end - range.start);
}

/** The blocks of a reduce partition in an output that this process has in memory or in a file. */
export function localFrames(
  output: MapOutput,
  partition: number,
  files: OpenFiles,
): Iterable<InputFrame> {
  const { location } = output;
  const range = rangeOf(output, partition);
  if (range === undefined || location.kind === 'executor') return [];
  return location.kind === 'memory'
    ? framesInMemory(localBlock(output, partition) as Uint8Array, false)
    : framesInFile(files, `${location.path}.data`, range.start, range.end);
}
