import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { listObjectParts } from '@firesteel/io';
import {
  type ActionSpec,
  createStandIn,
  type FileOutput,
  type JobProperties,
  type PlanNode,
} from '@firesteel/plan';
import { type KnownPartitioner, replaceNodes } from '@firesteel/planner';

/** What writing a checkpoint needs of the engine. */
export interface CheckpointEnvironment {
  /** Runs an action over all partitions of a node. */
  run(node: PlanNode, action: ActionSpec, properties: JobProperties): Promise<readonly unknown[]>;
  partitionerOf(node: PlanNode): KnownPartitioner | undefined;
  /** Told of each node whose rows are in files from now on. */
  onCheckpointed(node: PlanNode, standIn: PlanNode): void;
}

/**
 * Which nodes are to be checkpointed and what stands for those that were. As in Spark, a marked
 * RDD is written by a job of its own after the first action that used it.
 */
export class Checkpoints {
  /** The directory for each marked node; none for one that executors keep. */
  private readonly marked = new WeakMap<PlanNode, { readonly path?: string }>();
  private readonly standIns = new WeakMap<PlanNode, PlanNode>();
  private readonly writing = new Map<PlanNode, Promise<void>>();
  /** The lineage of a node as it was found after so many checkpoints. */
  private readonly known = new WeakMap<PlanNode, { readonly count: number; node: PlanNode }>();
  private count = 0;
  private hasMarks = false;

  constructor(private readonly environment: CheckpointEnvironment) {}

  /**
   * The node will be written to files in a directory of its own below `directory`, or without one
   * kept as it is persisted.
   */
  mark(node: PlanNode, directory?: string): void {
    if (this.marked.has(node) || node.kind === 'checkpoint' || node.kind === 'localCheckpoint')
      return;
    this.marked.set(
      node,
      directory === undefined ? {} : { path: join(directory, `rdd-${node.id}`) },
    );
    this.hasMarks = true;
  }

  /** What stands for the node, if it was checkpointed. */
  standInOf(node: PlanNode): PlanNode | undefined {
    return this.standIns.get(node);
  }

  /** The lineage of the node with all checkpoints in it. */
  resolve(node: PlanNode): PlanNode {
    if (this.count === 0) return node;
    const known = this.known.get(node);
    if (known?.count === this.count) return known.node;
    const resolved = replaceNodes(node, (of) => this.standIns.get(of));
    this.known.set(node, { count: this.count, node: resolved });
    return resolved;
  }

  /** Writes the marked nodes nearest to a node on which an action with these properties has ended. */
  async write(used: PlanNode, properties: JobProperties): Promise<void> {
    if (!this.hasMarks) return;
    for (const node of this.markedBehind(used)) {
      let writing = this.writing.get(node);
      if (writing === undefined) {
        writing = this.writeOne(node, this.marked.get(node)?.path, properties);
        this.writing.set(node, writing);
      }
      await writing.finally(() => this.writing.delete(node));
    }
  }

  /** Nothing behind a marked node is looked at: its lineage is about to go. */
  private markedBehind(used: PlanNode): PlanNode[] {
    const found: PlanNode[] = [];
    const seen = new Set<PlanNode>();
    const open = [used];
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      if (seen.has(node) || this.standIns.has(node)) continue;
      seen.add(node);
      if (this.marked.has(node)) found.push(node);
      else open.push(...node.parents);
    }
    return found;
  }

  private async writeOne(
    node: PlanNode,
    path: string | undefined,
    properties: JobProperties,
  ): Promise<void> {
    const known = this.environment.partitionerOf(node);
    // Bounds of ranges go with the shuffle that they were sampled for, and are not kept.
    const partitioner = known !== undefined && known.kind !== 'range' ? { partitioner: known } : {};
    let standIn: PlanNode;
    if (path === undefined) {
      // Reads what is stored, and computes and stores what is not.
      const { length } = await this.environment.run(node, { kind: 'count' }, properties);
      standIn = createStandIn(node, {
        kind: 'localCheckpoint',
        numPartitions: length,
        ...partitioner,
      });
    } else {
      const { length } = await this.environment.run(
        node,
        { kind: 'save', output: outputTo(path) },
        properties,
      );
      const splits = listObjectParts(path, length);
      standIn = createStandIn(node, { kind: 'checkpoint', path, splits, ...partitioner });
    }
    this.standIns.set(node, standIn);
    this.marked.delete(node);
    this.count += 1;
    this.environment.onCheckpointed(node, standIn);
  }
}

function outputTo(path: string): FileOutput {
  // What an earlier attempt left has no marker of completion and no reader.
  return {
    path,
    id: randomUUID(),
    mode: 'overwrite',
    format: 'objects',
    compression: 'lz4',
  };
}
