import type { IntrinsicPath } from './intrinsics.js';
import type { ModuleReference } from './module-reference.js';

/** Index of a node in the graph. */
export type Ref = number;

/** What a captured variable is bound to in the revived function. */
export interface CaptureSlot {
  readonly name: string;
  readonly target:
    | { readonly kind: 'value'; readonly ref: Ref }
    /** A variable that some function of the graph assigns: one binding for all who mention it. */
    | { readonly kind: 'binding'; readonly binding: number };
}

/** Where the text of a function stands in the file that it was loaded from; zero based. */
export interface SourcePosition {
  /** URL or path of the compiled file; empty for code without a file. */
  readonly url: string;
  readonly line: number;
  readonly column: number;
}

/** One own property that is not a plain writable data property with a string key. */
export interface SpecialProperty {
  readonly key: string | Ref;
  /** 1 writable, 2 enumerable, 4 configurable, 8 accessor. */
  readonly flags: number;
  readonly value?: Ref;
  readonly get?: Ref;
  readonly set?: Ref;
}

export interface Properties {
  /** Plain properties, all before special ones unless `special` holds everything. */
  readonly keys: readonly string[];
  readonly values: readonly Ref[];
  readonly special?: readonly SpecialProperty[];
  readonly integrity?: 'frozen' | 'sealed' | 'fixed';
}

export interface FunctionNode {
  readonly kind: 'function';
  source: string;
  readonly form: 'expression' | 'method' | 'getter' | 'setter' | 'class';
  readonly name: string;
  readonly strict: boolean;
  readonly position: SourcePosition;
  captures: readonly CaptureSlot[];
  /** Functions of one group are compiled together, because they refer to each other by name. */
  group: number;
  /** Present when it differs from what the source gives. */
  proto?: Ref;
  properties: Properties;
  /** `prototype` of constructors, when something refers to it or it was changed. */
  prototype?: { readonly ref: Ref };
  /** The prototype of the object that a method with `super` was written in. */
  homeProto?: Ref;
  readonly usesSuper: boolean;
  /** An arrow function that needs `this` or `arguments` of the function around it. */
  outer?: { readonly self: Ref; readonly args?: Ref };
  /** The value of `import.meta`. */
  importMeta?: Ref;
  class?: {
    /** Present for derived classes with a computed superclass. */
    superClass?: Ref;
    /** Values of static `#private` fields. */
    privateStatics: readonly { readonly name: string; readonly value: Ref }[];
    /** Source with the hooks that instances with `#private` fields need. */
    hooked: boolean;
    /** Texts of functions that were written inside of the class and use its private names. */
    readonly inner: string[];
  };
}

export type GraphNode =
  /** Structured-clonable as it is. */
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'symbol'; readonly key: string; readonly registered: boolean }
  | { readonly kind: 'intrinsic'; readonly path: IntrinsicPath }
  | { readonly kind: 'module'; readonly reference: ModuleReference }
  | { readonly kind: 'require'; readonly from: string }
  | { readonly kind: 'importMeta'; readonly url: string }
  | {
      readonly kind: 'object';
      /** `plain`, `null` or the prototype. */
      proto: 'plain' | 'null' | Ref;
      properties: Properties;
    }
  | {
      readonly kind: 'array';
      proto?: Ref;
      readonly length: number;
      /** `-1` for a hole. */
      items: Ref[];
      properties?: Properties;
    }
  | { readonly kind: 'map'; proto?: Ref; entries: Ref[]; properties?: Properties }
  | { readonly kind: 'set'; proto?: Ref; items: Ref[]; properties?: Properties }
  /** Dates, regular expressions, boxed primitives, URL and the like: rebuilt, then decorated. */
  | {
      readonly kind: 'rebuilt';
      readonly type: RebuiltType;
      readonly data: readonly unknown[];
      proto?: Ref;
      properties?: Properties;
    }
  | {
      readonly kind: 'view';
      readonly type: string;
      buffer: Ref;
      readonly byteOffset: number;
      readonly length: number;
      proto?: Ref;
      properties?: Properties;
    }
  | { readonly kind: 'error'; proto: Ref; properties: Properties }
  /** An instance whose class has `#private` fields; built by the class itself. */
  | {
      readonly kind: 'privateInstance';
      readonly proto: Ref;
      /** The classes in the chain that own private fields, base first. */
      owners: readonly {
        readonly owner: Ref;
        readonly fields: readonly { readonly name: string; readonly value: Ref }[];
      }[];
      properties: Properties;
    }
  /** The `prototype` object of a function of the graph. */
  | { readonly kind: 'prototype'; readonly owner: Ref; properties: Properties; proto?: Ref }
  /** A method or accessor half as the class source defines it. */
  | {
      readonly kind: 'member';
      readonly owner: Ref;
      readonly isStatic: boolean;
      readonly key: string | Ref;
      readonly part: 'value' | 'get' | 'set';
    }
  /** A function compiled inside of the class `owner`, the `index`-th of these. */
  | {
      readonly kind: 'inner';
      readonly owner: Ref;
      readonly index: number;
      readonly name: string;
      self?: Ref;
      args?: Ref;
      properties: Properties;
    }
  | {
      readonly kind: 'bound';
      readonly target: Ref;
      readonly boundThis: Ref;
      readonly args: readonly Ref[];
    }
  /** A WeakMap (keys and values) or WeakSet, as far as its keys are in the graph. */
  | { readonly kind: 'weak'; readonly type: 'map' | 'set'; readonly entries: Ref[] }
  | { readonly kind: 'carried'; readonly type: string; readonly data: unknown; value?: Ref }
  /** Memory that travels beside the graph: the `index`-th buffer of a captured value. */
  | { readonly kind: 'memory'; readonly index: number }
  | FunctionNode;

export type RebuiltType =
  | 'date'
  | 'regexp'
  | 'boxed'
  | 'url'
  | 'urlSearchParams'
  | 'textEncoder'
  | 'textDecoder'
  | 'intl';

/** A whole capture, as it is serialised. */
export interface Graph {
  readonly nodes: readonly GraphNode[];
  /** Shared mutable variables: their name, group and value at capture. */
  readonly bindings: readonly { readonly name: string; readonly value: Ref }[];
  readonly roots: readonly Ref[];
  /** Classes of the job that the thread is told of, see `CaptureOptions.tagClass`. */
  readonly classes?: readonly { readonly ref: Ref; readonly tag: unknown }[];
}
