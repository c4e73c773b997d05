import type { FileFormat } from './files.js';
import type { CallSite, NodeKind, PlanNode } from './node.js';

const classNames: Record<Exclude<NodeKind, 'files'>, string> = {
  parallelize: 'ParallelCollectionRDD',
  range: 'RangeRDD',
  empty: 'EmptyRDD',
  checkpoint: 'ReliableCheckpointRDD',
  localCheckpoint: 'LocalCheckpointRDD',
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
  sample: 'PartitionwiseSampledRDD',
  sampleByKey: 'MapPartitionsRDD',
  aggregatePartitions: 'MapPartitionsRDD',
  zipWithIndex: 'ZippedWithIndexRDD',
  zipWithUniqueId: 'MapPartitionsRDD',
  chunk: 'MapPartitionsRDD',
  sliding: 'SlidingRDD',
  pipe: 'PipedRDD',
  broadcastJoin: 'MapPartitionsRDD',
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

const fileClassNames: Record<FileFormat['kind'], string> = {
  text: 'TextFileRDD',
  jsonLines: 'JsonLinesRDD',
  wholeText: 'WholeTextFileRDD',
  binary: 'BinaryFileRDD',
  records: 'BinaryRecordsRDD',
  objects: 'ObjectFileRDD',
};

function classNameOf(node: PlanNode): string {
  return node.kind === 'files' ? fileClassNames[node.format.kind] : classNames[node.kind];
}

/** `map at wordcount.ts:12`. */
export function describeCallSite(site: CallSite): string {
  return `${site.method} at ${site.file}:${site.line}`;
}

/**
 * One line about a node in the words of Spark's RDD.toString:
 * `[name ]ClassName[id] at method at file:line`. Files are named after their path.
 * `className` replaces the usual one where planning knows better.
 */
export function describeNode(
  node: PlanNode,
  name: string | undefined = node.kind === 'files' ? node.path : undefined,
  className: string = classNameOf(node),
): string {
  const prefix = name === undefined ? '' : `${name} `;
  return `${prefix}${className}[${node.id}] at ${describeCallSite(node.callSite)}`;
}
