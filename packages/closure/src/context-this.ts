import type { Runtime } from 'node:inspector';
import { objectGroup, openSession, post, realValue, remoteObject } from './inspect.js';

const knownThis = new WeakMap<object, { readonly value: unknown }>();

/**
 * The `this` that an arrow function closes over. Scopes do not list it, only a heap snapshot has
 * it: this costs some hundred milliseconds the first time for each arrow function, nothing later.
 */
export function contextThis(fn: object): { readonly value: unknown } | undefined {
  let found = knownThis.get(fn);
  if (found === undefined) {
    found = findContextThis(fn);
    if (found !== undefined) knownThis.set(fn, found);
  }
  return found;
}

interface HeapSnapshot {
  readonly snapshot: { readonly meta: { node_fields: string[]; edge_fields: string[] } };
  readonly nodes: readonly number[];
  readonly edges: readonly number[];
  readonly strings: readonly string[];
}

function findContextThis(fn: object): { readonly value: unknown } | undefined {
  const { objectId } = remoteObject(fn);
  heap ??= takeSnapshot();
  const { heapSnapshotObjectId } = post<{ heapSnapshotObjectId: string }>(
    'HeapProfiler.getHeapObjectId',
    { objectId },
  );
  const id = thisInSnapshot(heap, Number(heapSnapshotObjectId));
  if (id === undefined) return undefined;
  const remote = post<{ result: Runtime.RemoteObject }>('HeapProfiler.getObjectByHeapObjectId', {
    objectId: String(id),
    objectGroup,
  });
  return { value: realValue(remote.result) };
}

// One snapshot serves a whole capture: what it captures existed before it.
let heap: Heap | undefined;

/** Call it when a capture is done. */
export function releaseHeap(): void {
  heap = undefined;
}

interface Heap {
  readonly snapshot: HeapSnapshot;
  readonly nodeAt: ReadonlyMap<number, number>;
  /** By node number: where its edges start. */
  readonly firstEdge: Uint32Array;
}

function takeSnapshot(): Heap {
  const chunks: string[] = [];
  const collect = (message: { params: { chunk: string } }) => chunks.push(message.params.chunk);
  const session = openSession();
  session.on('HeapProfiler.addHeapSnapshotChunk', collect);
  post('HeapProfiler.takeHeapSnapshot', {});
  session.off('HeapProfiler.addHeapSnapshotChunk', collect);
  const snapshot = JSON.parse(chunks.join('')) as HeapSnapshot;
  const { node_fields: nodeFields, edge_fields: edgeFields } = snapshot.snapshot.meta;
  const idAt = nodeFields.indexOf('id');
  const countAt = nodeFields.indexOf('edge_count');
  const nodeAt = new Map<number, number>();
  const firstEdge = new Uint32Array(snapshot.nodes.length / nodeFields.length);
  let edge = 0;
  for (
    let node = 0, number = 0;
    node < snapshot.nodes.length;
    node += nodeFields.length, number++
  ) {
    firstEdge[number] = edge;
    nodeAt.set(snapshot.nodes[node + idAt] as number, node);
    edge += (snapshot.nodes[node + countAt] as number) * edgeFields.length;
  }
  return { snapshot, nodeAt, firstEdge };
}

const elementEdge = 1;
const hiddenEdge = 4;

/** Follows function → context → outer contexts to the first slot called `this`. */
function thisInSnapshot(
  { snapshot, nodeAt, firstEdge }: Heap,
  functionId: number,
): number | undefined {
  const { nodes, edges, strings } = snapshot;
  const { node_fields: nodeFields, edge_fields: edgeFields } = snapshot.snapshot.meta;
  const countAt = nodeFields.indexOf('edge_count');
  const typeAt = edgeFields.indexOf('type');
  const nameAt = edgeFields.indexOf('name_or_index');
  const toAt = edgeFields.indexOf('to_node');
  const follow = (node: number, name: string): number | undefined => {
    const from = firstEdge[node / nodeFields.length] ?? 0;
    const to = from + (nodes[node + countAt] as number) * edgeFields.length;
    for (let at = from; at < to; at += edgeFields.length) {
      // Elements and hidden edges have numbers where others have an index of strings.
      const type = edges[at + typeAt];
      if (type === elementEdge || type === hiddenEdge) continue;
      if (strings[edges[at + nameAt] as number] === name) return edges[at + toAt];
    }
    return undefined;
  };
  const start = nodeAt.get(functionId);
  let context = start === undefined ? undefined : follow(start, 'context');
  while (context !== undefined) {
    const self = follow(context, 'this');
    if (self !== undefined) return nodes[self + nodeFields.indexOf('id')];
    context = follow(context, 'previous');
  }
  return undefined;
}
