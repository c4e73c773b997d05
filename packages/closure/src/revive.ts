import { types } from 'node:util';
import { deserialize } from 'node:v8';
import { FiresteelError } from '@firesteel/common';
import { anyArguments } from './any-argument.js';
import type { Constructor } from './capture.js';
import {
  type GroupMember,
  type GroupVariable,
  type MemberExtras,
  makeGroup,
  type RevivingState,
} from './factory.js';
import { Filling, type PrivateHooks } from './fill.js';
import type { FunctionNode, Graph, GraphNode, Ref } from './graph.js';
import { resolveIntrinsic } from './intrinsics.js';
import { importMetaFor, loadReference, requireFor } from './loader.js';
import { bareError, rebuild, rebuildView } from './rebuild.js';
import { attachValue, carriedValue } from './revivers.js';
import type { RevivedMemory } from './shared-memory.js';

/**
 * Makes the values of a capture in this thread, in the order of the captured items. Modules that
 * they refer to are imported first, relative to the file that imported them on the driver.
 *
 * @param onClass told of the classes that `CaptureOptions.tagClass` gave a tag
 * @throws FiresteelError `CLOSURE_REVIVE_FAILED` when a package is missing here or the bytes are
 * not those of a capture.
 */
export async function reviveClosures(
  bytes: Uint8Array,
  onClass?: (tag: unknown, ctor: Constructor) => void,
): Promise<unknown[]> {
  let graph: Graph;
  try {
    graph = deserialize(bytes) as Graph;
  } catch (cause) {
    throw new FiresteelError('CLOSURE_REVIVE_FAILED', 'The bytes of a closure set are damaged.', {
      cause,
    });
  }
  const revival = await beginRevival(graph);
  const values = revival.run();
  if (onClass)
    for (const { tag, ref } of graph.classes ?? []) onClass(tag, revival.get(ref) as Constructor);
  return values;
}

/** @param memory holds the binary data of a graph that leaves it out */
export async function reviveGraph(graph: Graph, memory?: RevivedMemory): Promise<unknown[]> {
  return (await beginRevival(graph, memory)).run();
}

async function beginRevival(graph: Graph, memory?: RevivedMemory): Promise<Revival> {
  const modules = new Map<Ref, unknown>();
  await Promise.all(
    graph.nodes.map(async (node, ref) => {
      if (node.kind === 'module') modules.set(ref, await loadReference(node.reference));
    }),
  );
  return new Revival(graph, modules, memory);
}

const pending = Symbol('pending');

/**
 * Objects come first as empty shells, then functions in the order in which they need each other,
 * then everything is filled. Only cycles of functions need more, see {@link makeGroup}.
 */
class Revival {
  private readonly values: unknown[];
  private readonly hooks = new Map<unknown, PrivateHooks>();
  private readonly reviving: RevivingState = { on: false, args: anyArguments };
  private readonly groups = new Map<number, GroupMember[]>();
  private readonly positions = new Map<Ref, number>();
  /** Variables whose value came after their functions. */
  private readonly late: { readonly set: (value: unknown) => void; readonly ref: Ref }[] = [];

  constructor(
    private readonly graph: Graph,
    private readonly modules: ReadonlyMap<Ref, unknown>,
    private readonly memory: RevivedMemory | undefined,
  ) {
    this.values = new Array<unknown>(graph.nodes.length).fill(pending);
  }

  run(): unknown[] {
    const { nodes } = this.graph;
    nodes.forEach((node, ref) => {
      this.values[ref] = this.shell(node, ref);
      if (node.kind !== 'function') return;
      const group = this.groups.get(node.group);
      if (group === undefined) this.groups.set(node.group, [{ ref, node }]);
      else group.push({ ref, node });
    });
    for (const group of this.groups.values())
      group.forEach(({ ref }, position) => {
        this.positions.set(ref, position);
      });
    this.makeLate();
    for (const { set, ref } of this.late) set(this.values[ref]);
    new Filling(this.values, this.hooks).fillAll(nodes);
    nodes.forEach((node, ref) => {
      if (node.kind === 'carried' && node.value !== undefined)
        attachValue(node.type, this.values[ref], this.get(node.value));
    });
    return this.graph.roots.map((ref) => this.values[ref]);
  }

  get(ref: Ref): unknown {
    return this.values[ref];
  }

  /** The object without its parts; `pending` for what needs functions to exist. */
  private shell(node: GraphNode, ref: Ref): unknown {
    switch (node.kind) {
      case 'value':
        // Deserialised arrays box their numbers, which makes every access by user code slower.
        return Array.isArray(node.value) ? node.value.map((item) => item) : node.value;
      case 'symbol':
        return node.registered
          ? Symbol.for(node.key)
          : (Symbol as unknown as Record<string, symbol>)[node.key];
      case 'intrinsic':
        return resolveIntrinsic(node.path);
      case 'module':
        return this.modules.get(ref);
      case 'require':
        return requireFor(node.from);
      case 'importMeta':
        return importMetaFor(node.url);
      case 'carried':
        return carriedValue(node.type, node.data);
      case 'object':
        return node.proto === 'null' ? Object.create(null) : {};
      case 'array':
        return new Array(node.properties === undefined ? 0 : node.length);
      case 'map':
        return new Map();
      case 'set':
        return new Set();
      case 'weak':
        return node.type === 'map' ? new WeakMap() : new WeakSet();
      case 'error':
        return bareError();
      case 'rebuilt':
        return rebuild(node.type, node.data);
      case 'view':
        return rebuildView(node, this.bufferOf(this.graph.nodes[node.buffer] as GraphNode));
      case 'memory':
        return this.bufferOf(node);
      default:
        return pending;
    }
  }

  private bufferOf(node: GraphNode): ArrayBuffer | SharedArrayBuffer {
    const buffer =
      node.kind === 'memory' ? this.memory?.get(node.index) : (node as { value?: unknown }).value;
    if (!types.isAnyArrayBuffer(buffer))
      throw new FiresteelError('CLOSURE_REVIVE_FAILED', 'The memory of a typed array is missing.');
    return buffer;
  }

  /** Makes functions and what depends on them, each after what it needs; without recursion. */
  private makeLate(): void {
    const started = new Set<Ref | string>();
    const unit = (ref: Ref): Ref | string => {
      const node = this.graph.nodes[ref];
      return node?.kind === 'function' ? `group ${node.group}` : ref;
    };
    for (let root = 0; root < this.values.length; root++) {
      const stack: { ref: Ref; needs: readonly Ref[]; next: number }[] = [];
      const enter = (ref: Ref) => {
        if (this.values[ref] !== pending || started.has(unit(ref))) return;
        started.add(unit(ref));
        stack.push({ ref, needs: this.needs(ref), next: 0 });
      };
      enter(root);
      for (
        let frame = stack[stack.length - 1];
        frame !== undefined;
        frame = stack[stack.length - 1]
      ) {
        const need = frame.needs[frame.next++];
        if (need !== undefined) enter(need);
        else {
          stack.pop();
          this.make(frame.ref);
        }
      }
    }
  }

  private needs(ref: Ref): readonly Ref[] {
    const node = this.graph.nodes[ref] as GraphNode;
    switch (node.kind) {
      case 'member':
      case 'prototype':
        return [node.owner];
      case 'inner':
        return node.self === undefined ? [node.owner] : [node.owner, node.self];
      case 'bound':
        return [node.target, node.boundThis, ...node.args];
      case 'privateInstance':
        return [...node.owners.map(({ owner }) => owner), node.proto];
      case 'function': {
        const needs: Ref[] = [];
        for (const member of this.groups.get(node.group) ?? []) {
          const { captures, class: classPart, outer, homeProto } = member.node;
          if (classPart?.superClass !== undefined) needs.push(classPart.superClass);
          if (outer !== undefined) needs.push(outer.self);
          if (homeProto !== undefined) needs.push(homeProto);
          for (const { target } of captures)
            needs.push(
              target.kind === 'value'
                ? target.ref
                : (this.graph.bindings[target.binding] as { value: Ref }).value,
            );
        }
        return needs;
      }
      default:
        return [];
    }
  }

  private make(ref: Ref): void {
    const node = this.graph.nodes[ref] as GraphNode;
    switch (node.kind) {
      case 'function':
        this.makeFunctions(this.groups.get(node.group) ?? []);
        return;
      case 'member': {
        const owner = this.ready(node.owner) as { prototype: object };
        const key = typeof node.key === 'number' ? (this.get(node.key) as symbol) : node.key;
        const home = node.isStatic ? owner : owner.prototype;
        this.values[ref] = Object.getOwnPropertyDescriptor(home, key)?.[node.part];
        return;
      }
      case 'prototype':
        this.values[ref] = (this.ready(node.owner) as { prototype: object }).prototype;
        return;
      case 'inner':
        this.values[ref] = this.makeInner(node);
        return;
      case 'bound': {
        const target = this.ready(node.target) as (...args: unknown[]) => unknown;
        const args = node.args.map((arg) => this.ready(arg));
        this.values[ref] = target.bind(this.ready(node.boundThis), ...args);
        return;
      }
      case 'privateInstance':
        this.values[ref] = this.makePrivateInstance(node);
    }
  }

  private ready(ref: Ref): unknown {
    const value = this.values[ref];
    if (value === pending)
      throw new FiresteelError(
        'CLOSURE_REVIVE_FAILED',
        'A class, a bound function or an instance with private fields needs itself to be made.',
      );
    return value;
  }

  private makeFunctions(members: readonly GroupMember[]): void {
    const variables = new Map<string, GroupVariable>();
    const lateRefs = new Map<string, Ref>();
    for (const { node } of members) {
      for (const { name, target } of node.captures) {
        if (variables.has(name)) continue;
        const shared = target.kind === 'binding';
        const ref = shared
          ? (this.graph.bindings[target.binding] as { value: Ref }).value
          : target.ref;
        const value = this.values[ref];
        const position = members.some((member) => member.ref === ref)
          ? this.positions.get(ref)
          : undefined;
        const kind = position !== undefined ? 'member' : value === pending ? 'late' : 'constant';
        if (kind === 'late') lateRefs.set(name, ref);
        variables.set(name, { name, kind, shared, value, member: position ?? -1 });
      }
    }
    const extras = members.map(({ node }) => this.extras(node, members));
    const { functions, setters } = makeGroup(
      members,
      [...variables.values()],
      extras,
      this.reviving,
      (owner, instance, statics, makers) => {
        this.hooks.set(owner, { instance, statics, makers } as PrivateHooks);
      },
    );
    members.forEach(({ ref, node }, position) => {
      const fn = functions[position] as { name: string };
      this.values[ref] = fn;
      if (fn.name !== node.name && !Object.getOwnPropertyDescriptor(fn, 'name')?.enumerable)
        Object.defineProperty(fn, 'name', { value: node.name, configurable: true });
    });
    for (const [name, ref] of lateRefs)
      this.late.push({ ref, set: setters[name] as (value: unknown) => void });
  }

  private extras(node: FunctionNode, members: readonly GroupMember[]): MemberExtras {
    const superRef = node.class?.superClass;
    const inGroup = members.findIndex(({ ref }) => ref === superRef);
    return {
      ...(node.outer && {
        self: this.ready(node.outer.self),
        ...(node.outer.args !== undefined && { args: this.get(node.outer.args) as unknown[] }),
      }),
      ...(node.importMeta !== undefined && { importMeta: this.get(node.importMeta) }),
      ...(node.homeProto !== undefined && { home: this.ready(node.homeProto) }),
      ...(superRef !== undefined && {
        superClass: inGroup >= 0 ? { member: inGroup } : { value: this.ready(superRef) },
      }),
    };
  }

  private makePrivateInstance(node: Extract<GraphNode, { kind: 'privateInstance' }>): object {
    const derived = node.owners[node.owners.length - 1]?.owner as Ref;
    const prototype = this.ready(node.proto) as { constructor: unknown };
    const owner = this.ready(derived) as new () => object;
    const ctor = (
      typeof prototype.constructor === 'function' ? prototype.constructor : owner
    ) as new () => object;
    this.reviving.on = true;
    try {
      return Reflect.construct(ctor, anyArguments, ctor);
    } finally {
      this.reviving.on = false;
    }
  }

  private makeInner(node: Extract<GraphNode, { kind: 'inner' }>): object {
    const maker = this.hooks.get(this.ready(node.owner))?.makers[node.index];
    const self = node.self === undefined ? undefined : this.ready(node.self);
    const args = node.args === undefined ? [] : (this.get(node.args) as unknown[]);
    const fn = Reflect.apply(maker as (...args: unknown[]) => object, self, args);
    return Object.defineProperty(fn, 'name', { value: node.name, configurable: true });
  }
}
