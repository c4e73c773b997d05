import { ObjectFileReader, openFiles, type ReadableFormat } from '@firesteel/io';
import type { BadLineHandler, FileFormat, FilePart, Slot, Split } from '@firesteel/plan';
import { type Chunk, chunksOf } from '@firesteel/shuffle';
import { type ChunkSource, sourceOf } from './chunk-source.js';
import type { RunningTask } from './running-task.js';

/** The rows of a split of input files. */
export function filesSource(
  format: FileFormat<Slot>,
  split: Split,
  task: RunningTask,
): ChunkSource {
  if (split.kind !== 'files') throw new TypeError(`a ${split.kind} split holds no files`);
  return format.kind === 'objects'
    ? sourceOf(objectChunks(split.parts, task))
    : rowsSource(readableFormat(format, task), split.parts, task);
}

function readableFormat(
  format: Exclude<FileFormat<Slot>, { kind: 'objects' }>,
  { closures }: RunningTask,
): ReadableFormat {
  if (format.kind !== 'jsonLines') return format;
  const { badLines } = format;
  if (typeof badLines !== 'number') return { kind: 'jsonLines', badLines };
  return { kind: 'jsonLines', badLines: closures[badLines] as BadLineHandler };
}

function rowsSource(
  format: ReadableFormat,
  parts: readonly FilePart[],
  { counters }: RunningTask,
): ChunkSource {
  const reader = openFiles(format, parts);
  return {
    next() {
      const rows = reader.readChunk();
      if (rows === null) return null;
      counters.rowsRead += rows.length;
      return { kind: 'rows', rows, from: 0, to: rows.length, lines: reader.lines };
    },
    close() {
      counters.bytesRead += reader.bytesRead;
      reader.close();
    },
  };
}

function* objectChunks(parts: readonly FilePart[], { counters }: RunningTask): Generator<Chunk> {
  for (const part of parts) {
    const reader = new ObjectFileReader(part.path);
    try {
      for (let block = reader.readBlock(part); block !== null; block = reader.readBlock(part)) {
        counters.rowsRead += block.rowCount;
        yield* chunksOf([block]);
      }
    } finally {
      counters.bytesRead += reader.bytesRead;
      reader.close();
    }
  }
}
