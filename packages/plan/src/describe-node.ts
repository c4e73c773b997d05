import type { CallSite, NodeKind, PlanNode } from './node.js';

const classNames: Record<NodeKind, string> = {
  parallelize: 'ParallelCollectionRDD',
  range: 'RangeRDD',
  empty: 'EmptyRDD',
  textFile: 'TextFileRDD',
  map: 'MapPartitionsRDD',
  flatMap: 'MapPartitionsRDD',
  filter: 'MapPartitionsRDD',
  filterMap: 'MapPartitionsRDD',
  keyBy: 'MapPartitionsRDD',
  mapValues: 'MapPartitionsRDD',
  flatMapValues: 'MapPartitionsRDD',
  keys: 'MapPartitionsRDD',
  values: 'MapPartitionsRDD',
  glom: 'MapPartitionsRDD',
  mapAsync: 'MapPartitionsRDD',
  mapPartitions: 'MapPartitionsRDD',
  join: 'MapPartitionsRDD',
  zipWithIndex: 'ZippedWithIndexRDD',
  zipWithUniqueId: 'MapPartitionsRDD',
  chunk: 'MapPartitionsRDD',
  filterByRange: 'MapPartitionsRDD',
  zip: 'ZippedPartitionsRDD',
  zipPartitions: 'ZippedPartitionsRDD',
  cartesian: 'CartesianRDD',
  union: 'UnionRDD',
  coalesce: 'CoalescedRDD',
  shuffle: 'ShuffledRDD',
  cogroup: 'CoGroupedRDD',
  semiJoin: 'SubtractedRDD',
};

/** `map at wordcount.ts:12`. */
export function describeCallSite(site: CallSite): string {
  return `${site.method} at ${site.file}:${site.line}`;
}

/**
 * One line about a node in the words of Spark's RDD.toString:
 * `[name ]ClassName[id] at method at file:line`. A text file is named after its path.
 * `className` replaces the usual one where planning knows better.
 */
export function describeNode(
  node: PlanNode,
  name: string | undefined = node.kind === 'textFile' ? node.path : undefined,
  className: string = classNames[node.kind],
): string {
  const prefix = name === undefined ? '' : `${name} `;
  return `${prefix}${className}[${node.id}] at ${describeCallSite(node.callSite)}`;
}
