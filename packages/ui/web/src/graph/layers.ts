/** What a layered drawing is made of: nodes of a directed graph without cycles. */
export interface GraphNode {
  readonly id: string;
  /** Ids of nodes that come before it; those that are not in the graph are ignored. */
  readonly parents: readonly string[];
}

/**
 * The nodes in layers, so that each stands behind all of its parents, as near as it can be; within
 * a layer beside their parents, which keeps edges from crossing where that is easy.
 */
export function layersOf<N extends GraphNode>(nodes: readonly N[]): N[][] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const layerOf = new Map<string, number>();
  const open = [...nodes];
  const entered = new Set<string>();
  for (let node = open.at(-1); node !== undefined; node = open.at(-1)) {
    const parents = node.parents.flatMap((id) => byId.get(id) ?? []);
    const missing = parents.filter(({ id }) => !layerOf.has(id) && !entered.has(id));
    entered.add(node.id);
    if (missing.length > 0) {
      open.push(...missing);
      continue;
    }
    open.pop();
    const above = parents.map(({ id }) => layerOf.get(id) ?? -1);
    if (!layerOf.has(node.id)) layerOf.set(node.id, Math.max(-1, ...above) + 1);
  }
  const layers: N[][] = [];
  for (const node of nodes) {
    const layer = layerOf.get(node.id) ?? 0;
    layers[layer] ??= [];
    layers[layer].push(node);
  }
  const place = new Map<string, number>();
  for (const layer of layers) {
    const wish = new Map(layer.map((node, i) => [node.id, wishOf(node, place) ?? i]));
    layer.sort((a, b) => (wish.get(a.id) ?? 0) - (wish.get(b.id) ?? 0));
    for (const [i, node] of layer.entries()) place.set(node.id, (i + 0.5) / layer.length);
  }
  return layers;
}

/** In the middle of its parents; undefined for a node without any. */
function wishOf(node: GraphNode, place: ReadonlyMap<string, number>): number | undefined {
  const places = node.parents.flatMap((id) => place.get(id) ?? []);
  if (places.length === 0) return undefined;
  return places.reduce((sum, value) => sum + value, 0) / places.length;
}
