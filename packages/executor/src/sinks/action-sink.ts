import type { ActionProgram, SinkProgram } from '@firesteel/plan';
import { aggregateSink, countSink, forEachSink, reduceSink, sumSink } from './fold-sinks.js';
import { collectSink, sampleKeysSink, takeSink, topSink } from './row-sinks.js';
import { saveAsTextSink } from './save-as-text-sink.js';
import { shuffleWriteSink } from './shuffle-write-sink.js';
import type { Sink, SinkState } from './sink.js';

type LoopAction = Exclude<ActionProgram, { kind: 'forEachPartition' }>;

/** The sink of a stage, except of `forEachPartition`, which takes rows instead of being given. */
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
      return collectSink();
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
    case 'saveAsText':
      return saveAsTextSink(action);
    case 'sampleKeys':
      return sampleKeysSink(action);
  }
}
