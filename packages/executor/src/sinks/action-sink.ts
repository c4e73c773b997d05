import type { ActionProgram, SinkProgram } from '@firesteel/plan';
import { aggregateSink, countSink, forEachSink, reduceSink, sumSink } from './fold-sinks.js';
import { combineByKeySink, countKeysSink } from './key-sinks.js';
import { resultSink, sampleKeysSink, takeSink, topSink } from './row-sinks.js';
import { saveSink } from './save-sink.js';
import { shuffleWriteSink } from './shuffle-write-sink.js';
import type { Sink, SinkState } from './sink.js';

/** Actions that take the rows of a partition themselves, and may wait meanwhile. */
export type TakingAction = Extract<ActionProgram, { kind: 'forEachPartition' | 'saveTo' }>;

/** Actions whose end is a generated loop. */
export type LoopAction = Exclude<ActionProgram, TakingAction>;

/** The sink of a stage that is a generated loop. */
export function sinkOf(
  plan: Exclude<SinkProgram, { kind: 'action' }> | { kind: 'action'; action: LoopAction },
): Sink<SinkState> {
  // A sink only ever meets states that it made itself.
  return (plan.kind === 'shuffleWrite' ? shuffleWriteSink(plan) : actionSink(plan.action)) as Sink;
}

function actionSink(action: LoopAction): unknown {
  switch (action.kind) {
    case 'count':
      return countSink();
    case 'collect':
      return resultSink();
    case 'take':
      return takeSink(action.limit);
    case 'reduce':
      return reduceSink(action.merge);
    case 'aggregate':
      return aggregateSink(action.zero, action.zeroIsFactory, action.seqOp);
    case 'sum':
      return sumSink();
    case 'top':
      return topSink(action);
    case 'forEach':
      return forEachSink(action.fn);
    case 'save':
      return saveSink(action.output);
    case 'sampleKeys':
      return sampleKeysSink(action);
    case 'combineByKey':
      return combineByKeySink(action.aggregator);
    case 'countKeys':
      return countKeysSink(action);
  }
}
