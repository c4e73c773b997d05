import type { FreeVariable } from './free-variables.js';
import type { CaptureSlot, FunctionNode } from './graph.js';

/**
 * Functions of one group are compiled in one scope, so a name can mean only one variable there.
 * Where two of them use a name for different variables, the later one gets a new name.
 */
export function resolveNameConflicts(
  functions: readonly {
    readonly node: FunctionNode;
    readonly free: ReadonlyMap<string, FreeVariable>;
  }[],
): void {
  const scopes = new Map<number, Map<string, string>>();
  for (const { node, free } of functions) {
    let names = scopes.get(node.group);
    if (names === undefined) {
      names = new Map();
      scopes.set(node.group, names);
    }
    const edits: { start: number; shorthand: boolean; name: string; to: string }[] = [];
    node.captures = node.captures.map((slot) => {
      const to = nameIn(names, slot);
      if (to === slot.name) return slot;
      for (const { start, shorthand } of free.get(slot.name)?.mentions ?? [])
        edits.push({ start, shorthand, name: slot.name, to });
      return { ...slot, name: to };
    });
    for (const { start, shorthand, name, to } of edits.sort((a, b) => b.start - a.start)) {
      const text = shorthand ? `${name}: ${to}` : to;
      node.source = node.source.slice(0, start) + text + node.source.slice(start + name.length);
    }
  }
}

/** The name of a variable in its group: its own, unless another variable has it. */
function nameIn(names: Map<string, string>, { name, target }: CaptureSlot): string {
  const identity = target.kind === 'value' ? `value ${target.ref}` : `binding ${target.binding}`;
  for (let attempt = 0; ; attempt++) {
    const candidate = attempt === 0 ? name : `${name}$${attempt}`;
    const holder = names.get(candidate);
    if (holder === undefined) names.set(candidate, identity);
    if (holder === undefined || holder === identity) return candidate;
  }
}
