import { types } from 'node:util';
import { serialize } from 'node:v8';
import { FiresteelError } from '@firesteel/common';
import { captureFunction } from './capture-function.js';
import { captureObject, captureTagged } from './capture-object.js';
import { finishClasses } from './class-source.js';
import { releaseHeap } from './context-this.js';
import type { Graph, GraphNode, Ref } from './graph.js';
import { reachableFrom } from './graph-refs.js';
import { type CapturedFunction, group, type InnerVariables, withInner } from './groups.js';
import { releaseInspected } from './inspect.js';
import { intrinsicPath } from './intrinsics.js';
import { largeValues } from './large-values.js';
import { moduleReference } from './module-index.js';
import { type PackageUse, packageUses } from './package-uses.js';
import { type ClosureTag, closureTag, Refusal, refusalError } from './refusal.js';
import type { MemoryTable } from './shared-memory.js';
import { WeakCollections } from './weak-collections.js';

/** A value to capture, with the words that name it in error messages. */
export interface CaptureItem {
  readonly value: unknown;
  /** For example `map callback at wordcount.ts:12`. */
  readonly label: string;
}

export interface CaptureOptions {
  /**
   * Called once for each captured value whose own size is over `warnBytes`: such a value belongs
   * into a broadcast, which is sent once to each executor instead of once for each job.
   */
  readonly onLargeCapture?: (warning: LargeCapture) => void;
  /** In bytes; 1 MiB by default. */
  readonly warnBytes?: number;
  /**
   * Asked for each class that travels by value. What it gives, unless undefined, is handed with the
   * revived class to whoever revives the capture; structured-clonable.
   */
  readonly tagClass?: (ctor: Constructor) => unknown;
}

export type Constructor = abstract new (...args: never[]) => object;

export interface LargeCapture {
  readonly label: string;
  /** The way from the item to the value, such as `map callback at job.ts:3 → table`. */
  readonly path: string;
  /** Approximate, in bytes. */
  readonly sizeBytes: number;
}

/** A snapshot of values and functions that can be sent to any thread, process or host. */
export interface CapturedClosures {
  readonly bytes: Uint8Array;
  readonly sizeBytes: number;
  /** The objects that do not travel themselves, see `closureTag`. */
  readonly carried: readonly CarriedObject[];
  /** What is loaded where they are revived. */
  readonly packages: readonly PackageUse[];
}

/** An object that travels by what its tag carries. */
export interface CarriedObject {
  readonly object: object;
  /** The items that reach it, by index. */
  readonly items: readonly number[];
}

/**
 * Takes a snapshot of all items as one graph: references and cycles between items keep their
 * identity. Synchronous; about 0.3 ms for each function that captures something.
 *
 * @throws FiresteelError `CLOSURE_NOT_SERIALIZABLE` for what cannot travel, `RDD_IN_TASK` for an
 * RDD or context, both with the path from the item's label to the culprit.
 */
export function captureClosures(
  items: readonly CaptureItem[],
  options: CaptureOptions = {},
): CapturedClosures {
  const capture = new Capture(items);
  try {
    const graph = withClasses(capture.run(), capture, options.tagClass);
    const bytes = serialize(graph);
    const limit = options.warnBytes ?? 1024 * 1024;
    if (options.onLargeCapture !== undefined && bytes.byteLength > limit) {
      for (const { ref, sizeBytes } of largeValues(graph, limit)) {
        const { label, steps } = capture.pathTo(ref);
        options.onLargeCapture({ label, path: [label, ...steps].join(' → '), sizeBytes });
      }
    }
    return {
      bytes,
      sizeBytes: bytes.byteLength,
      carried: capture.carriedBy(graph),
      packages: packageUses(graph),
    };
  } finally {
    capture.release();
  }
}

function withClasses(
  graph: Graph,
  { classes }: Capture,
  tagClass: CaptureOptions['tagClass'],
): Graph {
  if (tagClass === undefined || classes.length === 0) return graph;
  const tagged = classes.map(({ ctor, ref }) => ({ ref, tag: tagClass(ctor) }));
  return { ...graph, classes: tagged.filter(({ tag }) => tag !== undefined) };
}

/** The walk over everything that the items reach; a work list, so that no depth overflows. */
export class Capture {
  readonly nodes: GraphNode[] = [];
  readonly functions: CapturedFunction[] = [];
  /** Variables of functions that are compiled inside of a class. */
  readonly innerVariables: InnerVariables[] = [];
  /** By text: the methods of captured classes that something else took the place of. */
  readonly hiddenMembers = new Map<string, GraphNode>();
  readonly classes: { readonly ctor: Constructor; readonly ref: Ref }[] = [];
  /** Objects with a `carry` tag. */
  readonly carried: object[] = [];
  private readonly seen = new Map<unknown, Ref>();
  private readonly pending: { readonly ref: Ref; readonly fill: () => void }[] = [];
  private readonly parents: { readonly from: Ref; readonly step: string }[] = [];
  private readonly weak = new WeakCollections();
  private current: Ref = -1;
  private item = '';

  /** @param memory where the bytes of binary data go, if not into the graph */
  constructor(
    private readonly items: readonly CaptureItem[],
    readonly memory?: MemoryTable,
  ) {}

  run(): Graph {
    const roots: Ref[] = [];
    try {
      for (const { value, label } of this.items) {
        this.current = -1;
        this.item = label;
        roots.push(this.ref(value, label));
        // One item after the other, so that a path begins at the first item that has it.
        do {
          for (let next = this.pending.pop(); next !== undefined; next = this.pending.pop()) {
            this.current = next.ref;
            next.fill();
          }
        } while (this.weak.fill(this));
      }
    } catch (error) {
      if (error instanceof FiresteelError) throw error;
      const { label, steps } = this.pathTo(this.current);
      const culprit = this.failedStep === undefined ? steps : [...steps, this.failedStep];
      if (error instanceof Refusal)
        throw this.current === -1
          ? refusalError(error, this.item, [])
          : refusalError(error, label, culprit);
      throw error;
    }
    const { bindings } = group(withInner(this.functions, this.innerVariables));
    finishClasses(this.functions, this.nodes);
    return { nodes: this.nodes, bindings, roots };
  }

  /** The carried objects, with the items that lead to them. */
  carriedBy(graph: Graph): CarriedObject[] {
    if (this.carried.length === 0) return [];
    const reached = graph.roots.map((root) => reachableFrom(root, graph));
    return this.carried.map((object) => {
      const ref = this.seen.get(object) as Ref;
      return { object, items: [...reached.keys()].filter((item) => reached[item]?.has(ref)) };
    });
  }

  private failedStep: string | undefined;

  /** The index of a value's node; the node is filled later. `step` names the way to the value. */
  ref(value: unknown, step: string): Ref {
    const known = this.seen.get(value);
    if (known !== undefined && !Object.is(value, -0)) return known;
    this.failedStep = step;
    const ref = this.create(value, step);
    this.failedStep = undefined;
    if (!Object.is(value, -0)) this.seen.set(value, ref);
    return ref;
  }

  /** The node already made for a value, if any. */
  known(value: unknown): Ref | undefined {
    return this.seen.get(value);
  }

  /** Makes `value` known under a node made elsewhere. */
  alias(value: unknown, ref: Ref): void {
    if (!this.seen.has(value)) this.seen.set(value, ref);
  }

  memberBySource(source: string): GraphNode | undefined {
    return this.hiddenMembers.get(source);
  }

  /** The node of a value that a module exports, if it is one. */
  referenceTo(value: object, step: string): Ref | undefined {
    const known = this.seen.get(value);
    if (known !== undefined) return known;
    const ref = this.reference(value, step);
    if (ref !== undefined) this.seen.set(value, ref);
    return ref;
  }

  /** The node of a WeakMap or WeakSet in which a class keeps the private state of its instances. */
  weakCollection(value: WeakMap<object, unknown> | WeakSet<object>, step: string): Ref {
    const known = this.seen.get(value);
    if (known !== undefined) return known;
    const node = {
      kind: 'weak' as const,
      type: types.isWeakMap(value) ? ('map' as const) : ('set' as const),
      entries: [],
    };
    const ref = this.add(node, step);
    this.seen.set(value, ref);
    this.weak.add(value, node.entries, ref);
    return ref;
  }

  /** All values that have a node. */
  values(): Iterable<[unknown, Ref]> {
    return this.seen;
  }

  /** Makes `ref` the origin of the paths of nodes that are added next. */
  startAt(ref: Ref): void {
    this.current = ref;
  }

  /** Adds a finished node. */
  add(node: GraphNode, step: string): Ref {
    this.parents.push({ from: this.current, step });
    return this.nodes.push(node) - 1;
  }

  /** Adds a node that is completed by `fill` later, when its own index is the origin of paths. */
  addPending(node: GraphNode, step: string, fill: (ref: Ref) => void): Ref {
    const ref = this.add(node, step);
    this.pending.push({ ref, fill: () => fill(ref) });
    return ref;
  }

  /** Gives back what looking into functions and objects took. */
  release(): void {
    releaseInspected();
    releaseHeap();
  }

  pathTo(ref: Ref): { label: string; steps: string[] } {
    const steps: string[] = [];
    let at = ref;
    for (; at >= 0; at = (this.parents[at] as { from: Ref }).from)
      steps.push((this.parents[at] as { step: string }).step);
    steps.reverse();
    return { label: steps.shift() ?? this.item, steps: steps.filter((step) => step !== '') };
  }

  private create(value: unknown, step: string): Ref {
    switch (typeof value) {
      case 'function': {
        if (Object.hasOwn(value, closureTag)) {
          const { [closureTag]: tag } = value as unknown as { [closureTag]: ClosureTag };
          return captureTagged(this, value, tag, step);
        }
        const reference = this.reference(value, step);
        return reference ?? captureFunction(this, value as (...args: never[]) => unknown, step);
      }
      case 'object': {
        if (value === null) break;
        const reference = this.reference(value, step);
        return reference ?? captureObject(this, value, step);
      }
      case 'symbol':
        return this.symbol(value, step);
    }
    return this.add({ kind: 'value', value }, step);
  }

  private reference(value: object, step: string): Ref | undefined {
    const path = intrinsicPath(value);
    if (path !== undefined) return this.add({ kind: 'intrinsic', path }, step);
    const reference = moduleReference(value);
    return reference && this.add({ kind: 'module', reference }, step);
  }

  private symbol(value: symbol, step: string): Ref {
    const registered = Symbol.keyFor(value);
    if (registered !== undefined)
      return this.add({ kind: 'symbol', key: registered, registered: true }, step);
    const wellKnown = /^Symbol\.(\w+)$/.exec(value.description ?? '')?.[1];
    if (
      wellKnown !== undefined &&
      (Symbol as unknown as Record<string, unknown>)[wellKnown] === value
    )
      return this.add({ kind: 'symbol', key: wellKnown, registered: false }, step);
    const reference = moduleReference(value);
    if (reference !== undefined) return this.add({ kind: 'module', reference }, step);
    throw new Refusal(
      `the symbol ${String(value)}`,
      'Only symbols made by Symbol.for(key) exist on an executor; use one of these or a string.',
    );
  }
}
