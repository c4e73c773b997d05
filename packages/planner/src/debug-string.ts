import { describeNode, describeStorageLevel, type PlanNode } from '@firesteel/plan';
import { Lineage } from './lineage.js';
import type { PlanningContext, StorageStatus } from './planning-context.js';

interface Line {
  readonly node: PlanNode;
  /** What stands before the node, and before what is on the same side of a shuffle. */
  readonly prefix: string;
  readonly isShuffle: boolean;
  readonly isLast: boolean;
}

/**
 * The lineage of a node in the layout of Spark's RDD.toDebugString: narrow parents below one
 * another behind a `|`, the parents of a shuffle indented behind `+-`, each with its number of
 * partitions. What several nodes share is printed for each of them. As in Spark, the bracket on
 * every line tells how the node asked for is stored.
 */
export function toDebugString(node: PlanNode, ctx: PlanningContext): string {
  const lineage = new Lineage(ctx);
  const level = ctx.storageLevel(node.id);
  const storage = level === undefined ? '' : describeStorageLevel(level);
  const describe = (of: PlanNode) =>
    `${describeNode(of, ctx.nameOf?.(of), classNameOf(of, lineage))} [${storage}]`;

  const top = visible(node, lineage);
  const size = `(${lineage.factsOf(top).numPartitions})`;
  const lines = [`${size} ${describe(top)}`];
  // The bar stands under the middle of the count, and a space follows what is as wide as it.
  const open = linesOfParents(top, `${barUnder(size)} `, lineage);
  for (let line = open.pop(); line !== undefined; line = open.pop()) {
    let { prefix } = line;
    if (line.isShuffle) {
      const count = `(${lineage.factsOf(line.node).numPartitions})`;
      const outer = prefix.replace(/\|\s+$/, '');
      lines.push(`${outer}+-${count} ${describe(line.node)}`);
      prefix = `${outer}${line.isLast ? '  ' : '| '}${barUnder(count)} `;
    } else lines.push(`${prefix}${describe(line.node)}`);
    open.push(...linesOfParents(line.node, prefix, lineage));
  }
  const status = ctx.storageStatus?.(node.id);
  if (status !== undefined && status.cachedPartitions > 0)
    lines.splice(1, 0, `${barUnder(size)}     ${describeStatus(status)}`);
  return lines.join('\n');
}

function describeStatus({ cachedPartitions, memoryBytes, diskBytes }: StorageStatus): string {
  return `CachedPartitions: ${cachedPartitions}; MemorySize: ${sizeText(memoryBytes)}; DiskSize: ${sizeText(diskBytes)}`;
}

/** With one decimal; as in Spark, a unit is used from twice its size on. */
function sizeText(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let size = bytes;
  let unit = 0;
  for (; size >= 2048 && unit < units.length - 1; unit++) size /= 1024;
  return `${size.toFixed(1)} ${units[unit]}`;
}

/** As wide as `text`, with a bar in the middle. */
function barUnder(text: string): string {
  const before = (text.length - 1) >> 1;
  return `${' '.repeat(before)}|${' '.repeat(text.length - before - 1)}`;
}

/** The lines of all parents, last parent first, so that the first is on top of a stack. */
function linesOfParents(node: PlanNode, prefix: string, lineage: Lineage): Line[] {
  const { shuffles, collected = [] } = lineage.dependenciesOf(node);
  const moved = new Set([...shuffles.map(({ parent }) => parent), ...collected]);
  return node.parents
    .map((parent, i) => ({
      node: visible(parent, lineage),
      prefix,
      isShuffle: moved.has(parent),
      isLast: i === node.parents.length - 1,
    }))
    .reverse();
}

/** The node itself, or what stands behind nodes that do nothing. */
function visible(node: PlanNode, lineage: Lineage): PlanNode {
  let at = node;
  while (lineage.isIdentity(at)) at = at.parents[0] as PlanNode;
  return at;
}

function classNameOf(node: PlanNode, lineage: Lineage): string | undefined {
  if (lineage.factsOf(node).isZipped === true) return 'PartitionerAwareUnionRDD';
  // Values combined where they are: no rows move.
  if (node.kind === 'shuffle' && lineage.dependenciesOf(node).shuffles.length === 0)
    return 'MapPartitionsRDD';
  return undefined;
}
