import { encodeRows } from '@firesteel/codec';
import type {
  MapOutput,
  Pipeline,
  ShuffleRead,
  SinkProgram,
  SourceProgram,
  StepProgram,
} from '@firesteel/plan';
import { localFrames, TaskSpace } from '@firesteel/shuffle';
import {
  BlockStore,
  DiskStore,
  LocalDirs,
  MemoryBudget,
  type MemoryMetrics,
  TaskMemory,
} from '@firesteel/storage';
import { drain } from '../pipeline/open-pipeline.js';
import { FetchFailed, newCounters, type RunningTask } from '../pipeline/running-task.js';
import { type LoopAction, sinkOf } from '../sinks/action-sink.js';
import type { SinkResult } from '../sinks/sink.js';

/** One partition of rows as a pipeline; the rows are found by source id. */
export class TestInputs {
  private readonly rows: (readonly unknown[])[] = [];
  readonly shuffles = new Map<number, MapOutput[]>();
  readonly blocks = testBlocks();

  source(...partitions: (readonly unknown[])[]): SourceProgram {
    const sourceId = this.rows.length;
    this.rows.push(...partitions);
    return { kind: 'rows', sourceId, numPartitions: partitions.length };
  }

  task(closures: readonly unknown[], partition: number): RunningTask {
    const counters = newCounters();
    const space = testSpace(counters, partition);
    return {
      partition,
      attempt: 0,
      closures,
      blocks: this.blocks,
      counters,
      space,
      checkKilled: () => {},
      onKilled: () => {},
      inputFile: undefined,
      remoteBlock: () => undefined,
      shuffleInputs: (shuffleId, reducePartition) => {
        const outputs = this.shuffles.get(shuffleId);
        if (outputs === undefined) throw new FetchFailed(shuffleId, 0, 'it is not there');
        return outputs.map((output) => localFrames(output, reducePartition, space.files));
      },
      split: (sourceId, splitPartition) => {
        const rows = this.rows[sourceId + splitPartition] ?? [];
        return { kind: 'rows', block: new Uint8Array(encodeRows(rows)), rowCount: rows.length };
      },
    };
  }
}

/** Memory enough for everything. */
function testSpace(metrics: MemoryMetrics, partition: number): TaskSpace {
  const limits = { totalBytes: 1e9, storageShareBytes: 5e8, threads: 1 };
  const budget = MemoryBudget.attach(MemoryBudget.create(limits).shared, 0);
  const task = { taskId: 0, partition };
  return new TaskSpace(new TaskMemory(budget, metrics), new LocalDirs([]), 'none', task);
}

/** A block store of a process of one thread that keeps everything in memory. */
function testBlocks(): BlockStore {
  const budget = MemoryBudget.create({ totalBytes: 1e9, storageShareBytes: 0, threads: 1 });
  return new BlockStore({
    budget: MemoryBudget.attach(budget.shared, 0),
    disk: new DiskStore(new LocalDirs([])),
    report: () => {},
    share: () => {},
    warn: (error) => {
      throw error;
    },
  });
}

/** Runs an action on partition `partition` of a pipeline; gives its partial result. */
export async function runAction(
  inputs: TestInputs,
  pipeline: Pipeline,
  closures: readonly unknown[],
  action: LoopAction = { kind: 'collect' },
  partition = 0,
): Promise<unknown> {
  return (await run(inputs, pipeline, closures, { kind: 'action', action }, partition)).value;
}

/** Runs the steps over rows and collects. */
export function collect(
  rows: readonly unknown[],
  steps: readonly StepProgram[],
  closures: readonly unknown[],
): Promise<unknown> {
  const inputs = new TestInputs();
  return runAction(inputs, { source: inputs.source(rows), steps }, closures);
}

type ShuffleWrite = Omit<Extract<SinkProgram, { kind: 'shuffleWrite' }>, 'kind' | 'shuffleId'>;

/** What the map tasks of a shuffle write for partitions of rows. */
export async function shuffleOutputs(
  inputs: TestInputs,
  partitions: readonly (readonly unknown[])[],
  closures: readonly unknown[],
  write: Omit<ShuffleWrite, 'isSorted'> & Partial<Pick<ShuffleWrite, 'isSorted'>>,
  shuffleId: number,
): Promise<MapOutput[]> {
  const source = inputs.source(...partitions);
  const sink: SinkProgram = { kind: 'shuffleWrite', shuffleId, isSorted: false, ...write };
  const outputs: MapOutput[] = [];
  for (let p = 0; p < partitions.length; p++) {
    const { mapOutput } = await run(inputs, { source, steps: [] }, closures, sink, p);
    outputs.push(mapOutput as MapOutput);
  }
  return outputs;
}

/** Shuffles partitions of pairs and collects what each reduce partition reads. */
export async function shuffled(
  partitions: readonly (readonly unknown[])[],
  closures: readonly unknown[],
  write: Omit<ShuffleWrite, 'isGrouped' | 'isSorted'>,
  read: Omit<ShuffleRead, 'shuffleId' | 'keyed'>,
): Promise<unknown[][]> {
  const inputs = new TestInputs();
  const isGrouped = read.aggregator !== undefined;
  const isSorted = read.order !== undefined && !isGrouped;
  const sink = { isGrouped, isSorted, ...write };
  const outputs = await shuffleOutputs(inputs, partitions, closures, sink, 1);
  inputs.shuffles.set(1, outputs);
  const { numPartitions } = write.partitioner;
  const reduced: Pipeline = {
    source: { kind: 'shuffle', read: { shuffleId: 1, keyed: write.keyed, ...read }, numPartitions },
    steps: [],
  };
  const results: unknown[][] = [];
  for (let p = 0; p < numPartitions; p++)
    results.push((await runAction(inputs, reduced, closures, { kind: 'collect' }, p)) as unknown[]);
  return results;
}

async function run(
  inputs: TestInputs,
  pipeline: Pipeline,
  closures: readonly unknown[],
  sink: Parameters<typeof sinkOf>[0],
  partition: number,
): Promise<SinkResult> {
  const task = inputs.task(closures, partition);
  const end = sinkOf(sink);
  const state = end.createState(task);
  await drain(pipeline, partition, end, state, task);
  return end.finish(state, task);
}
