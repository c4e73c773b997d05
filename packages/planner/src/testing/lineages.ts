import {
  type CallSite,
  createNode,
  type KeyFractions,
  nextNodeId,
  type PlanNode,
  type Quota,
  StorageLevel,
} from '@firesteel/plan';
import type { PlanningContext } from '../planning-context.js';

/** Nodes in the short words of tests. */
export function at(method: string, line = 1): CallSite {
  return { method, file: 'app.ts', line };
}

export const identity = (x: unknown): unknown => x;

export function parallelize(numSlices: number, data: readonly unknown[] = []): PlanNode {
  return createNode({
    kind: 'parallelize',
    parents: [],
    callSite: at('parallelize'),
    data,
    numSlices,
  });
}

export function range(end: number, numSlices: number): PlanNode {
  return createNode({
    kind: 'range',
    parents: [],
    callSite: at('range'),
    start: 0,
    end,
    step: 1,
    numSlices,
  });
}

export function textFile(path: string, line = 1): PlanNode {
  return createNode({
    kind: 'files',
    parents: [],
    callSite: at('textFile', line),
    path,
    format: { kind: 'text', encoding: 'utf8' },
  });
}

export function row(
  kind: 'map' | 'flatMap' | 'filter' | 'mapValues',
  parent: PlanNode,
  line = 1,
  fn = identity,
): PlanNode {
  return createNode({ kind, parents: [parent], callSite: at(kind, line), fn });
}

export function zipWithIndex(parent: PlanNode): PlanNode {
  return createNode({ kind: 'zipWithIndex', parents: [parent], callSite: at('zipWithIndex') });
}

export function union(...parents: PlanNode[]): PlanNode {
  return createNode({ kind: 'union', parents, callSite: at('union') });
}

export function coalesce(parent: PlanNode, numPartitions: number): PlanNode {
  return createNode({
    kind: 'coalesce',
    parents: [parent],
    callSite: at('coalesce'),
    numPartitions,
  });
}

export const add = (a: number, b: number): number => a + b;

export function reduceByKey(parent: PlanNode, numPartitions?: number, line = 1): PlanNode {
  return createNode({
    kind: 'shuffle',
    parents: [parent],
    callSite: at('reduceByKey', line),
    keyed: 'pair',
    partitioner: { kind: 'hash', ...(numPartitions !== undefined && { numPartitions }) },
    aggregator: { kind: 'reduce', merge: add },
    mapSideCombine: true,
  });
}

export function partitionBy(parent: PlanNode, numPartitions: number): PlanNode {
  return createNode({
    kind: 'shuffle',
    parents: [parent],
    callSite: at('partitionBy'),
    keyed: 'pair',
    partitioner: { kind: 'hash', numPartitions },
    mapSideCombine: false,
  });
}

export function distinct(parent: PlanNode, numPartitions?: number): PlanNode {
  return createNode({
    kind: 'shuffle',
    parents: [parent],
    callSite: at('distinct'),
    keyed: 'row',
    partitioner: { kind: 'hash', ...(numPartitions !== undefined && { numPartitions }) },
    aggregator: { kind: 'distinct' },
    mapSideCombine: true,
  });
}

export function sortByKey(parent: PlanNode, numPartitions?: number): PlanNode {
  return createNode({
    kind: 'shuffle',
    parents: [parent],
    callSite: at('sortByKey'),
    keyed: 'pair',
    partitioner: {
      kind: 'range',
      ascending: true,
      ...(numPartitions !== undefined && { numPartitions }),
    },
    mapSideCombine: false,
    order: { ascending: true },
  });
}

export function cogroup(parents: PlanNode[], numPartitions?: number): PlanNode {
  return createNode({
    kind: 'cogroup',
    parents,
    callSite: at('cogroup'),
    partitioner: { kind: 'hash', ...(numPartitions !== undefined && { numPartitions }) },
    shuffleIds: parents.map(nextNodeId),
  });
}

export function sampleByKey(parent: PlanNode, fractions: KeyFractions): PlanNode {
  return createNode({
    kind: 'sampleByKey',
    parents: [parent],
    callSite: at('sampleByKeyExact'),
    fractions,
    withReplacement: false,
    isExact: true,
    seed: 1,
  });
}
export interface FakeState {
  readonly defaultParallelism?: number;
  readonly defaultParallelismSet?: boolean;
  readonly cached?: readonly PlanNode[];
  readonly complete?: readonly number[];
  readonly rangeBounds?: ReadonlyMap<number, Uint8Array>;
  readonly zipOffsets?: ReadonlyMap<number, readonly number[]>;
  readonly sideRows?: ReadonlyMap<number, readonly Uint8Array[]>;
  readonly partitionOf?: PlanningContext['partitionOf'];
  readonly sampleQuotas?: ReadonlyMap<number, readonly (readonly Quota[])[]>;
  /** Splits of every text file. */
  readonly textPartitions?: number;
  /** Names by node. */
  readonly names?: ReadonlyMap<PlanNode, string>;
}

/** An engine that has done only what the test says. */
export function contextOf(state: FakeState = {}): PlanningContext {
  const cached = new Set(state.cached?.map((node) => node.id));
  const complete = new Set(state.complete);
  return {
    defaultParallelism: state.defaultParallelism ?? 2,
    defaultParallelismSet: state.defaultParallelismSet ?? false,
    defaultMinPartitions: 2,
    fileSplits: ({ path }) =>
      Array.from({ length: state.textPartitions ?? 2 }, (_, i) => ({
        kind: 'files',
        parts: [{ path, startByte: i * 100, endByte: (i + 1) * 100, compression: 'none' }],
      })),
    rowsSplit: () => ({ kind: 'rows', block: new Uint8Array(0), rowCount: 0 }),
    storageLevel: (id) => (cached.has(id) ? StorageLevel.MEMORY_ONLY : undefined),
    rangeBounds: (id) => state.rangeBounds?.get(id),
    zipOffsets: (id) => state.zipOffsets?.get(id),
    sideRows: (id) => state.sideRows?.get(id),
    partitionOf: (partitioner, key) => state.partitionOf?.(partitioner, key),
    sampleQuotas: (id) => state.sampleQuotas?.get(id),
    isShuffleComplete: (id) => complete.has(id),
    nameOf: (node) => state.names?.get(node),
  };
}
