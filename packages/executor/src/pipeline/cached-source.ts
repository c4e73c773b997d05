import type { SourceProgram } from '@firesteel/plan';
import type { Chunk } from '@firesteel/shuffle';
import { type PartitionWriter, readBlockFile, type StoredRows } from '@firesteel/storage';
import { rowsOf, slices } from './chunk-rows.js';
import { type ChunkSource, sourceOf } from './chunk-source.js';
import { blockChunks } from './columns.js';
import type { PipelineOpener } from './pipeline-opener.js';
import type { RunningTask } from './running-task.js';

type CachedProgram = Extract<SourceProgram, { kind: 'cached' }>;

/**
 * The partition as it is stored, here or with another executor; where it is not, the rows of the
 * input, which are stored.
 */
export function cachedSource(
  program: CachedProgram,
  partition: number,
  task: RunningTask,
  { openChunks }: PipelineOpener,
): ChunkSource {
  const { rddId, level } = program;
  const stored = task.blocks.find(rddId, partition, level);
  const chunks = stored && task.blocks.readable(() => firstChunkRead(storedChunks([stored])));
  if (chunks !== undefined) return sourceOf(chunks);
  const remote = task.remoteBlock(rddId, partition);
  if (remote !== undefined) return sourceOf(blockChunks(remote));
  return new StoringSource(program, partition, task, openChunks(program.input, partition, task));
}

/**
 * Computes the whole partition before its first row goes on, so that it is stored also when the
 * reader does not want all of it. If there is no room for it, the rows so far and then all others
 * are passed on as they come.
 */
class StoringSource implements ChunkSource {
  private readonly writer: PartitionWriter;
  private output: ChunkSource | undefined;
  private isStored = false;

  constructor(
    private readonly program: CachedProgram,
    private readonly partition: number,
    private readonly task: RunningTask,
    private readonly input: ChunkSource,
  ) {
    this.writer = task.blocks.writer(program.rddId, partition, program.level);
  }

  next(): Chunk | null | Promise<Chunk | null> {
    return this.output === undefined ? this.store() : this.output.next();
  }

  close(): void {
    this.output?.close();
    if (!this.isStored) this.writer.discard();
    this.input.close();
  }

  private store(): Chunk | null | Promise<Chunk | null> {
    for (;;) {
      this.task.checkKilled();
      const chunk = this.input.next();
      if (chunk instanceof Promise)
        return chunk.then((late) => (this.add(late) ? this.store() : this.next()));
      if (!this.add(chunk)) return this.next();
    }
  }

  /** False when the output is there. */
  private add(chunk: Chunk | null): boolean {
    const { writer } = this;
    if (chunk === null) {
      this.finish();
      return false;
    }
    const hasRoom =
      chunk.kind === 'pairs'
        ? writer.appendPairs(chunk.keys, chunk.values, chunk.length)
        : chunk.kind === 'rows'
          ? writer.appendRows(chunk.rows, chunk.from, chunk.to)
          : appendAll(writer, rowsOf(chunk));
    if (!hasRoom) this.output = passOn(storedChunks(writer.takeRows()), this.input);
    return hasRoom;
  }

  private finish(): void {
    const { rddId, level } = this.program;
    const stored = this.writer.finish();
    if (stored === undefined) {
      this.output = sourceOf(storedChunks(this.writer.takeRows()));
      return;
    }
    this.isStored = true;
    this.task.blocks.put(rddId, this.partition, level, stored);
    this.output = sourceOf(storedChunks([stored]));
  }
}

function appendAll(writer: PartitionWriter, rows: readonly unknown[]): boolean {
  return writer.appendRows(rows, 0, rows.length);
}

function* storedChunks(parts: readonly StoredRows[]): Generator<Chunk> {
  for (const part of parts) {
    if (part.kind === 'rows') yield* slices(part.rows);
    else if (part.kind === 'blocks')
      yield* blockChunks(part.blocks.map((block) => new Uint8Array(block)));
    else yield* blockChunks(readBlockFile(part.file));
  }
}

/** Reads the first chunk now, so that a file that cannot be read is found out. */
function firstChunkRead(chunks: Iterator<Chunk>): Iterable<Chunk> {
  const first = chunks.next();
  return (function* () {
    if (first.done !== true) yield first.value;
    yield* { [Symbol.iterator]: () => chunks };
  })();
}

/** The rows that were held back, then those of a source, which goes on. */
function passOn(heldBack: Iterable<Chunk>, source: ChunkSource): ChunkSource {
  const first = sourceOf(heldBack);
  let isFirst = true;
  return {
    next() {
      const chunk = isFirst ? first.next() : null;
      if (chunk !== null) return chunk;
      isFirst = false;
      return source.next();
    },
    close: () => first.close(),
  };
}
