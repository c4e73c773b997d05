import { KeyedMap } from '@firesteel/codec';
import type { SourceProgram } from '@firesteel/plan';
import type { Chunk, PairsChunk } from '@firesteel/shuffle';
import { type ChunkSource, mappedSource, sourceOf } from './chunk-source.js';
import { shuffledRows } from './keyed-sources.js';
import { pairsOf } from './pair-chunks.js';
import type { PipelineOpener } from './pipeline-opener.js';
import { pump } from './pump.js';
import type { RunningTask } from './running-task.js';

type SemiJoin = Extract<SourceProgram, { kind: 'semiJoin' }>;

/**
 * The pairs of input 0 whose key is, or is not, a key of input 1. Holds the distinct keys of
 * input 1; the pairs stream past them in their order.
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
  const known = new KeyedMap<unknown, true>();
  const add = (chunk: Chunk): void => {
    const { keys, length } = pairsOf(chunk);
    for (let i = 0; i < length; i++) known.set(keys[i], true);
  };
  let output: ChunkSource | undefined;
  const open = () => {
    output = mappedSource(openInput(0), (chunk) =>
      filtered(pairsOf(chunk), known, keeps === 'matched'),
    );
    return output.next();
  };
  return {
    next() {
      if (output !== undefined) return output.next();
      const read = pump(openInput(1), add, () => false, task);
      return read instanceof Promise ? read.then(open) : open();
    },
    close: () => output?.close(),
  };
}

function filtered(
  { keys, values, length }: PairsChunk,
  known: KeyedMap<unknown, true>,
  keepsKnown: boolean,
): Chunk {
  const keptKeys: unknown[] = [];
  const keptValues: unknown[] = [];
  for (let i = 0; i < length; i++) {
    if (known.has(keys[i]) !== keepsKnown) continue;
    keptKeys.push(keys[i]);
    keptValues.push(values[i]);
  }
  return { kind: 'pairs', keys: keptKeys, values: keptValues, length: keptKeys.length };
}
