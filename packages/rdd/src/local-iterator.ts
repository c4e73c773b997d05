import { type ActionTarget, act, checkedOptions } from './actions.js';

/** The rows of a target by one job for each partition, run when its first row is asked for. */
export async function* iteratePartitions<T>(target: ActionTarget): AsyncGenerator<T, void> {
  const { context, node, callSite } = target;
  context.assertRunning(callSite.method);
  checkedOptions(target);
  const numPartitions = await context.engine.partitionCount(node);
  for (let partition = 0; partition < numPartitions; partition++) {
    const [rows = []] = (await act(target, (runJob) =>
      runJob({ kind: 'collect' }, { partitions: [partition] }),
    )) as T[][];
    yield* rows;
  }
}
