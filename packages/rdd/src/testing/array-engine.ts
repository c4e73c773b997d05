import { compareKeys, hashKey, KeyedMap } from '@firesteel/codec';
import { FiresteelError } from '@firesteel/common';
import type {
  ActionSpec,
  Aggregator,
  CogroupNode,
  JoinNode,
  NodeKind,
  PlanNode,
  ShuffleNode,
  StorageLevel,
} from '@firesteel/plan';
import type { Engine, EngineJob, JobRequest, StorageStatus } from '../engine.js';
import { freshZero } from '../zero.js';

type Row = unknown;
type Partition = readonly Row[];
type Pair = readonly [unknown, unknown];
// biome-ignore lint/suspicious/noExplicitAny: the functions of nodes have any type
type Fn = (...args: any[]) => any;

type Evaluate = (node: PlanNode) => Promise<Partition[]>;

/** The nodes of the kind `K`. */
type NodeOf<K extends NodeKind, N extends PlanNode = PlanNode> = N extends PlanNode
  ? K extends N['kind']
    ? N
    : never
  : never;

const byRow =
  (apply: (fn: Fn, row: Row) => readonly Row[]) =>
  async (node: Pick<NodeOf<'map'>, 'fn'>, [parent = []]: Partition[][]): Promise<Partition[]> =>
    parent.map((rows) => rows.flatMap((row) => apply(node.fn as Fn, row)));

const plain =
  (apply: (row: Row) => Row) =>
  async (_node: PlanNode, [parent = []]: Partition[][]): Promise<Partition[]> =>
    parent.map((rows) => rows.map(apply));

const drawnByExecutors = async (): Promise<never> => {
  throw new Error('Samples are drawn by executors.');
};

/** What each kind of node means, on arrays. */
const meanings: {
  readonly [K in NodeKind]: (
    node: NodeOf<K>,
    parents: Partition[][],
    engine: ArrayEngine,
  ) => Promise<Partition[]>;
} = {
  checkpoint: async () => {
    throw new Error('Checkpoints are written by engines with files.');
  },
  localCheckpoint: async () => [],
  parallelize: async (node, _, engine) =>
    sliced(node.data, node.numSlices ?? engine.defaultParallelism),
  range: async (node, _, engine) => {
    const rows: (number | bigint)[] = [];
    const { start, end, step } = node;
    if (typeof start === 'bigint')
      for (let x = start; step > 0 ? x < end : x > end; x += BigInt(step)) rows.push(x);
    else for (let x = start; step > 0 ? x < end : x > end; x += Number(step)) rows.push(x);
    return sliced(rows, node.numSlices ?? engine.defaultParallelism);
  },
  empty: async () => [],
  files: async (node, _, engine) => {
    const lines = engine.files.get(node.path);
    if (lines === undefined)
      throw new FiresteelError('PATH_NOT_FOUND', `${node.path} does not exist.`);
    return sliced(lines, node.minPartitions ?? 2);
  },
  map: byRow((fn, row) => [fn(row)]),
  flatMap: byRow((fn, row) => [...fn(row)]),
  filter: byRow((fn, row) => (fn(row) ? [row] : [])),
  filterMap: byRow((fn, row) => [fn(row)].filter((result) => result !== undefined)),
  keyBy: byRow((fn, row) => [[fn(row), row]]),
  mapValues: byRow((fn, row) => [[(row as Pair)[0], fn((row as Pair)[1])]]),
  flatMapValues: byRow((fn, row) => {
    const [key, value] = row as Pair;
    return [...fn(value)].map((element) => [key, element]);
  }),
  keys: plain((row) => (row as Pair)[0]),
  values: plain((row) => (row as Pair)[1]),
  glom: async (_node, [parent = []]) => parent.map((rows) => [rows]),
  zipWithIndex: async (_node, [parent = []]) => {
    let index = 0;
    return parent.map((rows) => rows.map((row) => [row, index++]));
  },
  zipWithUniqueId: async (_node, [parent = []]) =>
    parent.map((rows, p) => rows.map((row, i) => [row, p + i * parent.length])),
  chunk: async ({ size }, [parent = []]) =>
    parent.map((rows) => rows.flatMap((_, i) => (i % size === 0 ? [rows.slice(i, i + size)] : []))),
  sliding: async ({ size, step }, [parent = []]) => {
    const all = parent.flat();
    let index = 0;
    return parent.map((rows) =>
      rows.flatMap(() => {
        const start = index++;
        const fits = start % step === 0 && start + size <= all.length;
        return fits ? [all.slice(start, start + size)] : [];
      }),
    );
  },
  broadcastJoin: async (node, [parent = [], small = []]) => {
    const groups = grouped(small.flat());
    return parent.map((rows) =>
      (rows as Pair[]).flatMap(([key, value]) =>
        joined(node.join, [value], groups.get(key) ?? []).map((values) => [key, values]),
      ),
    );
  },
  pipe: async () => {
    throw new Error('Arrays have no processes.');
  },
  filterByRange: byRow((fn, row) => (fn(row) ? [row] : [])),
  zip: async (_node, [left = [], right = []]) =>
    left.map((rows, p) => rows.map((row, i) => [row, right[p]?.[i]])),
  cartesian: async (_node, [left = [], right = []]) =>
    left.flatMap((rows) =>
      right.map((others) => rows.flatMap((row) => others.map((other) => [row, other]))),
    ),
  zipPartitions: async (node, parents) =>
    Promise.all(
      (parents[0] ?? []).map((_, p) => madeRows((node.fn as Fn)(...parents.map((all) => all[p])))),
    ),
  semiJoin: async (node, [lefts = [], rights = []]) => {
    const keys = new KeyedMap((rights.flat() as Pair[]).map(([key]) => [key, true]));
    return hashed(
      (lefts.flat() as Pair[]).filter(([key]) => keys.has(key) === (node.keeps === 'matched')),
      node.partitioner.numPartitions ?? lefts.length,
    );
  },
  mapAsync: async (node, [parent = []]) =>
    Promise.all(parent.map((rows) => Promise.all(rows.map(node.fn as Fn)))),
  mapPartitions: async (node, [parent = []]) =>
    Promise.all(
      parent.map(async (rows, p) => {
        const fn = node.fn as Fn;
        return madeRows(node.withIndex ? fn(p, rows) : fn(rows));
      }),
    ),
  sample: drawnByExecutors,
  sampleByKey: drawnByExecutors,
  aggregatePartitions: async ({ aggregate }, [parent = []]) => {
    const results = await Promise.all(parent.map((rows) => partialResult(aggregate, rows)));
    return results.map((result, p) =>
      (aggregate.kind === 'reduce' ? (result as Row[]) : [result]).map((one) => [p, one]),
    );
  },
  union: async (_node, parents) => parents.flat(),
  coalesce: async (node, [parent = []]) =>
    parent.length <= node.numPartitions
      ? parent
      : sliced(parent, node.numPartitions).map((group) => group.flat()),
  shuffle: async (node, [parent = []]) => {
    const parts = shuffled(node, parent);
    const combined = parts.map((rows) => combine(node.aggregator, rows));
    return combined;
  },
  cogroup: async (node, parents) => cogrouped(node, parents),
  join: async (node, [parent = []]) =>
    parent.map((rows) =>
      rows.flatMap((row) => {
        const [key, [left, right]] = row as [unknown, [Row[], Row[]]];
        return joined(node.join, left, right).map((values) => [key, values]);
      }),
    ),
};

async function madeRows(made: Iterable<Row> | AsyncIterable<Row>): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const row of await made) rows.push(row);
  return rows;
}

/** Pairs in the partition of the hash of their key. */
function hashed(rows: readonly Pair[], n: number): Row[][] {
  const parts: Row[][] = Array.from({ length: n }, () => []);
  for (const row of rows) (parts[(hashKey(row[0]) >>> 0) % n] as Row[]).push(row);
  return parts;
}

function sliced<T>(rows: readonly T[], n: number): T[][] {
  return Array.from({ length: n }, (_, i) =>
    rows.slice(Math.floor((i * rows.length) / n), Math.floor(((i + 1) * rows.length) / n)),
  );
}

function shuffled(node: ShuffleNode, parent: Partition[]): Row[][] {
  const spec = node.partitioner;
  const n = spec.numPartitions ?? parent.length;
  const parts: Row[][] = Array.from({ length: n }, () => []);
  const keyOf = (row: Row) => (node.keyed === 'pair' ? (row as Pair)[0] : row);
  const rows = parent.flat();
  if (spec.kind === 'range') {
    const compare = (spec.compare ?? compareKeys) as Fn;
    const sign = spec.ascending ? 1 : -1;
    rows.sort((a, b) => sign * compare(keyOf(a), keyOf(b)));
    sliced(rows, n).forEach((slice, p) => {
      parts[p] = slice;
    });
    return parts;
  }
  let next = 0;
  for (const row of rows) {
    const partition =
      spec.kind === 'roundRobin'
        ? next++ % n
        : spec.kind === 'custom'
          ? (spec.getPartition as Fn)(keyOf(row))
          : (hashKey(keyOf(row)) >>> 0) % n;
    (parts[partition] as Row[]).push(row);
  }
  return parts;
}

function combine(aggregator: Aggregator | undefined, rows: readonly Row[]): Row[] {
  if (aggregator === undefined) return [...rows];
  if (aggregator.kind === 'distinct')
    return [...new KeyedMap(rows.map((row) => [row, row])).keys()];
  const groups = grouped(rows);
  return [...groups].map(([key, values]) => [key, combinedValue(aggregator, values)]);
}

function combinedValue(aggregator: Aggregator, values: Row[]): unknown {
  switch (aggregator.kind) {
    case 'reduce':
      return values.reduce((a, b) => (aggregator.merge as Fn)(a, b));
    case 'combine': {
      const [first, ...rest] = values;
      return rest.reduce(
        (a, b) => (aggregator.mergeValue as Fn)(a, b),
        (aggregator.create as Fn)(first),
      );
    }
    case 'aggregate':
      return values.reduce((a, b) => (aggregator.mergeValue as Fn)(a, b), freshZero(aggregator));
    default:
      return values;
  }
}

function grouped(rows: readonly Row[]): KeyedMap<unknown, Row[]> {
  const groups = new KeyedMap<unknown, Row[]>();
  for (const [key, value] of rows as readonly Pair[]) {
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [value]);
    else group.push(value);
  }
  return groups;
}

function cogrouped(node: CogroupNode, parents: Partition[][]): Row[][] {
  const n = node.partitioner.numPartitions ?? Math.max(...parents.map((parent) => parent.length));
  const sides = parents.map((parent) => grouped(parent.flat()));
  const keys = new KeyedMap(sides.flatMap((side) => [...side.keys()].map((key) => [key, true])));
  const rows = [...keys.keys()].map((key): Pair => [key, sides.map((side) => side.get(key) ?? [])]);
  return hashed(rows, n);
}

function joined(kind: JoinNode['join'], left: Row[], right: Row[]): Pair[] {
  const none = [undefined];
  const keepsLeft = kind === 'leftOuter' || kind === 'fullOuter';
  const keepsRight = kind === 'rightOuter' || kind === 'fullOuter';
  const lefts = left.length === 0 && keepsRight ? none : left;
  const rights = right.length === 0 && keepsLeft ? none : right;
  return lefts.flatMap((a) => rights.map((b): Pair => [a, b]));
}

/** What an executor makes of the rows of one partition; see the table of `ActionSpec`. */
async function partialResult(action: ActionSpec, rows: Partition): Promise<unknown> {
  switch (action.kind) {
    case 'count':
      return rows.length;
    case 'collect':
      return rows;
    case 'take':
      return rows.slice(0, action.limit);
    case 'reduce':
      return rows.length === 0 ? [] : [rows.reduce((a, b) => (action.merge as Fn)(a, b))];
    case 'aggregate':
      return rows.reduce((a, b) => (action.seqOp as Fn)(a, b), freshZero(action));
    case 'sum':
      return (rows as readonly number[]).reduce((a, b) => a + b, 0);
    case 'top': {
      const by = (action.by ?? ((row: Row) => row)) as Fn;
      const compare = (action.compare ?? compareKeys) as Fn;
      const sign = action.largest ? -1 : 1;
      return rows.toSorted((a, b) => sign * compare(by(a), by(b))).slice(0, action.limit);
    }
    case 'forEach':
      for (const row of rows) (action.fn as Fn)(row);
      return null;
    case 'forEachPartition':
      await (action.fn as Fn)(rows);
      return null;
    case 'save':
    case 'saveTo':
      return { rows: rows.length };
    case 'combineByKey':
      return combine(action.aggregator, rows);
    case 'sampleKeys':
    case 'countKeys':
      throw new Error('An RDD never asks for this.');
  }
}

/** An engine on plain arrays: the meaning of plan nodes, without planner, threads or shuffles. */
export class ArrayEngine implements Engine {
  readonly defaultParallelism = 3;
  /** The lines of text files by path. */
  readonly files = new Map<string, readonly string[]>();
  /** All jobs so far. */
  readonly requests: JobRequest[] = [];
  readonly persisted = new Map<PlanNode, StorageLevel>();
  /** While true, jobs wait for their cancellation. */
  isHolding = false;
  cancelReasons: (string | undefined)[] = [];
  stops = 0;

  submit(request: JobRequest): EngineJob {
    const jobId = this.requests.push(request) - 1;
    if (!this.isHolding) {
      const cancel = (reason?: string) => void this.cancelReasons.push(reason);
      return { jobId, results: this.#run(request), cancel };
    }
    let cancel: (reason?: string) => void = () => {};
    const results = new Promise<never>((_resolve, reject) => {
      cancel = (reason) => {
        this.cancelReasons.push(reason);
        reject(new FiresteelError('JOB_CANCELLED', `Job ${jobId} was cancelled.`));
      };
    });
    return { jobId, results, cancel };
  }

  async #run({ node, action, partitions, onResult }: JobRequest): Promise<unknown[]> {
    const parts = await this.evaluate(node);
    const chosen = partitions ?? parts.map((_, p) => p);
    return Promise.all(
      chosen.map(async (p) => {
        const rows = parts[p];
        if (rows === undefined) throw new Error(`There is no partition ${p}.`);
        const result = await partialResult(action, rows);
        onResult?.(result);
        return result;
      }),
    );
  }

  evaluate: Evaluate = async (node) => {
    const parents = await Promise.all(node.parents.map(this.evaluate));
    const meaning = meanings[node.kind] as (
      node: PlanNode,
      parents: Partition[][],
      engine: ArrayEngine,
    ) => Promise<Partition[]>;
    return meaning(node, parents, this);
  };

  async partitionCount(node: PlanNode): Promise<number> {
    return (await this.evaluate(node)).length;
  }

  async debugString(node: PlanNode): Promise<string> {
    return `lineage of ${node.id}`;
  }

  async partitionOfKey(node: PlanNode, key: unknown): Promise<number | undefined> {
    if (node.kind !== 'shuffle' || node.partitioner.kind !== 'hash') return undefined;
    return (hashKey(key) >>> 0) % (node.partitioner.numPartitions ?? 1);
  }

  addBroadcast(): void {}
  async addFile(): Promise<void> {}
  listFiles(): readonly string[] {
    return [];
  }

  addAccumulator(): void {}

  cancelJobs(): void {}

  async decommissionExecutor(): Promise<void> {}

  cancelStage(): void {}

  unpersistBroadcast(): void {}

  destroyBroadcast(): void {}

  registerClass(): void {}

  persist(node: PlanNode, level: StorageLevel): void {
    this.persisted.set(node, level);
  }

  unpersist(node: PlanNode): void {
    this.persisted.delete(node);
  }

  storageLevel(node: PlanNode): StorageLevel | undefined {
    return this.persisted.get(node);
  }

  storageStatus(): StorageStatus {
    return { cachedPartitions: 0, memoryBytes: 0, diskBytes: 0 };
  }

  checkpoint(): void {}

  localCheckpoint(): void {}

  currentNode(node: PlanNode): PlanNode {
    return node;
  }

  addNode(): void {}

  removeShuffles(): void {}

  removeUnreadShuffles(): void {}

  async stop(): Promise<void> {
    this.stops += 1;
  }
}
