import { registerReviver, reviveClosures } from '@firesteel/closure/executor';
import type { RowClass } from '@firesteel/codec';
import { FiresteelError } from '@firesteel/common';
import {
  BarrierTaskContext,
  type CachedBlockSource,
  FiresteelFiles,
  type MapOutput,
  type StageProgram,
  TaskContext,
} from '@firesteel/plan';
import type { InputFrame, TaskSpace } from '@firesteel/shuffle';
import { FetchFailed, type TaskCounters } from '../pipeline/running-task.js';
import { ThreadAccumulators } from './accumulators.js';
import { ThreadBroadcasts } from './broadcasts.js';
import type { FetchRequest, FetchResult } from './fetch-messages.js';
import { GcClock } from './gc-clock.js';
import type { ThreadCommand } from './messages.js';
import { shuffleInputs } from './shuffle-inputs.js';
import type { OwnStorage } from './thread-storage.js';

/** A program with its functions, ready to run. */
export interface LoadedProgram {
  readonly program: StageProgram;
  readonly closures: readonly unknown[];
  /** The classes of the job whose instances travel as rows, as its functions know them. */
  readonly rowClasses: readonly RowClass[];
}

/** The classes with state of the thread, which functions refer to by name. */
const taskClasses: Readonly<Record<string, unknown>> = {
  TaskContext,
  BarrierTaskContext,
  FiresteelFiles,
};
registerReviver('taskClass', (name) => taskClasses[name as string]);

/** What a thread keeps between tasks: programs, revived closures, map outputs, cached blocks. */
export class ThreadState {
  readonly broadcasts = new ThreadBroadcasts();
  readonly accumulators = new ThreadAccumulators();
  readonly gc = new GcClock();
  private readonly programs = new Map<number, StageProgram>();
  private readonly closureBytes = new Map<number, Uint8Array>();
  private readonly closures = new Map<number, Omit<LoadedProgram, 'program'>>();
  private readonly shuffles = new Map<number, readonly MapOutput[]>();

  /** @param fetch gets blocks of other executors; the thread waits meanwhile */
  constructor(
    readonly storage: OwnStorage,
    private readonly fetch: (requests: readonly FetchRequest[]) => FetchResult,
    /** Of what a task ends with; 0 for any size. */
    readonly maxResultBytes: number,
  ) {}

  apply(
    command: Extract<
      ThreadCommand,
      { kind: 'closures' | 'program' | 'shuffle' | 'broadcast' | 'remove' }
    >,
  ): void {
    switch (command.kind) {
      case 'closures':
        this.closureBytes.set(command.id, command.bytes);
        return;
      case 'program':
        this.programs.set(command.program.id, command.program);
        return;
      case 'shuffle':
        this.shuffles.set(command.shuffleId, command.outputs);
        return;
      case 'broadcast':
        this.broadcasts.add(command.payload);
        return;
      case 'remove':
        this.remove(command.what, command.id);
    }
  }

  private remove(what: Extract<ThreadCommand, { kind: 'remove' }>['what'], id: number): void {
    if (what === 'program') this.programs.delete(id);
    else if (what === 'shuffle') this.shuffles.delete(id);
    else if (what === 'broadcast') this.broadcasts.remove(id);
    else if (what === 'cachedRdd') this.storage.blocks.removeRdd(id);
    else {
      this.closureBytes.delete(id);
      this.closures.delete(id);
    }
  }

  /**
   * Functions are revived once per thread and job, broadcasts once per thread; the modules they
   * name are imported then.
   */
  load(programId: number): LoadedProgram | Promise<LoadedProgram> {
    const program = this.programs.get(programId);
    if (program === undefined)
      throw new FiresteelError('INTERNAL', `Program ${programId} is not known to this thread.`);
    const known = this.closures.get(program.closureSetId);
    if (known !== undefined && this.broadcasts.areLoaded(program.broadcasts))
      return { program, ...known };
    return this.revive(program);
  }

  private async revive(program: StageProgram): Promise<LoadedProgram> {
    await this.broadcasts.load(program.broadcasts);
    const known = this.closures.get(program.closureSetId);
    if (known !== undefined) return { program, ...known };
    const bytes = this.closureBytes.get(program.closureSetId);
    if (bytes === undefined)
      throw new FiresteelError(
        'INTERNAL',
        `Closure set ${program.closureSetId} is not known to this thread.`,
      );
    const rowClasses: RowClass[] = [];
    const closures = await reviveClosures(bytes, (tag, { prototype }) =>
      rowClasses.push({ ...(tag as Omit<RowClass, 'prototype'>), prototype }),
    );
    this.closures.set(program.closureSetId, { closures, rowClasses });
    return { program, closures, rowClasses };
  }

  /** A cached block from one of the executors that have it; undefined if none delivers it. */
  remoteBlock({ rddId, partition, holders = [] }: CachedBlockSource): Uint8Array[] | undefined {
    const blocks = { kind: 'cached', rddId, partition } as const;
    for (const address of holders) {
      const result = this.fetch([{ address, blocks }]);
      if (result.kind === 'blocks') return result.blocks[0]?.map(({ bytes }) => bytes);
    }
    return undefined;
  }

  shuffleInputs(
    shuffleId: number,
    partition: number,
    space: TaskSpace,
    counters: Pick<TaskCounters, 'fetchWaitMs'>,
  ): Iterable<Iterable<InputFrame>> {
    const outputs = this.shuffles.get(shuffleId);
    if (outputs === undefined) throw new FetchFailed(shuffleId, 0, 'its location is not known');
    return shuffleInputs(outputs, partition, space, (requests) => {
      const askedAt = performance.now();
      const result = this.fetch(requests);
      counters.fetchWaitMs += performance.now() - askedAt;
      return result;
    });
  }
}
