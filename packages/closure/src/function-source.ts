import type { Analysis } from './analysis.js';
import type { SourcePosition } from './graph.js';
import type { FunctionDetails } from './inspect.js';
import { scriptText } from './script-source.js';

/** Method text whose key is a plain name, of the same length where that is possible. */
export function methodText(analysis: Analysis): string {
  const { source, methodKey } = analysis;
  if (methodKey === undefined || methodKey.plain) return source;
  const { start, end } = methodKey;
  const filler = source.slice(start + 1, end).replace(/[^\n]/g, ' ');
  return `${source.slice(0, start)}m${filler}${source.slice(end)}`;
}

/** `import.meta` is an error outside of modules; the name for it has the same length. */
export function withoutImportMeta(source: string, offsets: readonly number[]): string {
  let text = source;
  for (const at of offsets) {
    const end = source.indexOf('meta', at + 'import'.length) + 'meta'.length;
    const name = '$importMeta'.padEnd(end - at);
    text = text.slice(0, at) + name + text.slice(end);
  }
  return text;
}

export function isStrict(
  fn: object,
  analysis: Analysis,
  details: FunctionDetails,
  url: string,
): boolean {
  if (analysis.form === 'class') return true;
  if (details.scopes.some(({ kind }) => kind === 'module')) return true;
  // Plain sloppy functions are the only ones with an own `caller`.
  if (Object.hasOwn(fn, 'caller')) return false;
  if (analysis.sloppyOnly) return false;
  const isPlain = /^function\b(?!\s*\*)/.test(analysis.source);
  return (
    isPlain ||
    /^(?:#!.*\n)?(?:\s|\/\/.*\n|\/\*[\s\S]*?\*\/)*(['"])use strict\1/.test(scriptText(url) ?? '')
  );
}

/** Where the text starts; V8 reports the parenthesis of the parameters for all but arrows. */
export function sourcePosition(
  analysis: Analysis,
  details: FunctionDetails,
  url: string,
): SourcePosition {
  const before = analysis.source.slice(0, analysis.locationOffset);
  const newlines = before.split('\n').length - 1;
  const column =
    newlines === 0
      ? details.column - before.length
      : Math.max(0, details.column - (before.length - before.lastIndexOf('\n') - 1));
  return { url, line: details.line - newlines, column: Math.max(0, column) };
}

export function isNativeText(source: string): boolean {
  return /\{\s*\[native code\]\s*\}$/.test(source);
}

const generatorPrototype = Object.getPrototypeOf(function* () {});
const asyncPrototype = Object.getPrototypeOf(async () => {});
const asyncGeneratorPrototype = Object.getPrototypeOf(async function* () {});

/** The prototype that a function object of this kind has from its source. */
export function naturalPrototype({ isAsync, isGenerator }: Analysis): object {
  if (isGenerator) return isAsync ? asyncGeneratorPrototype : generatorPrototype;
  return isAsync ? asyncPrototype : Function.prototype;
}
