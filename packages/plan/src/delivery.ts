import type { ClosureSet } from './job-plan.js';
import type { PackageUse } from './package-use.js';
import type { StageProgram } from './stage-program.js';
import type { BroadcastPayload, MapOutput } from './task.js';

/** Something that a thread or process must have before it can run a program. */
export type Delivery =
  | { readonly kind: 'closures'; readonly id: number; readonly bytes: Uint8Array }
  | { readonly kind: 'program'; readonly program: StageProgram }
  | {
      readonly kind: 'shuffle';
      readonly shuffleId: number;
      readonly outputs: readonly MapOutput[];
    }
  | { readonly kind: 'broadcast'; readonly payload: BroadcastPayload };

/** What was delivered is needed no more. */
export interface Removal {
  readonly kind: 'remove';
  readonly what: 'closures' | 'program' | 'shuffle' | 'cachedRdd' | 'broadcast';
  readonly id: number;
}

type Deliverable = Exclude<Removal['what'], 'cachedRdd'>;

/** What a receiver, a thread or a process, has been given. */
export class Received {
  readonly #items: Record<Deliverable, Map<number, unknown>> = {
    closures: new Map(),
    program: new Map(),
    shuffle: new Map(),
    broadcast: new Map(),
  };

  /** Notes a delivery; false if the receiver has exactly that already. */
  add(what: Deliverable, id: number, item: unknown): boolean {
    const items = this.#items[what];
    if (items.get(id) === item) return false;
    items.set(id, item);
    return true;
  }

  /** Whether the receiver had it. */
  remove(what: Deliverable, id: number): boolean {
    return this.#items[what].delete(id);
  }
}

/**
 * The half of a backend that delivers: what tasks need beside themselves goes to each receiver
 * before the first task there that needs it, once.
 */
export abstract class DeliveringBackend<R extends { readonly received: Received }> {
  readonly #closureSets = new Map<number, Pick<ClosureSet, 'bytes' | 'packages'>>();
  readonly #programs = new Map<number, StageProgram>();
  readonly #shuffles = new Map<number, readonly MapOutput[]>();
  readonly #broadcasts = new Map<number, BroadcastPayload>();

  protected abstract receivers(): Iterable<R>;
  protected abstract sendRemoval(receiver: R, removal: Removal): void;

  addClosureSet(id: number, bytes: Uint8Array, packages: readonly PackageUse[]): void {
    this.#closureSets.set(id, { bytes, packages });
  }

  addProgram(program: StageProgram): void {
    this.#programs.set(program.id, program);
  }

  setShuffleOutputs(shuffleId: number, outputs: readonly MapOutput[]): void {
    this.#shuffles.set(shuffleId, outputs);
  }

  addBroadcast(payload: BroadcastPayload): void {
    this.#broadcasts.set(payload.id, payload);
  }

  removeClosureSet(id: number): void {
    this.#closureSets.delete(id);
    this.#remove('closures', id);
  }

  removeProgram(id: number): void {
    this.#programs.delete(id);
    this.#remove('program', id);
  }

  removeShuffle(id: number): void {
    this.#shuffles.delete(id);
    this.#remove('shuffle', id);
  }

  removeBroadcast(id: number): void {
    this.#broadcasts.delete(id);
    this.#remove('broadcast', id);
  }

  /** What a program loads from packages: the same lists for the same sources. */
  protected packagesOf(programId: number): readonly (readonly PackageUse[])[] {
    const program = this.#programs.get(programId);
    if (program === undefined) return [];
    return [
      this.#closureSets.get(program.closureSetId),
      ...program.broadcasts.map((id) => this.#broadcasts.get(id)),
    ].flatMap((source) => (source === undefined ? [] : [source.packages]));
  }

  #remove(what: Deliverable, id: number): void {
    for (const receiver of this.receivers())
      if (receiver.received.remove(what, id))
        this.sendRemoval(receiver, { kind: 'remove', what, id });
  }

  /** Notes that deliveries could not be sent after all. */
  protected undelivered({ received }: R, deliveries: readonly Delivery[]): void {
    for (const delivery of deliveries) received.remove(...idOf(delivery));
  }

  /** What a receiver still lacks to run a program; noted as delivered. */
  protected missing({ received }: R, programId: number): Delivery[] {
    const program = this.#programs.get(programId);
    if (program === undefined) throw new Error(`program ${programId} was never added`);
    const missing: Delivery[] = [];
    if (received.add('program', programId, program)) missing.push({ kind: 'program', program });
    const id = program.closureSetId;
    const bytes = this.#closureSets.get(id)?.bytes;
    if (bytes !== undefined && received.add('closures', id, bytes))
      missing.push({ kind: 'closures', id, bytes });
    for (const broadcastId of program.broadcasts) {
      const payload = this.#broadcasts.get(broadcastId);
      if (payload !== undefined && received.add('broadcast', broadcastId, payload))
        missing.push({ kind: 'broadcast', payload });
    }
    for (const shuffleId of shufflesRead(program)) {
      const outputs = this.#shuffles.get(shuffleId);
      if (outputs !== undefined && received.add('shuffle', shuffleId, outputs))
        missing.push({ kind: 'shuffle', shuffleId, outputs });
    }
    return missing;
  }
}

function idOf(delivery: Delivery): [what: Deliverable, id: number] {
  switch (delivery.kind) {
    case 'closures':
      return ['closures', delivery.id];
    case 'program':
      return ['program', delivery.program.id];
    case 'shuffle':
      return ['shuffle', delivery.shuffleId];
    case 'broadcast':
      return ['broadcast', delivery.payload.id];
  }
}

const shufflesOf = new WeakMap<StageProgram, readonly number[]>();

/** The shuffles that a program reads, wherever in its pipeline. */
function shufflesRead(program: StageProgram): readonly number[] {
  let ids = shufflesOf.get(program);
  if (ids !== undefined) return ids;
  const found = new Set<number>();
  const pending = [program.pipeline];
  for (let pipeline = pending.pop(); pipeline !== undefined; pipeline = pending.pop()) {
    const { source } = pipeline;
    if (source.kind === 'shuffle') found.add(source.read.shuffleId);
    else if ('inputs' in source) {
      for (const input of source.inputs)
        if (input.kind === 'shuffle') found.add(input.shuffleId);
        else pending.push(input.pipeline);
    } else if ('branches' in source) pending.push(...source.branches);
    else if ('input' in source) pending.push(source.input);
  }
  ids = [...found];
  shufflesOf.set(program, ids);
  return ids;
}
