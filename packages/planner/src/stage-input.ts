import { FiresteelError } from '@firesteel/common';
import type {
  CachedBlockId,
  Pipeline,
  PlanNode,
  SourceProgram,
  Split,
  TaskSplit,
} from '@firesteel/plan';
import type { PlanningContext } from './planning-context.js';
import { rangeSplit } from './slices.js';

/** One partition of a pipeline inside the pipeline of a stage. */
interface Part {
  readonly pipeline: Pipeline;
  readonly partition: number;
}

/** What each partition of a stage reads from outside shuffles. */
export class StageInput {
  readonly #pipeline: Pipeline;
  readonly #leaves: ReadonlyMap<number, PlanNode>;
  readonly #ctx: PlanningContext;
  /** For each union the first partition of each branch. */
  readonly #branchStarts = new Map<SourceProgram, readonly number[]>();

  constructor(pipeline: Pipeline, nodes: readonly PlanNode[], ctx: PlanningContext) {
    this.#pipeline = pipeline;
    this.#leaves = new Map(
      nodes.filter((node) => node.parents.length === 0).map((node) => [node.id, node]),
    );
    this.#ctx = ctx;
  }

  splitsFor(partition: number): TaskSplit[] {
    const splits = new Map<string, TaskSplit>();
    this.#walk(partition, ({ pipeline: { source }, partition: part }) => {
      if (source.kind !== 'rows' && source.kind !== 'range' && source.kind !== 'files') return;
      const { sourceId, numPartitions } = source;
      const key = `${sourceId}:${part}`;
      if (splits.has(key)) return;
      const split = this.#leafSplit(sourceId, part, numPartitions);
      splits.set(key, { sourceId, partition: part, split });
    });
    return [...splits.values()];
  }

  cachedBlocksFor(partition: number): CachedBlockId[] {
    const blocks: CachedBlockId[] = [];
    this.#walk(partition, ({ pipeline: { source }, partition: part }) => {
      if (source.kind === 'cached') blocks.push({ rddId: source.rddId, partition: part });
    });
    return blocks;
  }

  /** Visits all parts that a partition is made of, breadth first from the sink. */
  #walk(partition: number, visit: (part: Part) => void): void {
    const queue: Part[] = [{ pipeline: this.#pipeline, partition }];
    for (let i = 0; i < queue.length; i++) {
      const part = queue[i] as Part;
      visit(part);
      this.#partsOf(part, queue);
    }
  }

  #partsOf({ pipeline: { source }, partition }: Part, into: Part[]): void {
    switch (source.kind) {
      case 'rows':
      case 'range':
      case 'files':
      case 'shuffle':
      case 'lost':
        break;
      case 'combine':
      case 'cached':
        into.push({ pipeline: source.input, partition });
        break;
      case 'coalesce':
        for (const input of source.groups[partition] ?? [])
          into.push({ pipeline: source.input, partition: input });
        break;
      case 'zippedUnion':
      case 'zip':
      case 'zipPartitions':
        for (const pipeline of source.branches) into.push({ pipeline, partition });
        break;
      case 'cartesian': {
        const [left, right] = source.branches as [Pipeline, Pipeline];
        const { numPartitions } = right.source;
        into.push({ pipeline: left, partition: Math.floor(partition / numPartitions) });
        into.push({ pipeline: right, partition: partition % numPartitions });
        break;
      }
      case 'cogroup':
      case 'semiJoin':
        for (const input of source.inputs)
          if (input.kind === 'pipeline') into.push({ pipeline: input.pipeline, partition });
        break;
      case 'union': {
        const starts = this.#startsOf(source);
        const branch = lastNotAfter(starts, partition);
        const pipeline = source.branches[branch] as Pipeline;
        into.push({ pipeline, partition: partition - (starts[branch] as number) });
        break;
      }
    }
  }

  #startsOf(union: Extract<SourceProgram, { kind: 'union' }>): readonly number[] {
    let starts = this.#branchStarts.get(union);
    if (starts === undefined) {
      let next = 0;
      starts = union.branches.map(({ source }) => {
        const start = next;
        next += source.numPartitions;
        return start;
      });
      this.#branchStarts.set(union, starts);
    }
    return starts;
  }

  #leafSplit(sourceId: number, partition: number, numPartitions: number): Split {
    const node = this.#leaves.get(sourceId);
    if (node?.kind === 'parallelize') return this.#ctx.rowsSplit(node, partition, numPartitions);
    if (node?.kind === 'range') return rangeSplit(node, partition, numPartitions);
    const splits = node?.kind === 'files' ? this.#ctx.fileSplits(node) : undefined;
    const split = (node?.kind === 'checkpoint' ? node.splits : splits)?.[partition];
    if (split === undefined)
      throw new FiresteelError('INTERNAL', `Source ${sourceId} has no partition ${partition}.`);
    return split;
  }
}

/** The index of the last of ascending `starts` that is at most `value`. */
function lastNotAfter(starts: readonly number[], value: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((starts[middle] as number) <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}
