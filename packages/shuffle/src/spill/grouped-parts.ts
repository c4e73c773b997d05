import type { Block } from '@firesteel/codec';
import { FiresteelError, shown } from '@firesteel/common';
import type { MemoryConsumer } from '@firesteel/storage';
import type { Chunk, GroupsChunk, PairsChunk } from '../chunk.js';
import type { InputFrame } from '../files/input-frame.js';
import type { TaskSpace } from '../files/task-space.js';
import { GroupTable } from '../group-table.js';
import { pairChunksOf } from '../map-output-reader.js';
import { HEAVY_PART, KeySplitter, MAX_SPLIT_LEVEL } from './key-splitter.js';
import { storedValues } from './stored-values.js';

/** The share of all rows from which on a key gets a part of its own. */
const HEAVY_SHARE = 0.25;

/** Arrays of more elements than 2^25 are slow in V8, and there are none of more than 2^27. */
const MAX_TABLE_ROWS = 1 << 25;

/** How the groups of a reduce partition are read. */
export interface GroupingOptions {
  readonly form: 'group' | 'cogroup';
  /** The sides of a cogroup. */
  readonly sideCount: number;
  /**
   * Whether the reader is a join, which takes the values of a key in parts: every part of one side
   * with every part of the other.
   */
  readonly isJoin: boolean;
  readonly checkKilled: () => void;
}

/** Blocks of each side. */
type Sides = readonly (readonly InputFrame[])[];

interface Part {
  readonly sides: Sides;
  readonly hasOneKey: boolean;
  /** Whether functions may read values from it until the task ends. */
  isKept: boolean;
}

/**
 * Brings the values of equal keys together, part by part of a reduce partition (see `keyGroups`).
 * A part that is too large for the memory of the task is split on disk; the values of a single key
 * that are too many for it stay there, and are read as the reader goes through them.
 */
export class GroupedParts {
  private table: GroupTable;
  private readonly memory: MemoryConsumer;
  /** Where pairs go that are added, once there were too many. */
  private splitters: readonly KeySplitter[] | undefined;

  constructor(
    private readonly space: TaskSpace,
    private readonly options: GroupingOptions,
  ) {
    this.memory = space.memory.consumer();
    this.table = new GroupTable(options.sideCount, options.form);
  }

  /**
   * The groups of these blocks; they are valid until the next call.
   *
   * @throws FiresteelError GROUP_TOO_LARGE, LOCAL_DISK_FAILED
   */
  chunks(sides: Sides): Generator<Chunk> {
    return this.chunksOf({ sides, hasOneKey: false, isKept: false }, 0);
  }

  private *chunksOf(part: Part, level: number): Generator<Chunk> {
    const { sides, hasOneKey } = part;
    if (this.load(sides)) {
      yield* this.table.chunks();
      return;
    }
    const { rowCount } = this.table;
    const largest = this.table.largestGroup();
    this.startAnew();
    if (hasOneKey) {
      if (this.options.isJoin) yield* this.joinBlocks(sides);
      else {
        part.isKept = true;
        yield this.storedGroup(largest.key, sides);
      }
    } else if (level === MAX_SPLIT_LEVEL) {
      this.loadAll(sides);
      yield* this.table.chunks();
      this.startAnew();
    } else {
      const heavy = largest.rows > rowCount * HEAVY_SHARE ? largest : undefined;
      for (const next of this.split(sides, level, heavy)) yield* this.chunksOf(next, level + 1);
    }
  }

  /** The only key of these blocks, with values that are not in memory. */
  private storedGroup(key: unknown, sides: Sides): PairsChunk {
    const isOver = () => this.space.isClosed;
    const values = sides.map((frames) => storedValues({ key, frames, isOver }));
    return {
      kind: 'pairs',
      keys: [key],
      values: this.options.form === 'group' ? values : [values],
      length: 1,
    };
  }

  /** Takes pairs that come chunk by chunk, before `collected`. */
  addPairs(side: number, pairs: PairsChunk): void {
    if (this.splitters !== undefined) {
      this.splitters[side]?.addPairs(pairs);
      return;
    }
    const { keys, values, length } = pairs;
    for (let i = 0; i < length; i++) this.table.add(side, keys[i], values[i]);
    if (this.hasRoom()) return;
    this.splitters = Array.from(
      { length: this.options.sideCount },
      () => new KeySplitter(this.space, 0),
    );
    for (const [s, splitter] of this.splitters.entries())
      for (const chunk of this.table.pairChunks(s)) splitter.addPairs(chunk);
    this.startAnew();
  }

  /** The groups of all pairs that were added. */
  *collected(): Generator<Chunk> {
    if (this.splitters === undefined) {
      yield* this.table.chunks();
      return;
    }
    for (const part of partsOf(this.splitters)) yield* this.chunksOf(part, 1);
  }

  /** False if there is not enough memory for all blocks. */
  private load(sides: Sides): boolean {
    this.table.clear();
    // What the table kept of earlier parts may be too much now.
    if (!this.memory.holds(this.table.memoryBytes)) this.startAnew();
    for (const [side, frames] of sides.entries())
      for (const frame of frames) {
        this.options.checkKilled();
        this.table.addBlock(side, frame.open());
        if (!this.hasRoom()) return false;
      }
    return true;
  }

  private hasRoom(): boolean {
    return this.table.rowCount < MAX_TABLE_ROWS && this.memory.holds(this.table.memoryBytes);
  }

  /** Loads blocks whatever they take, up to the memory of the whole process. */
  private loadAll(sides: Sides): void {
    for (const [side, frames] of sides.entries())
      for (const frame of frames) {
        this.options.checkKilled();
        this.table.addBlock(side, frame.open());
        const { memoryBytes } = this.table;
        this.memory.holds(memoryBytes);
        if (memoryBytes > this.space.memory.totalBytes) throw this.tooLarge();
      }
  }

  private startAnew(): void {
    this.table = new GroupTable(this.options.sideCount, this.options.form);
    this.memory.release();
  }

  private split(
    sides: Sides,
    level: number,
    heavy: { readonly key: unknown } | undefined,
  ): Iterable<Part> {
    const splitters = sides.map((frames) => {
      const splitter = new KeySplitter(this.space, level, heavy);
      for (const frame of frames) {
        this.options.checkKilled();
        for (const chunk of pairChunksOf(frame.open())) splitter.addPairs(chunk);
      }
      return splitter;
    });
    return partsOf(splitters);
  }

  /** All values of one key on both sides: block by block, or those of one side if it is alone. */
  private *joinBlocks([left = [], right = []]: Sides): Generator<GroupsChunk> {
    const none = [undefined];
    for (const leftFrame of left.length > 0 ? left : none) {
      const leftBlock = leftFrame?.open();
      for (const rightFrame of right.length > 0 ? right : none) {
        this.options.checkKilled();
        yield* this.groupsOf([leftBlock, rightFrame?.open()]);
      }
    }
  }

  private groupsOf(blocks: readonly (Block | undefined)[]): Iterable<GroupsChunk> {
    this.table.clear();
    for (const [side, block] of blocks.entries())
      if (block !== undefined) this.table.addBlock(side, block);
    return this.table.chunks();
  }

  private tooLarge(): FiresteelError {
    const { key, rows } = this.table.largestGroup();
    const operator = this.options.form === 'group' ? 'groupByKey' : 'cogroup';
    return new FiresteelError(
      'GROUP_TOO_LARGE',
      `Keys with equal hashes, such as ${shown(key)}, have more values for ${operator} than the memory of an executor can hold (${rows} of one did not fit). Use reduceByKey or aggregateByKey, or set executor.memory to more.`,
      { data: { key: shown(key), rows } },
    );
  }
}

/** The same part of every side, part by part. */
function* partsOf(splitters: readonly KeySplitter[]): Generator<Part> {
  const sides = splitters.map((splitter) => splitter.finish());
  let isKept = false;
  for (const p of (sides[0] ?? []).keys()) {
    const part = {
      sides: sides.map((parts) => parts[p] ?? []),
      hasOneKey: p === HEAVY_PART,
      isKept: false,
    };
    if (part.sides.some((frames) => frames.length > 0)) yield part;
    isKept ||= part.isKept;
  }
  if (!isKept) for (const splitter of splitters) splitter.discard();
}
