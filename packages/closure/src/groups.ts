import type { FreeVariable } from './free-variables.js';
import type { FunctionNode, Ref } from './graph.js';
import type { ScopeDetails } from './inspect.js';

import { Refusal } from './refusal.js';
import { resolveNameConflicts } from './rename.js';

/** A free variable of a captured function before it is known who shares it. */
export interface CapturedVariable {
  readonly name: string;
  readonly assigned: boolean;
  readonly ref: Ref;
  /** The scope that declares it, and how deep it lies, counted from the global scope inwards. */
  readonly scope: ScopeDetails | undefined;
  readonly depth: number;
}

export interface CapturedFunction {
  readonly ref: Ref;
  readonly node: FunctionNode;
  readonly scriptId: string | undefined;
  /** Identifies the literal in its script: two closures of one literal have equal texts and places. */
  readonly literal: string;
  readonly scopes: readonly ScopeDetails[];
  readonly variables: readonly CapturedVariable[];
  readonly free: ReadonlyMap<string, FreeVariable>;
}

export interface InnerVariables {
  readonly owner: Ref;
  readonly scopes: readonly ScopeDetails[];
  readonly variables: readonly CapturedVariable[];
}

/** Gives classes the variables of the functions that are compiled inside of them. */
export function withInner(
  functions: readonly CapturedFunction[],
  inner: readonly InnerVariables[],
): readonly CapturedFunction[] {
  if (inner.length === 0) return functions;
  return functions.map((fn) => {
    const variables = [...fn.variables];
    for (const part of inner) {
      if (part.owner !== fn.ref) continue;
      for (const variable of part.variables) {
        const same = variables.findIndex(({ name }) => name === variable.name);
        if (same < 0) variables.push(variable);
        else if (variable.assigned && variables[same]?.ref === variable.ref)
          variables[same] = { ...(variables[same] as CapturedVariable), assigned: true };
        else if (variables[same]?.ref !== variable.ref)
          throw new Refusal(
            `a variable ${variable.name} in a function with private names that hides another of its class`,
            'Give one of them another name.',
          );
      }
    }
    return { ...fn, variables };
  });
}

/**
 * Decides which captured variables are one shared binding and which functions are compiled
 * together: those that share a binding, and those that refer to each other in a cycle.
 */
export function group(functions: readonly CapturedFunction[]): {
  bindings: { name: string; value: Ref }[];
} {
  const bindings: { name: string; value: Ref }[] = [];
  const sets = new DisjointSets(functions.length);
  const byName = new Map<string, { at: number; variable: CapturedVariable }[]>();
  functions.forEach(({ variables }, at) => {
    for (const variable of variables) {
      if (variable.scope === undefined) continue;
      const list = byName.get(variable.name);
      if (list === undefined) byName.set(variable.name, [{ at, variable }]);
      else list.push({ at, variable });
    }
  });
  const bindingOf = new Map<CapturedVariable, number>();
  for (const mentions of byName.values()) {
    if (!mentions.some(({ variable }) => variable.assigned)) continue;
    for (const instance of sameVariable(mentions, functions)) {
      if (!instance.some(({ variable }) => variable.assigned)) continue;
      const first = instance[0] as (typeof instance)[number];
      const binding = bindings.push({ name: first.variable.name, value: first.variable.ref }) - 1;
      for (const { at, variable } of instance) {
        bindingOf.set(variable, binding);
        sets.join(first.at, at);
      }
    }
  }
  joinCycles(functions, sets);
  functions.forEach(({ node, variables }, at) => {
    node.group = sets.find(at);
    node.captures = variables.map((variable) => {
      const binding = bindingOf.get(variable);
      return binding === undefined
        ? { name: variable.name, target: { kind: 'value', ref: variable.ref } }
        : { name: variable.name, target: { kind: 'binding', binding } };
    });
  });
  resolveNameConflicts(functions);
  return { bindings };
}

interface VariableMention {
  readonly at: number;
  readonly variable: CapturedVariable;
}

/**
 * Splits mentions of one name into the variables that they are. The top level of a module exists
 * once. For scopes of calls V8 does not say which call a scope belongs to: two scopes are taken as
 * one when they stand at the same depth of the same script and all their variables hold the same
 * values, all the way out; two closures of the same literal are then still two calls.
 */
function sameVariable(
  mentions: readonly VariableMention[],
  functions: readonly CapturedFunction[],
): VariableMention[][] {
  const instances: VariableMention[][] = [];
  for (const mention of mentions) {
    const fn = functions[mention.at] as CapturedFunction;
    const home = instances.find((instance) => {
      const first = instance[0] as VariableMention;
      const other = functions[first.at] as CapturedFunction;
      if (!sameScope(mention.variable, fn, first.variable, other)) return false;
      if (mention.variable.scope?.kind !== 'local') return true;
      return !instance.some(({ at }) => functions[at]?.literal === fn.literal);
    });
    if (home === undefined) instances.push([mention]);
    else home.push(mention);
  }
  return instances;
}

function sameScope(
  a: CapturedVariable,
  aFunction: CapturedFunction,
  b: CapturedVariable,
  bFunction: CapturedFunction,
): boolean {
  if (a.scope?.kind === 'script' && b.scope?.kind === 'script') return true;
  if (aFunction.scriptId !== bFunction.scriptId || a.depth !== b.depth) return false;
  if (a.scope?.kind === 'module' && b.scope?.kind === 'module') return true;
  for (let depth = a.depth; depth >= 1; depth--) {
    const left = aFunction.scopes[aFunction.scopes.length - depth]?.variables;
    const right = bFunction.scopes[bFunction.scopes.length - depth]?.variables;
    if (left === undefined || right === undefined) return false;
    const names = Object.keys(left);
    if (names.length !== Object.keys(right).length) return false;
    for (const name of names)
      if (!Object.hasOwn(right, name) || !Object.is(left[name], right[name])) return false;
  }
  return true;
}

/** Tarjan's strongly connected components over "captures the function", without recursion. */
function joinCycles(functions: readonly CapturedFunction[], sets: DisjointSets): void {
  const positions = new Map<Ref, number>();
  functions.forEach((fn, at) => {
    positions.set(fn.ref, at);
  });
  const edges = functions.map(({ variables, node }) => {
    const targets: number[] = [];
    for (const { ref } of variables) {
      const target = positions.get(ref);
      if (target !== undefined) targets.push(target);
    }
    const superClass = positions.get(node.class?.superClass ?? -1);
    if (superClass !== undefined) targets.push(superClass);
    return targets;
  });
  const index = new Int32Array(functions.length).fill(-1);
  const low = new Int32Array(functions.length);
  const onStack = new Uint8Array(functions.length);
  const stack: number[] = [];
  let counter = 0;
  for (let start = 0; start < functions.length; start++) {
    if (index[start] !== -1) continue;
    const work: { at: number; next: number }[] = [{ at: start, next: 0 }];
    while (work.length > 0) {
      const frame = work[work.length - 1] as { at: number; next: number };
      const { at } = frame;
      if (frame.next === 0) {
        index[at] = low[at] = counter++;
        stack.push(at);
        onStack[at] = 1;
      }
      const target = edges[at]?.[frame.next++];
      if (target !== undefined) {
        if (index[target] === -1) work.push({ at: target, next: 0 });
        else if (onStack[target] === 1) low[at] = Math.min(low[at] ?? 0, index[target] ?? 0);
        continue;
      }
      work.pop();
      const parent = work[work.length - 1];
      if (parent !== undefined) low[parent.at] = Math.min(low[parent.at] ?? 0, low[at] ?? 0);
      if (low[at] !== index[at]) continue;
      let member: number;
      do {
        member = stack.pop() as number;
        onStack[member] = 0;
        sets.join(at, member);
      } while (member !== at);
    }
  }
}

class DisjointSets {
  private readonly parents: Int32Array;

  constructor(size: number) {
    this.parents = Int32Array.from({ length: size }, (_, i) => i);
  }

  find(at: number): number {
    let root = at;
    while (this.parents[root] !== root) root = this.parents[root] as number;
    while (this.parents[at] !== root) {
      const next = this.parents[at] as number;
      this.parents[at] = root;
      at = next;
    }
    return root;
  }

  join(a: number, b: number): void {
    const left = this.find(a);
    const right = this.find(b);
    if (left < right) this.parents[right] = left;
    else this.parents[left] = right;
  }
}
