import { types } from 'node:util';
import type { Capture } from './capture.js';
import type { GraphNode, Ref } from './graph.js';
import { isOwnExports } from './module-index.js';

/** Namespaces and exports of the job's own modules: only the members in use travel. */
export function isModuleObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || types.isProxy(value)) return false;
  if (types.isModuleNamespaceObject(value) || isOwnExports(value)) return true;
  // Vitest's own namespaces: no prototype, tagged, and live getters for exports.
  return (
    Object.getPrototypeOf(value) === null &&
    Object.getOwnPropertyDescriptor(value, Symbol.toStringTag)?.value === 'Module'
  );
}

interface Partial {
  readonly ref: Ref;
  readonly members: Set<string>;
}

const partials = new WeakMap<Capture, Map<object, Partial>>();

/**
 * The node of a module object with the named members, or all of them. Later calls for the same
 * object add members to the same node.
 */
export function moduleMembers(
  capture: Capture,
  value: object,
  members: Iterable<string> | undefined,
  step: string,
): Ref {
  let ofCapture = partials.get(capture);
  if (ofCapture === undefined) {
    ofCapture = new Map();
    partials.set(capture, ofCapture);
  }
  let partial = ofCapture.get(value);
  if (partial === undefined) {
    const node: GraphNode = { kind: 'object', proto: 'null', properties: { keys: [], values: [] } };
    partial = { ref: capture.add(node, step), members: new Set() };
    ofCapture.set(value, partial);
  }
  const wanted = [...(members ?? Object.keys(value))].filter(
    (member) => !partial.members.has(member) && member in value,
  );
  if (wanted.length === 0) return partial.ref;
  const node = capture.nodes[partial.ref] as Extract<GraphNode, { kind: 'object' }>;
  const properties = node.properties as { keys: string[]; values: Ref[] };
  for (const member of wanted) {
    partial.members.add(member);
    // Exports are bindings, also where they are written as getters: their value is what counts.
    properties.keys.push(member);
    properties.values.push(
      capture.ref((value as Record<string, unknown>)[member], `${step}.${member}`),
    );
  }
  return partial.ref;
}
