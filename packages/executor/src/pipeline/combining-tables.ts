import type { Block } from '@firesteel/codec';
import type { Combining, Slot } from '@firesteel/plan';
import {
  type Chunk,
  type CombineTables,
  combineChunksOf,
  type InputFrame,
  KeySplitter,
  MAX_SPLIT_LEVEL,
  type TableRole,
} from '@firesteel/shuffle';
import { Loop } from '../compile/loop.js';
import type { CombinePlan } from '../sinks/combine.js';
import {
  emptyTables,
  hasRoom,
  type TablesState,
  tablesSink,
  tablesState,
} from '../sinks/tables-sink.js';
import type { RunningTask } from './running-task.js';

/**
 * Combine tables that go to disk when they are too large for the memory of the task: what they hold
 * is split by the hash of its keys, and combined again part by part at the end. A key with many
 * rows takes the room of one.
 */
export class CombiningTables {
  readonly state: TablesState;
  private loop: Loop<TablesState> | undefined;
  private splitter: KeySplitter | undefined;

  constructor(
    private readonly plan: CombinePlan,
    private readonly role: TableRole,
    private readonly task: RunningTask,
    /** How often these rows were split before. */
    private readonly level = 0,
  ) {
    this.state = tablesState(role, task);
  }

  /** What all rows of some blocks are combined to; valid until the next call. */
  combined(frames: readonly InputFrame[]): Iterable<Chunk> {
    const { state } = this;
    // What the tables kept of earlier parts may be too much now.
    if (hasRoom(state)) state.tables.clear();
    else emptyTables(state, this.role);
    state.rows = 0;
    for (const frame of frames) {
      this.task.checkKilled();
      this.add(frame.open());
    }
    return this.chunks();
  }

  /** Asked after each chunk of rows. */
  checkMemory(): void {
    if (this.level < MAX_SPLIT_LEVEL && !hasRoom(this.state)) this.spill();
  }

  /** Everything that has come, combined: pairs, or for `distinct` the keys alone. */
  *chunks(): Generator<Chunk> {
    const { splitter, plan, role, task, level } = this;
    if (splitter === undefined) {
      yield* tableChunks(this.state.tables, plan.aggregator);
      return;
    }
    this.spill();
    this.splitter = undefined;
    const keyed = plan.aggregator.kind === 'distinct' ? 'row' : plan.keyed;
    for (const part of splitter.finish()) {
      const tables = new CombiningTables(
        { ...plan, keyed, input: 'combiners' },
        role,
        task,
        level + 1,
      );
      yield* tables.combined(part);
      tables.state.memory.release();
    }
    splitter.discard();
  }

  private add(block: Block): void {
    const { plan, state, task } = this;
    if (plan.aggregator.kind === 'distinct' && plan.keyed === 'row') {
      state.tables.addKeys(block);
      state.rows += block.rowCount;
      this.checkMemory();
      return;
    }
    this.loop ??= new Loop([], tablesSink(plan), task.closures);
    for (const chunk of combineChunksOf([block])) {
      this.loop.run(chunk, state);
      this.checkMemory();
    }
  }

  private spill(): void {
    const { state, task, level } = this;
    this.splitter ??= new KeySplitter(task.space, level);
    for (const chunk of state.tables.chunks())
      if (this.plan.aggregator.kind === 'distinct') this.splitter.addKeys(chunk.keys);
      else this.splitter.addPairs(chunk);
    emptyTables(state, this.role);
  }
}

function tableChunks(tables: CombineTables, { kind }: Combining<Slot, Slot>): Iterable<Chunk> {
  return kind === 'distinct' ? keyChunks(tables) : tables.chunks();
}

function* keyChunks(tables: CombineTables): Generator<Chunk> {
  for (const { keys, length } of tables.chunks())
    yield { kind: 'rows', rows: keys as unknown[], from: 0, to: length };
}
