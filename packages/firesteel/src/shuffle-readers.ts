import type { PlanNode } from '@firesteel/plan';
import { shuffleIdsOf } from './node-lifetimes.js';

/** A node that is garbage, as far as its parents have to know. */
interface GoneReader {
  readonly reader: WeakRef<PlanNode>;
  readonly parents: readonly WeakRef<PlanNode>[];
}

/**
 * Which nodes are made of which, as long as somebody holds them. It tells which shuffles nobody
 * reads any more but a node that was given up, so that they can go before the node is garbage.
 */
export class ShuffleReaders {
  readonly #known = new WeakSet<PlanNode>();
  readonly #readers = new WeakMap<PlanNode, Set<WeakRef<PlanNode>>>();
  readonly #givenUp = new WeakSet<PlanNode>();
  readonly #garbage = new FinalizationRegistry<GoneReader>((gone) => this.#forget(gone));
  readonly #isKept: (node: PlanNode) => boolean;
  readonly #onUnread: (shuffleId: number) => void;

  /**
   * @param isKept whether a node is kept elsewhere: what is lost of it is made again from the
   *   shuffles behind it
   * @param onUnread told of the shuffles that can go
   */
  constructor(isKept: (node: PlanNode) => boolean, onUnread: (shuffleId: number) => void) {
    this.#isKept = isKept;
    this.#onUnread = onUnread;
  }

  /** Enters a node, and all it stands on, as readers of their parents. They are in use again. */
  add(node: PlanNode): void {
    const open = [node];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (this.#known.has(next)) continue;
      this.#known.add(next);
      const reader = new WeakRef(next);
      for (const parent of next.parents) {
        this.#givenUp.delete(parent);
        const readers = this.#readers.get(parent);
        if (readers === undefined) this.#readers.set(parent, new Set([reader]));
        else readers.add(reader);
        open.push(parent);
      }
      const parents = next.parents.map((parent) => new WeakRef(parent));
      if (parents.length > 0) this.#garbage.register(next, { reader, parents });
    }
  }

  /** A job reads the node, or it is persisted once more: it is in use again. */
  use(node: PlanNode): void {
    this.#givenUp.delete(node);
  }

  /** Lets go of the shuffles that only this node needs, now and when other readers have gone. */
  giveUp(node: PlanNode): void {
    this.#givenUp.add(node);
    const lineage = lineageOf(node, this.#isKept);
    for (const step of lineage) {
      const shuffleIds = shuffleIdsOf(step);
      if (shuffleIds.length > 0 && this.#isReadWithin(step, lineage))
        for (const id of shuffleIds) this.#onUnread(id);
    }
  }

  #isReadWithin(node: PlanNode, lineage: ReadonlySet<PlanNode>): boolean {
    const seen = new Set<PlanNode>();
    const open = [node];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (!lineage.has(next)) return false;
      if (seen.has(next)) continue;
      seen.add(next);
      for (const reader of this.#readers.get(next) ?? []) {
        const alive = reader.deref();
        if (alive !== undefined) open.push(alive);
      }
    }
    return true;
  }

  #forget({ reader, parents }: GoneReader): void {
    for (const parent of parents) {
      const alive = parent.deref();
      if (alive === undefined) continue;
      this.#readers.get(alive)?.delete(reader);
      if (this.#givenUp.has(alive)) this.giveUp(alive);
    }
  }
}

/** A node with all it stands on, up to other nodes that are kept elsewhere. */
export function lineageOf(node: PlanNode, isKept: (node: PlanNode) => boolean): Set<PlanNode> {
  const lineage = new Set<PlanNode>();
  const open = [node];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (lineage.has(next) || (next !== node && isKept(next))) continue;
    lineage.add(next);
    open.push(...next.parents);
  }
  return lineage;
}
