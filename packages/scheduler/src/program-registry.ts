import type { ClosureSet, SchedulerBackend, StageProgram } from '@firesteel/plan';

/**
 * Counts who needs a stage program and its closure set, so that the backend holds each as long as
 * a running job or a shuffle that may have to be recomputed names it, and no longer.
 */
export class ProgramRegistry {
  readonly #backend: SchedulerBackend;
  readonly #programs = new Map<number, number>();
  readonly #closureSets = new Map<number, number>();

  constructor(backend: SchedulerBackend) {
    this.#backend = backend;
  }

  retain(program: StageProgram, closureSet: ClosureSet): void {
    const closureUses = this.#closureSets.get(closureSet.id) ?? 0;
    const { id, bytes, packages } = closureSet;
    if (closureUses === 0) this.#backend.addClosureSet(id, bytes, packages);
    this.#closureSets.set(closureSet.id, closureUses + 1);

    const programUses = this.#programs.get(program.id) ?? 0;
    if (programUses === 0) this.#backend.addProgram(program);
    this.#programs.set(program.id, programUses + 1);
  }

  release(program: StageProgram, closureSet: ClosureSet): void {
    if (decrement(this.#programs, program.id)) this.#backend.removeProgram(program.id);
    if (decrement(this.#closureSets, closureSet.id)) this.#backend.removeClosureSet(closureSet.id);
  }
}

/** Whether the last use is gone. */
function decrement(uses: Map<number, number>, id: number): boolean {
  const left = (uses.get(id) ?? 0) - 1;
  if (left > 0) {
    uses.set(id, left);
    return false;
  }
  return uses.delete(id);
}
