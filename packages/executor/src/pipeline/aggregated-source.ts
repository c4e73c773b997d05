import type { StepProgram } from '@firesteel/plan';
import type { Chunk } from '@firesteel/shuffle';
import { Loop } from '../compile/loop.js';
import type { PlacedStep } from '../compile/step-state.js';
import { sinkOf } from '../sinks/action-sink.js';
import { type ChunkSource, rowsChunk } from './chunk-source.js';
import { pump } from './pump.js';
import type { RunningTask } from './running-task.js';

type Aggregate = Extract<StepProgram, { kind: 'aggregatePartitions' }>['aggregate'];

/**
 * `[partition, result]`: a source run through steps into an aggregate, by one loop as if that were
 * the end of the stage. No row where `reduce` meets none.
 */
export function aggregatedSource(
  source: ChunkSource,
  steps: readonly PlacedStep[],
  aggregate: Aggregate,
  partition: number,
  task: RunningTask,
): ChunkSource {
  const sink = sinkOf({ kind: 'action', action: aggregate });
  const state = sink.createState(task);
  const loop = new Loop(steps, sink, task.closures);
  const result = (): Chunk => {
    const { value } = sink.finish(state, task);
    const results = aggregate.kind === 'reduce' ? (value as [] | [unknown]) : [value];
    return rowsChunk(results.map((one) => [partition, one]));
  };
  let isRead = false;
  return {
    next() {
      if (isRead) return null;
      isRead = true;
      const pumped = pump(
        source,
        (chunk) => loop.run(chunk, state),
        () => state.done,
        task,
      );
      return pumped instanceof Promise ? pumped.then(result) : result();
    },
    close() {
      if (!isRead) source.close();
    },
  };
}
