import { encodeError } from '@firesteel/closure/executor';
import { encodeRows, encodeValue, useRowClasses } from '@firesteel/codec';
import { FiresteelError } from '@firesteel/common';
import { type BlockCompression, loadCompression } from '@firesteel/io';
import {
  type ActionProgram,
  type BarrierGroup,
  BarrierTaskContext,
  type Compression,
  hasRowResult,
  type Pipeline,
  type RowSink,
  type StageProgram,
  TaskContext,
  type TaskDescription,
  type TaskOutcome,
} from '@firesteel/plan';
import type { TaskSpace } from '@firesteel/shuffle';
import { forEachPartition } from '../pipeline/map-partitions.js';
import { drain, openChunks } from '../pipeline/open-pipeline.js';
import {
  FetchFailed,
  newCounters,
  type RunningTask,
  type TaskCounters,
  TaskKilled,
} from '../pipeline/running-task.js';
import { sinkOf, type TakingAction } from '../sinks/action-sink.js';
import { checkResultSize } from '../sinks/gathered-rows.js';
import { writeToRowSink } from '../sinks/row-sink-writer.js';
import type { Sink, SinkResult, SinkState } from '../sinks/sink.js';
import { sampleKeys } from './sample-keys.js';
import type { LoadedProgram, ThreadState } from './thread-state.js';

/** How a task learns that the driver wants it to stop. */
export type KillSwitch = Pick<RunningTask, 'checkKilled' | 'onKilled'>;

/** Runs one task to its end; never rejects, whatever the user's code does. */
export async function runTask(
  task: TaskDescription,
  state: ThreadState,
  kill: KillSwitch,
  syncBarrier: BarrierGroup['sync'],
): Promise<TaskOutcome> {
  const startedAt = performance.now();
  const counters = newCounters();
  const space = state.storage.openSpace(task, counters);
  try {
    kill.checkKilled();
    let loaded = state.load(task.programId);
    if (loaded instanceof Promise) loaded = await loaded;
    useRowClasses(loaded.rowClasses);
    const compressions = loadCompressions(task, loaded.program, state.storage.compression);
    if (compressions !== undefined) await compressions;
    const running = runningTask(task, loaded, state, space, counters, kill);
    const { program } = loaded;
    const { value, mapOutput } = await TaskContext.run(contextOf(task, syncBarrier), () =>
      runProgram(program, running),
    );
    const output =
      mapOutput === undefined ? { result: encodeResult(program, value) } : { mapOutput };
    checkResultSize(output.result?.length ?? 0, state.maxResultBytes);
    const accumulators = state.accumulators.take();
    return {
      kind: 'success',
      ...output,
      ...(accumulators.length > 0 ? { accumulators } : {}),
      metrics: {
        runTimeMs: performance.now() - startedAt,
        ...counters,
        gcTimeMs: state.gc.take(),
        shuffleRowsWritten: mapOutput?.rowCount ?? 0,
        shuffleBytesWritten: mapOutput?.offsets.at(-1) ?? 0,
      },
    };
  } catch (error) {
    state.accumulators.discard();
    if (error instanceof TaskKilled) return { kind: 'killed' };
    if (error instanceof FetchFailed)
      return {
        kind: 'fetchFailed',
        shuffleId: error.shuffleId,
        mapPartition: error.mapPartition,
        reason: error.reason,
        isUnreachable: error.isUnreachable,
        ...(error.executorId === undefined ? {} : { executorId: error.executorId }),
      };
    return { kind: 'exception', error: encodeError(error), retryable: isRetryable(error) };
  } finally {
    space.close();
  }
}

function contextOf(task: TaskDescription, sync: BarrierGroup['sync']): TaskContext {
  const facts = {
    stageId: task.stageId,
    stageAttemptNumber: task.stageAttempt,
    partitionId: task.partition,
    numPartitions: task.numPartitions,
    attemptNumber: task.attempt,
    taskAttemptId: task.taskId,
    ...(task.properties && { properties: task.properties }),
  };
  return task.barrier === undefined
    ? new TaskContext(facts)
    : new BarrierTaskContext(facts, { taskInfos: task.barrier, sync });
}

/** Rows travel as a columnar block, other partial results as single values. */
function encodeResult({ sink }: StageProgram, value: unknown): Uint8Array {
  return sink.kind === 'action' && hasRowResult(sink.action.kind)
    ? new Uint8Array(encodeRows(value as readonly unknown[]))
    : encodeValue(value);
}

/** Faults of the data or the program come again however often the task is tried. */
function isRetryable(error: unknown): boolean {
  if (!FiresteelError.is(error)) return true;
  // A command or a disk may be at fault on this host only.
  return error.code === 'PIPE_FAILED' || error.code === 'LOCAL_DISK_FAILED';
}

/** The first file that the task reads; Spark names it to the commands of `pipe`. */
function inputFileOf(splits: TaskDescription['splits']): string | undefined {
  for (const { split } of splits) if (split.kind === 'files') return split.parts[0]?.path;
  return undefined;
}

function runningTask(
  { partition, attempt, splits, cachedBlocks }: TaskDescription,
  { closures }: LoadedProgram,
  state: ThreadState,
  space: TaskSpace,
  counters: TaskCounters,
  kill: KillSwitch,
): RunningTask {
  return {
    partition,
    attempt,
    closures,
    blocks: state.storage.blocks,
    space,
    counters,
    ...kill,
    inputFile: inputFileOf(splits),
    shuffleInputs: (shuffleId, reducePartition) =>
      state.shuffleInputs(shuffleId, reducePartition, space, counters),
    remoteBlock(rddId, cachedPartition) {
      const source = cachedBlocks.find(
        (block) => block.rddId === rddId && block.partition === cachedPartition,
      );
      return source && state.remoteBlock(source);
    },
    split(sourceId, splitPartition) {
      const found = splits.find(
        (candidate) => candidate.sourceId === sourceId && candidate.partition === splitPartition,
      );
      if (found === undefined)
        throw new FiresteelError(
          'INTERNAL',
          `The task has no split for partition ${splitPartition} of source ${sourceId}.`,
        );
      return found.split;
    },
  };
}

function isTaking(action: ActionProgram): action is TakingAction {
  return action.kind === 'forEachPartition' || action.kind === 'saveTo';
}

function take(
  action: TakingAction,
  pipeline: Pipeline,
  task: RunningTask,
): SinkResult | Promise<SinkResult> {
  if (action.kind === 'saveTo') {
    const sink = task.closures[action.sink] as RowSink<unknown, unknown>;
    return writeToRowSink(pipeline, sink, task).then((value) => ({ value }));
  }
  const source = openChunks(pipeline, task.partition, task);
  const fn = task.closures[action.fn] as (rows: unknown) => unknown;
  const close = () => source.close();
  const finish = () => ({ value: null });
  let done: unknown;
  try {
    done = forEachPartition(source, fn);
  } catch (error) {
    close();
    throw error;
  }
  if (done instanceof Promise) return done.finally(close).then(finish);
  close();
  return finish();
}

/** What has to be loaded before files of the task can be read or written without waiting. */
function loadCompressions(
  { splits }: TaskDescription,
  { sink }: StageProgram,
  spilled: BlockCompression,
): Promise<unknown> | undefined {
  const loading: Promise<void>[] = [];
  const load = (compression: Compression) => {
    const loaded = loadCompression(compression);
    if (loaded !== undefined) loading.push(loaded);
  };
  for (const { split } of splits)
    if (split.kind === 'files') for (const { compression } of split.parts) load(compression);
  if (sink.kind === 'action' && sink.action.kind === 'save') load(sink.action.output.compression);
  // The codec of LZ4 blocks is native: nothing to wait for.
  if (spilled === 'zstd') load(spilled);
  return loading.length === 0 ? undefined : Promise.all(loading);
}

function runProgram(
  { pipeline, sink: plan }: StageProgram,
  task: RunningTask,
): SinkResult | Promise<SinkResult> {
  if (plan.kind === 'action' && isTaking(plan.action)) return take(plan.action, pipeline, task);
  const sink = sinkOf(plan as Parameters<typeof sinkOf>[0]);
  if (plan.kind === 'action' && plan.action.kind === 'sampleKeys')
    return sampleKeys(plan.action, pipeline, task, (part) => runSink(pipeline, sink, part));
  return runSink(pipeline, sink, task);
}

function runSink(
  pipeline: Pipeline,
  sink: Sink<SinkState>,
  task: RunningTask,
): SinkResult | Promise<SinkResult> {
  const state = sink.createState(task);
  const abort = (error: unknown): never => {
    sink.abort?.(state);
    throw error;
  };
  try {
    const drained = drain(pipeline, task.partition, sink, state, task);
    if (drained instanceof Promise)
      return drained.then(() => sink.finish(state, task)).catch(abort);
    return sink.finish(state, task);
  } catch (error) {
    return abort(error);
  }
}
