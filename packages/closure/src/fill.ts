import type { GraphNode, Properties, Ref } from './graph.js';

/** What a rewritten class hands out of its private scope. */
export interface PrivateHooks {
  readonly instance: Readonly<Record<string, (object: unknown, value: unknown) => void>>;
  /** Make the functions that were written inside of the class, for a `this`. */
  readonly makers: readonly ((...args: unknown[]) => object)[];
  readonly statics: Readonly<Record<string, (object: unknown, value: unknown) => void>>;
}

/** The last step of a revival: prototypes, then contents, then what must not change any more. */
export class Filling {
  constructor(
    private readonly values: readonly unknown[],
    private readonly hooks: ReadonlyMap<unknown, PrivateHooks>,
  ) {}

  fillAll(nodes: readonly GraphNode[]): void {
    nodes.forEach((node, ref) => {
      this.setPrototype(node, this.values[ref] as object);
    });
    nodes.forEach((node, ref) => {
      this.fill(node, this.values[ref] as object);
    });
    nodes.forEach((node, ref) => {
      this.seal(node, this.values[ref] as object);
    });
  }

  private get(ref: Ref): unknown {
    return this.values[ref];
  }

  private setPrototype(node: GraphNode, value: object): void {
    if (!('proto' in node)) return;
    const { proto } = node;
    if (typeof proto !== 'number' || proto < 0) return;
    const prototype = this.get(proto) as object | null;
    if (Object.getPrototypeOf(value) !== prototype) Object.setPrototypeOf(value, prototype);
  }
  private fill(node: GraphNode, value: object): void {
    switch (node.kind) {
      case 'array':
        for (let at = 0; at < node.items.length; at++)
          (value as unknown[]).push(this.get(node.items[at] as Ref));
        break;
      case 'map':
        for (let at = 0; at < node.entries.length; at += 2)
          Map.prototype.set.call(
            value,
            this.get(node.entries[at] as Ref),
            this.get(node.entries[at + 1] as Ref),
          );
        break;
      case 'weak':
        this.fillWeak(node, value as WeakMap<object, unknown> | WeakSet<object>);
        break;
      case 'set':
        for (const item of node.items) Set.prototype.add.call(value, this.get(item));
        break;
      case 'function':
        for (const { name, value: ref } of node.class?.privateStatics ?? [])
          this.hooks.get(value)?.statics[name]?.(value, this.get(ref));
        break;
      case 'privateInstance': {
        const kept = new Set<string | symbol>(node.properties.keys);
        for (const { key } of node.properties.special ?? [])
          kept.add(typeof key === 'number' ? (this.get(key) as symbol) : key);
        for (const key of Reflect.ownKeys(value))
          if (!kept.has(key)) Reflect.deleteProperty(value, key);
        for (const { owner, fields } of node.owners)
          for (const field of fields)
            this.hooks.get(this.get(owner))?.instance[field.name]?.(value, this.get(field.value));
      }
    }
    if ('properties' in node && node.properties !== undefined) this.define(value, node.properties);
  }

  private fillWeak(
    node: Extract<GraphNode, { kind: 'weak' }>,
    value: WeakMap<object, unknown> | WeakSet<object>,
  ): void {
    const { entries } = node;
    if ('add' in value) for (const key of entries) value.add(this.get(key) as object);
    else
      for (let at = 0; at < entries.length; at += 2)
        value.set(this.get(entries[at] as Ref) as object, this.get(entries[at + 1] as Ref));
  }

  private define(value: object, { keys, values, special }: Properties): void {
    const target = value as Record<string, unknown>;
    for (let at = 0; at < keys.length; at++) {
      const key = keys[at] as string;
      const item = this.get(values[at] as Ref);
      // Assignment keeps V8's fast shapes; it must not meet a setter or read-only property.
      if (Object.hasOwn(value, key) || !(key in value)) target[key] = item;
      else
        Object.defineProperty(value, key, {
          value: item,
          writable: true,
          enumerable: true,
          configurable: true,
        });
    }
    for (const property of special ?? []) {
      const { key, flags } = property;
      const name = typeof key === 'number' ? (this.get(key) as symbol) : key;
      const base = { enumerable: (flags & 2) !== 0, configurable: (flags & 4) !== 0 };
      const part = (ref: Ref | undefined) =>
        ref === undefined ? undefined : (this.get(ref) as () => unknown);
      Object.defineProperty(
        value,
        name,
        (flags & 8) !== 0
          ? {
              ...base,
              get: part(property.get),
              set: part(property.set) as (() => void) | undefined,
            }
          : { ...base, writable: (flags & 1) !== 0, value: this.get(property.value as Ref) },
      );
    }
  }

  private seal(node: GraphNode, value: object): void {
    const integrity = 'properties' in node ? node.properties?.integrity : undefined;
    if (integrity === 'frozen') Object.freeze(value);
    else if (integrity === 'sealed') Object.seal(value);
    else if (integrity === 'fixed') Object.preventExtensions(value);
  }
}
