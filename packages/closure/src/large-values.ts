import type { Graph, GraphNode, Ref } from './graph.js';

/** Captured variables and items whose values take more than `limit` bytes, each value once. */
export function largeValues(graph: Graph, limit: number): { ref: Ref; sizeBytes: number }[] {
  const owners = new Set<Ref>(graph.roots);
  for (const node of graph.nodes)
    if (node.kind === 'function')
      for (const { target } of node.captures) if (target.kind === 'value') owners.add(target.ref);
  for (const { value } of graph.bindings) owners.add(value);
  const counted = new Uint8Array(graph.nodes.length);
  const large: { ref: Ref; sizeBytes: number }[] = [];
  for (const owner of owners) {
    let sizeBytes = 0;
    const stack: Ref[] = [owner];
    for (let ref = stack.pop(); ref !== undefined; ref = stack.pop()) {
      const node = graph.nodes[ref];
      // What a function captures is counted under its own variables.
      if (node === undefined || counted[ref] === 1 || node.kind === 'function') continue;
      counted[ref] = 1;
      sizeBytes += ownSize(node, stack);
    }
    if (sizeBytes > limit) large.push({ ref: owner, sizeBytes });
  }
  return large;
}

function ownSize(node: GraphNode, next: Ref[]): number {
  let size = 16;
  const visit = (refs: readonly Ref[]) => {
    for (const ref of refs) if (ref >= 0) next.push(ref);
    size += refs.length * 8;
  };
  if (node.kind === 'value') return size + valueSize(node.value);
  if ('properties' in node && node.properties !== undefined) visit(node.properties.values);
  if (node.kind === 'array' || node.kind === 'set') visit(node.items);
  else if (node.kind === 'map') visit(node.entries);
  else if (node.kind === 'view') visit([node.buffer]);
  else if (node.kind === 'privateInstance')
    for (const { fields } of node.owners) visit(fields.map(({ value }) => value));
  return size;
}

function valueSize(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value === 'bigint') return value.toString(16).length / 2;
  if (value instanceof ArrayBuffer) return value.byteLength;
  let size = 8;
  if (Array.isArray(value) || value instanceof Set)
    for (const item of value) size += valueSize(item);
  else if (value instanceof Map)
    for (const [key, item] of value) size += valueSize(key) + valueSize(item);
  return size;
}
