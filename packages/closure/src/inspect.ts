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
export const objectGroup = 'firesteel.closure';

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

export function openSession(): Session {
  if (session !== undefined) return session;
  const inspector = process.getBuiltinModule('node:inspector');
  session = new inspector.Session();
  session.connect();
  return session;
}

/** In process sessions answer before `post` returns. */
export function post<T>(method: string, params: object): T {
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

/** The inspector's handle of a value. */
export function remoteObject(value: unknown): Runtime.RemoteObject {
  openSession();
  exchange.in = value;
  const { result } = post<Runtime.EvaluateReturnType>('Runtime.evaluate', {
    expression: `${exchangeExpression}.in`,
    objectGroup,
  });
  exchange.in = undefined;
  return result;
}

function describe(value: unknown): Description {
  const { objectId } = remoteObject(value);
  return post('Runtime.getProperties', { objectId, ownProperties: true });
}

/** The value behind a remote object: the very object, not a copy. */
export function realValue(remote: Runtime.RemoteObject): unknown {
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
