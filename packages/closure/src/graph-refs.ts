import type { Graph, GraphNode, Properties, Ref } from './graph.js';

/** The nodes that a node refers to. */
export function refsOf(node: GraphNode, { bindings }: Graph): Ref[] {
  const refs: Ref[] = [];
  const add = (ref: Ref | string | undefined) => {
    if (typeof ref === 'number' && ref >= 0) refs.push(ref);
  };
  if ('proto' in node) add(node.proto === 'plain' || node.proto === 'null' ? -1 : node.proto);
  if ('properties' in node && node.properties !== undefined) addProperties(node.properties, add);
  switch (node.kind) {
    case 'array':
    case 'set':
      node.items.forEach(add);
      break;
    case 'map':
    case 'weak':
      node.entries.forEach(add);
      break;
    case 'view':
      add(node.buffer);
      break;
    case 'carried':
      add(node.value);
      break;
    case 'prototype':
      add(node.owner);
      break;
    case 'member':
      add(node.owner);
      add(node.key);
      break;
    case 'inner':
      add(node.owner);
      add(node.self);
      add(node.args);
      break;
    case 'bound':
      add(node.target);
      add(node.boundThis);
      node.args.forEach(add);
      break;
    case 'privateInstance':
      for (const { owner, fields } of node.owners) {
        add(owner);
        for (const { value } of fields) add(value);
      }
      break;
    case 'function':
      for (const { target } of node.captures)
        add(target.kind === 'value' ? target.ref : bindings[target.binding]?.value);
      for (const ref of [node.prototype?.ref, node.homeProto, node.importMeta]) add(ref);
      add(node.outer?.self);
      add(node.outer?.args);
      add(node.class?.superClass);
      for (const { value } of node.class?.privateStatics ?? []) add(value);
      break;
    default:
      break;
  }
  return refs;
}

function addProperties(
  { values, special = [] }: Properties,
  add: (ref: Ref | string | undefined) => void,
): void {
  values.forEach(add);
  for (const { key, value, get, set } of special) {
    add(key);
    add(value);
    add(get);
    add(set);
  }
}

/** All nodes that can be reached from a root, itself included. */
export function reachableFrom(root: Ref, graph: Graph): Set<Ref> {
  const seen = new Set([root]);
  const open = [root];
  for (let ref = open.pop(); ref !== undefined; ref = open.pop()) {
    for (const next of refsOf(graph.nodes[ref] as GraphNode, graph)) {
      if (seen.has(next)) continue;
      seen.add(next);
      open.push(next);
    }
  }
  return seen;
}
