import type { Pipeline, SourceProgram, StepProgram } from '@firesteel/plan';

/** A source that is no plain union: each partition of it has something of its own to read. */
export type LeafSource = Exclude<SourceProgram, { kind: 'union' }>;

/** A step with the partition number of the RDD it belongs to, which a union shifts. */
interface PartitionStep {
  readonly step: StepProgram;
  readonly partition: number;
}

export interface LinearPipeline {
  readonly source: LeafSource;
  /** The partition of the source. */
  readonly partition: number;
  readonly steps: readonly PartitionStep[];
}

/** What partition `partition` of a pipeline reads, with the unions on its way resolved. */
export function linearPipeline(pipeline: Pipeline, partition: number): LinearPipeline {
  const segments: PartitionStep[][] = [];
  let current = pipeline;
  let index = partition;
  for (;;) {
    const at = index;
    segments.push(current.steps.map((step) => ({ step, partition: at })));
    const { source } = current;
    if (source.kind !== 'union')
      return { source, partition: index, steps: segments.reverse().flat() };
    const branch = source.branches.find((candidate) => {
      if (index < candidate.source.numPartitions) return true;
      index -= candidate.source.numPartitions;
      return false;
    });
    if (branch === undefined) throw new RangeError(`no branch holds partition ${partition}`);
    current = branch;
  }
}
