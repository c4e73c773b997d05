import { type JobPlan, type StagePlan, type StageProgram, StorageLevel } from '@firesteel/plan';

let nextProgramId = 0;
let nextClosureSetId = 0;

export interface StageSketch {
  /** Absent for the result stage. */
  readonly shuffleId?: number;
  readonly numPartitions: number;
  /** Shuffles that it reads. */
  readonly parents?: readonly number[];
  /** An RDD of the stage that is cached, so that its blocks stand in for the parents. */
  readonly cachedRdd?: number;
  readonly broadcasts?: readonly number[];
  readonly isBarrier?: boolean;
  readonly isIndeterminate?: boolean;
}

function stagePlan(sketch: StageSketch, closureSetId: number): StagePlan {
  const { shuffleId, numPartitions, parents = [], cachedRdd, broadcasts = [] } = sketch;
  const cogroup = {
    kind: 'cogroup',
    inputs: parents.map((id) => ({ kind: 'shuffle', shuffleId: id }) as const),
    numPartitions,
  } as const;
  const program: StageProgram = {
    id: nextProgramId++,
    closureSetId,
    broadcasts,
    pipeline: {
      source:
        cachedRdd === undefined
          ? cogroup
          : {
              kind: 'cached',
              rddId: cachedRdd,
              level: StorageLevel.MEMORY_ONLY,
              input: { source: cogroup, steps: [] },
              numPartitions,
            },
      steps: [],
    },
    sink:
      shuffleId === undefined
        ? { kind: 'action', action: { kind: 'collect' } }
        : {
            kind: 'shuffleWrite',
            shuffleId,
            keyed: 'pair',
            isGrouped: false,
            isSorted: false,
            partitioner: { kind: 'hash', numPartitions: 1 },
          },
  };
  const unlessCached = cachedRdd === undefined ? [] : [{ rddId: cachedRdd, numPartitions }];
  return {
    program,
    ...(shuffleId === undefined ? {} : { shuffleId }),
    numPartitions,
    isBarrier: sketch.isBarrier ?? false,
    isIndeterminate: sketch.isIndeterminate ?? false,
    parents: parents.map((id) => ({ shuffleId: id, unlessCached })),
    callSite: {
      method: shuffleId === undefined ? 'collect' : 'reduceByKey',
      file: 'job.ts',
      line: shuffleId ?? 0,
    },
    rddIds: [],
    operators: [],
    splitsFor: () => [],
    cachedBlocksFor: (partition) =>
      cachedRdd === undefined ? [] : [{ rddId: cachedRdd, partition }],
  };
}

/** Stages parents first, the result stage last. */
export function jobPlan(stages: readonly StageSketch[], partitions?: readonly number[]): JobPlan {
  const id = nextClosureSetId++;
  const plans = stages.map((stage) => stagePlan(stage, id));
  const numPartitions = stages.at(-1)?.numPartitions ?? 0;
  return {
    stages: plans,
    partitions: partitions ?? Array.from({ length: numPartitions }, (_, p) => p),
    skipped: [],
    closureSet: {
      id,
      bytes: new Uint8Array([id]),
      broadcasts: new Map(),
      carried: [],
      packages: [],
    },
    callSite: { method: 'collect', file: 'job.ts', line: 7 },
  };
}
