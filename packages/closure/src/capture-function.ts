import { types } from 'node:util';
import { type Analysis, analyse } from './analysis.js';
import type { Capture, Constructor } from './capture.js';
import { captureProperties } from './capture-properties.js';
import { capturedNames } from './captured-variables.js';
import { aliasMembers, classSuper, isNaturalMember } from './class-members.js';
import {
  isNativeText,
  isStrict,
  methodText,
  naturalPrototype,
  sourcePosition,
  withoutImportMeta,
} from './function-source.js';
import type { FunctionNode, GraphNode, Ref } from './graph.js';
import type { CapturedVariable } from './groups.js';
import { enclosingClass } from './inner-function.js';
import {
  type FunctionDetails,
  inspectFunction,
  inspectPrivateFields,
  scriptUrl,
} from './inspect.js';
import { isInPackage, packageExport } from './module-index.js';
import { outerThis } from './outer-this.js';
import { type ClosureTag, closureTag, Refusal } from './refusal.js';

type AnyFunction = (...args: never[]) => unknown;

/** Adds the node of a function or class; its variables and properties are visited later. */
export function captureFunction(capture: Capture, fn: AnyFunction, step: string): Ref {
  if (types.isProxy(fn)) throw new Refusal('a Proxy', 'Capture the function behind it.');
  const tag = (fn as { [closureTag]?: ClosureTag })[closureTag];
  if (tag?.kind === 'refuse') throw new Refusal(tag.what, tag.advice);
  const source = Function.prototype.toString.call(fn);
  if (isNativeText(source)) return captureNative(capture, fn, step);
  const member = capture.memberBySource(source);
  if (member !== undefined) return capture.add(member, step);
  const details = inspectFunction(fn);
  const url = details.scriptId === undefined ? '' : (scriptUrl(details.scriptId) ?? '');
  if (url.startsWith('node:'))
    throw new Refusal(
      `an internal function of Node (${fn.name || 'anonymous'} of ${url})`,
      'Call the public function of the module inside of your function instead.',
    );
  if (url !== '' && isInPackage(url)) {
    const reference = packageExport(fn, url);
    if (reference !== undefined) return capture.add({ kind: 'module', reference }, step);
  }
  let analysis: Analysis;
  try {
    analysis = analyse(source);
  } catch (error) {
    throw new Refusal(
      `the function ${fn.name || '(anonymous)'}, whose text cannot be parsed`,
      `The parser says: ${(error as Error).message}.`,
    );
  }
  if (analysis.form === 'method') {
    const owned = ownedMember(capture, fn, details, source);
    if (owned !== undefined) return owned;
    if (analysis.privateNames.length > 0)
      throw new Refusal(
        `the method ${fn.name} of a class that cannot be found from it`,
        'Pass an arrow function that calls the method.',
      );
  }
  if (analysis.form === 'expression' && analysis.privateNames.length > 0)
    return captureInner(capture, fn, analysis, details, url, step);
  const node: FunctionNode = {
    kind: 'function',
    source: withoutImportMeta(
      analysis.form === 'method' ? methodText(analysis) : source,
      analysis.importMeta,
    ),
    usesSuper: analysis.form === 'method' && analysis.usesSuper,
    form:
      analysis.form === 'method'
        ? analysis.method?.accessor === 'get'
          ? 'getter'
          : analysis.method?.accessor === 'set'
            ? 'setter'
            : 'method'
        : analysis.form,
    name: ownName(fn),
    strict: isStrict(fn, analysis, details, url),
    position: sourcePosition(analysis, details, url),
    captures: [],
    group: 0,
    properties: { keys: [], values: [] },
    ...(analysis.form === 'class'
      ? { class: { privateStatics: [], hooked: false, inner: [] } }
      : {}),
  };
  const ref = capture.addPending(node, step, (self) => {
    const variables = captureVariables(capture, node, analysis, details, url, fn);
    capture.functions.push({
      ref: self,
      node,
      scriptId: details.scriptId,
      literal: `${details.scriptId}:${details.line}:${details.column}`,
      scopes: details.scopes,
      variables,
      free: analysis.free,
    });
    captureOwn(capture, fn, node, analysis);
  });
  if (analysis.form === 'class') {
    aliasMembers(capture, fn, ref, analysis);
    capture.classes.push({ ctor: fn as unknown as Constructor, ref });
  }
  return ref;
}

/** A function that uses private names of the class around it travels as a part of that class. */
function captureInner(
  capture: Capture,
  fn: AnyFunction,
  analysis: Analysis,
  details: FunctionDetails,
  url: string,
  step: string,
): Ref {
  const outer = analysis.arrow ? outerThis(fn, analysis, details) : undefined;
  const owner = enclosingClass(analysis, details, outer?.self);
  if (owner === undefined)
    throw new Refusal(
      `a function that uses #${analysis.privateNames[0]} of a class that cannot be found from it`,
      'Put the value into a variable outside of the function, or make the function a method.',
    );
  const ownerRef = capture.ref(owner, `class ${owner.name}`);
  const ownerNode = capture.nodes[ownerRef];
  if (ownerNode?.kind !== 'function' || ownerNode.class === undefined)
    throw new Refusal(
      `a function that uses #${analysis.privateNames[0]} of a class in a package`,
      'Call it through an exported function of the package.',
    );
  const { inner } = ownerNode.class;
  const source = withoutImportMeta(analysis.source, analysis.importMeta);
  const node: Extract<GraphNode, { kind: 'inner' }> = {
    kind: 'inner',
    owner: ownerRef,
    index: inner.push(source) - 1,
    name: ownName(fn),
    properties: { keys: [], values: [] },
  };
  return capture.addPending(node, step, () => {
    if (analysis.importMeta.length > 0)
      ownerNode.importMeta = capture.add({ kind: 'importMeta', url }, 'import.meta');
    if (outer !== undefined) node.self = capture.ref(outer.self, 'this');
    if (outer?.args !== undefined)
      node.args = capture.ref([...(outer.args as unknown[])], 'arguments');
    const variables = capturedNames(capture, analysis, details, url);
    capture.innerVariables.push({ owner: ownerRef, scopes: details.scopes, variables });
    node.properties = captureProperties(capture, fn, isStandardProperty(fn));
  });
}

function captureNative(capture: Capture, fn: AnyFunction, step: string): Ref {
  const { bound } = inspectFunction(fn);
  if (bound === undefined)
    throw new Refusal(
      `the native function ${fn.name || '(anonymous)'}`,
      'It has no module path to find it by on an executor; call it through its module or global object.',
    );
  const target = bound.target as AnyFunction;
  // The class of the receiver is where a method's private names and `super` come from.
  if (typeof bound.boundThis === 'object' && bound.boundThis !== null)
    captureOwner(capture, target, bound.boundThis);
  const targetRef = capture.ref(target, step === '' ? 'bound function' : '[[TargetFunction]]');
  const boundThis = capture.ref(bound.boundThis, 'this');
  const args = bound.boundArgs.map((arg, at) => capture.ref(arg, `argument ${at}`));
  return capture.add({ kind: 'bound', target: targetRef, boundThis, args }, step);
}

/** Captures the class along the prototype chain of `receiver` that `method` belongs to. */
function captureOwner(capture: Capture, method: AnyFunction, receiver: object): void {
  if (types.isProxy(receiver)) return;
  for (let at: object | null = receiver; at !== null; at = Object.getPrototypeOf(at)) {
    const ctor: unknown = Object.getOwnPropertyDescriptor(at, 'constructor')?.value;
    for (const key of Reflect.ownKeys(at))
      if (Object.getOwnPropertyDescriptor(at, key)?.value === method) {
        if (typeof ctor === 'function') capture.ref(ctor, ctor.name);
        return;
      }
  }
}

/** A method that belongs to a class which the method's own scopes hold. */
function ownedMember(
  capture: Capture,
  fn: AnyFunction,
  details: FunctionDetails,
  source: string,
): Ref | undefined {
  for (const scope of details.scopes) {
    for (const candidate of Object.values(scope.variables)) {
      if (typeof candidate !== 'function' || types.isProxy(candidate)) continue;
      const text = Function.prototype.toString.call(candidate);
      if (!text.startsWith('class') || !text.includes(source)) continue;
      capture.ref(candidate, candidate.name);
      const known = capture.known(fn);
      if (known !== undefined) return known;
    }
  }
  return undefined;
}

function ownName(fn: AnyFunction): string {
  const name: unknown = Object.getOwnPropertyDescriptor(fn, 'name')?.value;
  return typeof name === 'string' ? name : '';
}

function captureVariables(
  capture: Capture,
  node: FunctionNode,
  analysis: Analysis,
  details: FunctionDetails,
  url: string,
  fn: AnyFunction,
): CapturedVariable[] {
  const variables = capturedNames(capture, analysis, details, url);
  const superName = analysis.classNode?.superClass;
  if (analysis.importMeta.length > 0)
    node.importMeta = capture.add({ kind: 'importMeta', url }, 'import.meta');
  if (analysis.arrow && (analysis.outerThis || analysis.outerArguments)) {
    const { self, args } = outerThis(fn, analysis, details);
    const selfRef = capture.ref(self, 'this');
    node.outer =
      args === undefined
        ? { self: selfRef }
        : { self: selfRef, args: capture.ref([...(args as unknown[])], 'arguments') };
  }
  if (superName && node.class !== undefined) {
    const parent = classSuper(fn);
    if (parent !== undefined) {
      node.class.superClass = capture.ref(parent, `extends ${(parent as AnyFunction).name ?? ''}`);
    }
  }
  return variables;
}

/** Own properties, prototype and private statics. */
function captureOwn(
  capture: Capture,
  fn: AnyFunction,
  node: FunctionNode,
  analysis: Analysis,
): void {
  const isClass = analysis.form === 'class';
  const standard = isStandardProperty(fn);
  node.properties = captureProperties(
    capture,
    fn,
    (key) => standard(key) || (isClass && isNaturalMember(capture, fn, key)),
  );
  const proto: object | null = Object.getPrototypeOf(fn);
  if (!isClass && proto !== naturalPrototype(analysis))
    node.proto = capture.ref(proto, '[[Prototype]]');
  if (isClass && analysis.classNode?.superClass == null && proto !== Function.prototype)
    node.proto = capture.ref(proto, '[[Prototype]]');
  const prototype: unknown = Object.getOwnPropertyDescriptor(fn, 'prototype')?.value;
  if (
    typeof prototype === 'object' &&
    prototype !== null &&
    isChanged(capture, fn, prototype, isClass)
  )
    node.prototype = { ref: capture.ref(prototype, 'prototype') };
  if (isClass && node.class !== undefined && analysis.source.includes('#'))
    node.class.privateStatics = inspectPrivateFields(fn).map(({ name, value }) => ({
      name,
      value: capture.ref(value, name),
    }));
}

/** Properties that a function has from its source. */
function isStandardProperty(fn: AnyFunction): (key: string | symbol) => boolean {
  return (key) => {
    if (key === 'length' || key === 'prototype' || key === 'caller' || key === 'arguments')
      return true;
    const name = key === 'name' ? Object.getOwnPropertyDescriptor(fn, key) : undefined;
    return typeof name?.value === 'string' && name.enumerable === false;
  };
}

/** Whether a `prototype` object holds more than the source of its function gives it. */
function isChanged(
  capture: Capture,
  fn: AnyFunction,
  prototype: object,
  isClass: boolean,
): boolean {
  if (!Object.isExtensible(prototype)) return true;
  const parent: unknown = Object.getPrototypeOf(prototype);
  if (!isClass && parent !== Object.prototype && Object.hasOwn(prototype, 'constructor'))
    return true;
  return Reflect.ownKeys(prototype).some((key) =>
    key === 'constructor'
      ? Object.getOwnPropertyDescriptor(prototype, key)?.value !== fn
      : !(isClass && isNaturalMember(capture, prototype, key)),
  );
}
