import type { Runtime, Session } from 'node:inspector';

/**
 * Reads what the language hides (the variables of a function, private fields, the parts of a bound
 * function) through an inspector session inside this process. It opens no port, and the debugger
 * domain stays off, so that no code is deoptimised and `debugger` statements stay inert.
 */
export interface FunctionDetails {
  /** The scopes around the function, innermost first, each with a snapshot of its variables. */
  readonly scopes: readonly ScopeDetails[];
  readonly scriptId: string | undefined;
  /** Zero based position of the first character of the function's text. */
  readonly line: number;
  readonly column: number;
}

export interface ScopeDetails {
  /** `module`: top level of an ES module. `script`: global `let` and `const`. */
  readonly kind: 'local' | 'module' | 'script';
  readonly variables: Readonly<Record<string, unknown>>;
}

export interface BoundDetails {
  readonly target: unknown;
  readonly boundThis: unknown;
  readonly boundArgs: readonly unknown[];
}

export interface PrivateMember {
  /** With the `#`. */
  readonly name: string;
  readonly value: unknown;
}

const exchangeName = 'firesteel.closure.exchange';
const exchangeExpression = `globalThis[Symbol.for(${JSON.stringify(exchangeName)})]`;
const objectGroup = 'firesteel.closure';

/**
 * Values cross between the session and this module through a property of the global object, one
 * for all copies of this package in the process.
 */
const exchange = sharedExchange();

function sharedExchange(): { in: unknown; out: unknown } {
  const key = Symbol.for(exchangeName);
  const holder = globalThis as { [key]?: { in: unknown; out: unknown } };
  if (holder[key] === undefined)
    Object.defineProperty(globalThis, key, { value: { in: undefined, out: undefined } });
  return holder[key] as { in: unknown; out: unknown };
}

let session: Session | undefined;

function openSession(): Session {
  if (session !== undefined) return session;
  const inspector = process.getBuiltinModule('node:inspector');
  session = new inspector.Session();
  session.connect();
  return session;
}

/** In process sessions answer before `post` returns. */
function post<T>(method: string, params: object): T {
  let answer: T | undefined;
  let failure: Error | null = null;
  openSession().post(method, params, (error: Error | null, result?: object) => {
    failure = error;
    answer = result as T;
  });
  if (failure !== null) throw failure;
  return answer as T;
}

/** The protocol has `privateProperties`; the types of Node leave them out. */
interface Description extends Runtime.GetPropertiesReturnType {
  privateProperties?: Runtime.PropertyDescriptor[];
}

function describe(value: unknown): Description {
  openSession();
  exchange.in = value;
  const { result } = post<Runtime.EvaluateReturnType>('Runtime.evaluate', {
    expression: `${exchangeExpression}.in`,
    objectGroup,
  });
  exchange.in = undefined;
  return post('Runtime.getProperties', { objectId: result.objectId, ownProperties: true });
}

/** The value behind a remote object: the very object, not a copy. */
function realValue(remote: Runtime.RemoteObject): unknown {
  if (remote.objectId === undefined) {
    if (remote.unserializableValue === undefined) return remote.value;
    return remote.unserializableValue.endsWith('n')
      ? BigInt(remote.unserializableValue.slice(0, -1))
      : Number(remote.unserializableValue);
  }
  post('Runtime.callFunctionOn', {
    objectId: remote.objectId,
    functionDeclaration: `function () { 'use strict'; ${exchangeExpression}.out = this; }`,
  });
  const value = exchange.out;
  exchange.out = undefined;
  return value;
}

/** Lets go of everything that the session holds; call it when a capture is done. */
export function releaseInspected(): void {
  if (session !== undefined) post('Runtime.releaseObjectGroup', { objectGroup });
}

/** About 0.2 ms. `bound` is set for bound functions, which have no scopes. */
export function inspectFunction(fn: unknown): FunctionDetails & { readonly bound?: BoundDetails } {
  const internal = describe(fn).internalProperties ?? [];
  const find = (name: string) => internal.find((property) => property.name === name)?.value;
  const target = find('[[TargetFunction]]');
  if (target !== undefined) {
    const boundThis = find('[[BoundThis]]');
    const boundArgs = find('[[BoundArgs]]');
    const bound = {
      target: realValue(target),
      boundThis: boundThis === undefined ? undefined : realValue(boundThis),
      boundArgs:
        boundArgs === undefined ? [] : Array.from(realValue(boundArgs) as ArrayLike<unknown>),
    };
    return { scopes: [], scriptId: undefined, line: 0, column: 0, bound };
  }
  const location = find('[[FunctionLocation]]')?.value as
    | { scriptId: string; lineNumber: number; columnNumber: number }
    | undefined;
  const list = find('[[Scopes]]');
  const scopes: ScopeDetails[] = [];
  if (list !== undefined) {
    // The lists of the inspector are arrays without a prototype, hence without an iterator.
    const raw = realValue(list) as { description: string; object: Record<string, unknown> }[];
    for (let at = 0; at < raw.length; at++) {
      const scope = raw[at] as (typeof raw)[number];
      if (scope.description === 'Global') continue;
      const kind =
        scope.description === 'Module'
          ? 'module'
          : scope.description === 'Script'
            ? 'script'
            : 'local';
      scopes.push({ kind, variables: scope.object });
    }
  }
  return {
    scopes,
    scriptId: location?.scriptId,
    line: location?.lineNumber ?? 0,
    column: location?.columnNumber ?? 0,
  };
}

/** `#private` fields with values; methods and accessors belong to the class and are left out. */
export function inspectPrivateFields(value: object): PrivateMember[] {
  const fields: PrivateMember[] = [];
  for (const member of describe(value).privateProperties ?? []) {
    if (member.value === undefined || member.get !== undefined || member.set !== undefined)
      continue;
    fields.push({ name: member.name, value: realValue(member.value) });
  }
  return fields;
}

const urls = new Map<string, string>();

/**
 * The URL of a script, or `undefined` for code without one. The first question about a script
 * costs some milliseconds: only the coverage domain tells URLs while the debugger is off.
 */
export function scriptUrl(scriptId: string): string | undefined {
  let url = urls.get(scriptId);
  if (url === undefined) {
    post('Profiler.enable', {});
    const { result } = post<{ result: { scriptId: string; url: string }[] }>(
      'Profiler.getBestEffortCoverage',
      {},
    );
    post('Profiler.disable', {});
    for (const script of result) urls.set(script.scriptId, script.url);
    url = urls.get(scriptId);
    if (url === undefined) {
      url = '';
      urls.set(scriptId, url);
    }
  }
  return url === '' ? undefined : url;
}

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
  const active = openSession();
  exchange.in = fn;
  const { result } = post<Runtime.EvaluateReturnType>('Runtime.evaluate', {
    expression: `${exchangeExpression}.in`,
    objectGroup,
  });
  exchange.in = undefined;
  const chunks: string[] = [];
  const collect = (message: { params: { chunk: string } }) => chunks.push(message.params.chunk);
  active.on('HeapProfiler.addHeapSnapshotChunk', collect);
  post('HeapProfiler.takeHeapSnapshot', { captureNumericValue: true });
  active.off('HeapProfiler.addHeapSnapshotChunk', collect);
  const { heapSnapshotObjectId } = post<{ heapSnapshotObjectId: string }>(
    'HeapProfiler.getHeapObjectId',
    { objectId: result.objectId },
  );
  const heap = JSON.parse(chunks.join('')) as HeapSnapshot;
  const id = thisInSnapshot(heap, Number(heapSnapshotObjectId));
  if (id === undefined) return undefined;
  const remote = post<{ result: Runtime.RemoteObject }>('HeapProfiler.getObjectByHeapObjectId', {
    objectId: String(id),
    objectGroup,
  });
  return { value: realValue(remote.result) };
}

const elementEdge = 1;
const hiddenEdge = 4;

/** Follows function → context → outer contexts to the first slot called `this`. */
function thisInSnapshot(heap: HeapSnapshot, functionId: number): number | undefined {
  const { node_fields: nodeFields, edge_fields: edgeFields } = heap.snapshot.meta;
  const nodeSize = nodeFields.length;
  const edgeSize = edgeFields.length;
  const idAt = nodeFields.indexOf('id');
  const countAt = nodeFields.indexOf('edge_count');
  const typeAt = edgeFields.indexOf('type');
  const nameAt = edgeFields.indexOf('name_or_index');
  const toAt = edgeFields.indexOf('to_node');
  const firstEdge = new Map<number, number>();
  let start = -1;
  let edge = 0;
  for (let node = 0; node < heap.nodes.length; node += nodeSize) {
    firstEdge.set(node, edge);
    if (heap.nodes[node + idAt] === functionId) start = node;
    edge += (heap.nodes[node + countAt] as number) * edgeSize;
  }
  const follow = (node: number, name: string): number | undefined => {
    const from = firstEdge.get(node) ?? 0;
    const to = from + (heap.nodes[node + countAt] as number) * edgeSize;
    for (let at = from; at < to; at += edgeSize) {
      // Elements and hidden edges have numbers where others have an index of strings.
      const type = heap.edges[at + typeAt];
      if (type === elementEdge || type === hiddenEdge) continue;
      if (heap.strings[heap.edges[at + nameAt] as number] === name) return heap.edges[at + toAt];
    }
    return undefined;
  };
  let context = start < 0 ? undefined : follow(start, 'context');
  while (context !== undefined) {
    const self = follow(context, 'this');
    if (self !== undefined) return heap.nodes[self + idAt];
    context = follow(context, 'previous');
  }
  return undefined;
}
