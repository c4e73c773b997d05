import type { CogroupInput, SourceProgram } from '@firesteel/plan';
import { type Chunk, type GroupedParts, keyGroups } from '@firesteel/shuffle';
import { type ChunkSource, sourceOf } from './chunk-source.js';
import { groupedParts, heldFrames, shuffledRows } from './keyed-sources.js';
import { pairsOf } from './pair-chunks.js';
import type { PipelineOpener } from './pipeline-opener.js';
import { pump } from './pump.js';
import type { RunningTask } from './running-task.js';

/**
 * `[key, [values of input 0, values of input 1, …]]`.
 *
 * @param isJoin whether a join is all that reads it
 */
export function cogroupSource(
  { inputs, numPartitions }: Extract<SourceProgram, { kind: 'cogroup' }>,
  partition: number,
  task: RunningTask,
  opener: PipelineOpener,
  isJoin: boolean,
): ChunkSource {
  const parts = groupedParts(task, { form: 'cogroup', sideCount: inputs.length, isJoin });
  const shuffleIds = inputs.flatMap((input) => (input.kind === 'shuffle' ? [input.shuffleId] : []));
  if (shuffleIds.length < inputs.length)
    return cogroupedInputs(parts, inputs, partition, task, opener);
  return sourceOf(cogroupedShuffles(parts, shuffleIds, numPartitions, partition, task));
}

/** `[key, values]` of pairs that lie in the right partition already. */
export function groupSource(
  { input }: Extract<SourceProgram, { kind: 'group' }>,
  partition: number,
  task: RunningTask,
  opener: PipelineOpener,
): ChunkSource {
  const parts = groupedParts(task, { form: 'group', sideCount: 1, isJoin: false });
  const inputs = [{ kind: 'pipeline', pipeline: input }] as const;
  return cogroupedInputs(parts, inputs, partition, task, opener);
}

function* cogroupedShuffles(
  parts: GroupedParts,
  shuffleIds: readonly number[],
  numPartitions: number,
  partition: number,
  task: RunningTask,
): Generator<Chunk> {
  const inputs = shuffleIds.map((shuffleId) => heldFrames(shuffleId, partition, task));
  for (const sides of keyGroups(inputs, 'pair', numPartitions, task.space))
    yield* parts.chunks(sides);
}

/** Rows that lie in the right partition already come as they are made. */
function cogroupedInputs(
  parts: GroupedParts,
  inputs: readonly CogroupInput[],
  partition: number,
  task: RunningTask,
  { openChunks }: PipelineOpener,
): ChunkSource {
  const readFrom = (side: number): void | Promise<void> => {
    for (let i = side; i < inputs.length; i++) {
      const input = inputs[i] as CogroupInput;
      const source =
        input.kind === 'shuffle'
          ? sourceOf(shuffledRows(input.shuffleId, partition, task))
          : openChunks(input.pipeline, partition, task);
      const read = pump(
        source,
        (chunk) => parts.addPairs(i, pairsOf(chunk)),
        () => false,
        task,
      );
      if (read instanceof Promise) return read.then(() => readFrom(i + 1));
    }
  };
  let output: ChunkSource | undefined;
  const open = () => {
    output = sourceOf(parts.collected());
    return output.next();
  };
  return {
    next() {
      if (output !== undefined) return output.next();
      const read = readFrom(0);
      return read instanceof Promise ? read.then(open) : open();
    },
    close: () => output?.close(),
  };
}
