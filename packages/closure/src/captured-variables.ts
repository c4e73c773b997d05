import { types } from 'node:util';
import type { Analysis } from './analysis.js';
import type { Capture } from './capture.js';
import type { FreeVariable } from './free-variables.js';
import type { Ref } from './graph.js';
import type { CapturedVariable } from './groups.js';
import type { FunctionDetails, ScopeDetails } from './inspect.js';
import { isGlobalName } from './intrinsics.js';
import { isInPackage, isRequireFunction, isTestImport, registerImports } from './module-index.js';
import { isModuleObject, moduleMembers } from './module-object.js';

/** The free variables of a function with the nodes of their values. */
export function capturedNames(
  capture: Capture,
  analysis: Analysis,
  details: FunctionDetails,
  url: string,
): CapturedVariable[] {
  const variables: CapturedVariable[] = [];
  const outermost = details.scopes[details.scopes.length - 1];
  if (url !== '' && outermost !== undefined && analysis.free.size > 0)
    registerImports(url, outermost.variables);
  for (const variable of analysis.free.values()) {
    const found = findVariable(variable.name, details.scopes);
    const ref = captureVariable(capture, variable, found, url, details, analysis.form === 'class');
    if (ref === undefined) continue;
    variables.push({
      name: variable.name,
      assigned: variable.assigned,
      ref,
      scope: found?.scope,
      depth: found?.depth ?? 0,
    });
  }
  return variables;
}

function findVariable(
  name: string,
  scopes: readonly ScopeDetails[],
): { value: unknown; scope: ScopeDetails; depth: number } | undefined {
  for (let at = 0; at < scopes.length; at++) {
    const scope = scopes[at] as ScopeDetails;
    if (Object.hasOwn(scope.variables, name))
      return { value: scope.variables[name], scope, depth: scopes.length - at };
  }
  return undefined;
}

/** The node of a variable's value; undefined for what the executor finds by itself. */
function captureVariable(
  capture: Capture,
  variable: FreeVariable,
  found: { value: unknown; scope: ScopeDetails } | undefined,
  url: string,
  details: FunctionDetails,
  ofClass: boolean,
): Ref | undefined {
  const { name, members } = variable;
  if (found === undefined) {
    if (isGlobalName(name) || !Object.hasOwn(globalThis, name)) return undefined;
    // A variable of a shell: a global like any other.
    const value = (globalThis as Record<string, unknown>)[name];
    if (members !== undefined && isModuleObject(value))
      return capture.referenceTo(value, name) ?? moduleMembers(capture, value, members, name);
    return capture.ref(value, name);
  }
  const { value } = found;
  if ((ofClass || isInPackage(url)) && (types.isWeakMap(value) || types.isWeakSet(value)))
    return capture.weakCollection(value, name);
  if (isRequireFunction(value)) return capture.add({ kind: 'require', from: url }, name);
  if (name === '__vi_import_meta__' || name === '__vite_ssr_import_meta__')
    return capture.add({ kind: 'importMeta', url: url || String(details.scriptId) }, name);
  if (members !== undefined && (isModuleObject(value) || isTestImport(name))) {
    const reference = types.isProxy(value) ? undefined : capture.referenceTo(value as object, name);
    return reference ?? moduleMembers(capture, value as object, members, name);
  }
  return capture.ref(value, name);
}
