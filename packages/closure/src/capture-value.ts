import { serialize } from 'node:v8';
import { Capture, type CaptureItem } from './capture.js';
import type { Graph } from './graph.js';
import { refsOf } from './graph-refs.js';
import { type PackageUse, packageUses } from './package-uses.js';
import { encodePlainData, isPlainData } from './plain-data.js';
import { type MemorySpan, MemoryTable, sharedCopy } from './shared-memory.js';

/** A snapshot of one value; what is large in it can be read by all threads of a process. */
export interface CapturedValue {
  /** Opaque bytes, for `reviveValue`; to be sent in this order. */
  readonly parts: readonly SharedArrayBuffer[];
  /** The objects that do not travel themselves, see `closureTag`. */
  readonly carried: readonly object[];
  /** What is loaded where it is revived. */
  readonly packages: readonly PackageUse[];
}

/** What the first part says about the others. */
export interface ValueHead {
  readonly format: 'data' | 'graph';
  readonly spans: readonly MemorySpan[];
}

/**
 * Takes a snapshot of a value as functions capture it, with the memory of typed arrays (of 4 KiB
 * or more) beside it, so that each thread that revives it sees the same copy. Plain data takes
 * some tenth of the time and space that captured variables do.
 *
 * @throws FiresteelError as `captureClosures` does
 */
export function captureValue(item: CaptureItem): CapturedValue {
  const parts = plainParts(item.value);
  if (parts !== undefined) return { parts, carried: [], packages: [] };
  const memory = new MemoryTable();
  const capture = new Capture([item], memory);
  try {
    const graph = capture.run();
    keepOwnBuffers(graph, memory);
    const packages = packageUses(graph);
    return {
      parts: packed('graph', serialize(graph), memory),
      carried: capture.carried,
      packages,
    };
  } finally {
    capture.release();
  }
}

function plainParts(value: unknown): CapturedValue['parts'] | undefined {
  if (!isPlainData(value)) return undefined;
  const memory = new MemoryTable();
  try {
    return packed('data', encodePlainData(value, memory), memory);
  } catch (error) {
    // Nested too deeply for V8, which recurses; a graph is flat.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** An ArrayBuffer that more than its views refer to has to arrive as one. */
function keepOwnBuffers(graph: Graph, memory: MemoryTable): void {
  const keep = (ref: number) => {
    const node = graph.nodes[ref];
    if (node?.kind === 'memory') memory.keepOwn(node.index);
  };
  graph.roots.forEach(keep);
  for (const node of graph.nodes) if (node.kind !== 'view') refsOf(node, graph).forEach(keep);
}

function packed(
  format: ValueHead['format'],
  body: Uint8Array,
  memory: MemoryTable,
): readonly SharedArrayBuffer[] {
  const { spans, parts } = memory.pack();
  const head: ValueHead = { format, spans };
  return [sharedCopy([serialize(head)]), sharedCopy([body]), ...parts];
}
