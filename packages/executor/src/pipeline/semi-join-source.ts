import { estimateRowsBytes, KeyedMap } from '@firesteel/codec';
import type { SourceProgram } from '@firesteel/plan';
import {
  type Chunk,
  chunksOf,
  KeySplitter,
  MAX_SPLIT_LEVEL,
  type PairsChunk,
} from '@firesteel/shuffle';
import type { MemoryConsumer } from '@firesteel/storage';
import { rowsOf } from './chunk-rows.js';
import { type ChunkSource, mappedSource, sourceOf } from './chunk-source.js';
import { shuffledRows } from './keyed-sources.js';
import { pairsOf } from './pair-chunks.js';
import type { PipelineOpener } from './pipeline-opener.js';
import { pump } from './pump.js';
import type { RunningTask } from './running-task.js';

type SemiJoin = Extract<SourceProgram, { kind: 'semiJoin' }>;

/**
 * The pairs of input 0 whose key is, or is not, a key of input 1. Holds the distinct keys of
 * input 1; the pairs stream past them in their order. Keys that are too many for memory are split
 * on disk, and so are the pairs then.
 */
export function semiJoinSource(
  { inputs, keeps }: SemiJoin,
  partition: number,
  task: RunningTask,
  { openChunks }: PipelineOpener,
): ChunkSource {
  const openInput = (side: number): ChunkSource => {
    const input = inputs[side] as SemiJoin['inputs'][number];
    return input.kind === 'shuffle'
      ? sourceOf(shuffledRows(input.shuffleId, partition, task))
      : openChunks(input.pipeline, partition, task);
  };
  const keepsKnown = keeps === 'matched';
  const known = new KnownKeys(task, 0);
  let output: ChunkSource | undefined;
  const opened = (source: ChunkSource) => {
    output = source;
    return source.next();
  };
  const open = () => {
    const { splitter } = known;
    if (splitter === undefined)
      return opened(
        mappedSource(openInput(0), (chunk) => known.filter(pairsOf(chunk), keepsKnown)),
      );
    const pairs = new KeySplitter(task.space, 0);
    const split = () => opened(sourceOf(semiJoinedParts(pairs, splitter, keepsKnown, task, 1)));
    const read = drainInto(openInput(0), (chunk) => pairs.addPairs(pairsOf(chunk)), task);
    return read instanceof Promise ? read.then(split) : split();
  };
  return {
    next() {
      if (output !== undefined) return output.next();
      const read = drainInto(openInput(1), (chunk) => known.add(pairsOf(chunk).keys), task);
      return read instanceof Promise ? read.then(open) : open();
    },
    close: () => output?.close(),
  };
}

function drainInto(
  source: ChunkSource,
  add: (chunk: Chunk) => void,
  task: RunningTask,
): void | Promise<void> {
  return pump(source, add, () => false, task);
}

function* semiJoinedParts(
  pairs: KeySplitter,
  keys: KeySplitter,
  keepsKnown: boolean,
  task: RunningTask,
  level: number,
): Generator<Chunk> {
  const keyParts = keys.finish();
  for (const [p, frames] of pairs.finish().entries()) {
    const known = new KnownKeys(task, level);
    for (const frame of keyParts[p] ?? [])
      for (const chunk of chunksOf([frame.open()])) known.add(rowsOf(chunk));
    const { splitter } = known;
    const rest = splitter && new KeySplitter(task.space, level);
    for (const frame of frames) {
      task.checkKilled();
      for (const chunk of chunksOf([frame.open()]))
        if (rest === undefined) yield known.filter(pairsOf(chunk), keepsKnown);
        else rest.addPairs(pairsOf(chunk));
    }
    known.release();
    if (splitter !== undefined && rest !== undefined)
      yield* semiJoinedParts(rest, splitter, keepsKnown, task, level + 1);
  }
  pairs.discard();
  keys.discard();
}

/** What an entry of the map takes besides its key. */
const ENTRY_BYTES = 64;

/** Distinct keys, in memory or split on disk. */
class KnownKeys {
  splitter: KeySplitter | undefined;
  private known = new KeyedMap<unknown, true>();
  private readonly memory: MemoryConsumer;

  constructor(
    private readonly task: RunningTask,
    /** How often the keys were split before. */
    private readonly level: number,
  ) {
    this.memory = task.space.memory.consumer();
  }

  add(keys: ArrayLike<unknown>): void {
    if (this.splitter !== undefined) {
      this.splitter.addKeys(keys);
      return;
    }
    const { known, level, memory } = this;
    for (let i = 0; i < keys.length; i++) known.set(keys[i], true);
    if (level === MAX_SPLIT_LEVEL || keys.length === 0) return;
    const keyBytes = ArrayBuffer.isView(keys)
      ? 8
      : estimateRowsBytes(keys as readonly unknown[]) / keys.length;
    if (memory.holds(known.size * (keyBytes + ENTRY_BYTES))) return;
    this.splitter = new KeySplitter(this.task.space, level);
    this.splitter.addKeys([...known.keys()]);
    this.known = new KeyedMap();
    memory.release();
  }

  filter({ keys, values, length }: PairsChunk, keepsKnown: boolean): Chunk {
    const keptKeys: unknown[] = [];
    const keptValues: unknown[] = [];
    for (let i = 0; i < length; i++) {
      if (this.known.has(keys[i]) !== keepsKnown) continue;
      keptKeys.push(keys[i]);
      keptValues.push(values[i]);
    }
    return { kind: 'pairs', keys: keptKeys, values: keptValues, length: keptKeys.length };
  }

  release(): void {
    this.memory.release();
  }
}
