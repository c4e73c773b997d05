import { createRequire } from 'node:module';
import type { AnyNode, Class } from 'acorn';
import { type FreeVariable, FreeVariableWalker } from './free-variables.js';

const require = createRequire(import.meta.url);

/** The text forms in which a function can be written, which decide how it is wrapped. */
type SourceForm = 'expression' | 'method' | 'class';

/** What the source text of a function says about what it needs. */
export interface Analysis {
  readonly source: string;
  readonly form: SourceForm;
  readonly arrow: boolean;
  readonly isAsync: boolean;
  readonly isGenerator: boolean;
  /** Does not parse as strict code. */
  readonly sloppyOnly: boolean;
  readonly method?: { readonly accessor: 'get' | 'set' | undefined };
  /** Where a method's key stands, and whether it is a plain name. */
  readonly methodKey?: { readonly start: number; readonly end: number; readonly plain: boolean };
  /** Offset of the place that V8 reports as the function's location. */
  readonly locationOffset: number;
  readonly free: ReadonlyMap<string, FreeVariable>;
  /** Uses `this`, `super`, `arguments` or `new.target` of the function around it. */
  readonly outerThis: boolean;
  readonly outerArguments: boolean;
  readonly usesSuper: boolean;
  /** Mentions `#names` that no class inside the source declares. */
  readonly privateNames: readonly string[];
  /** Offsets of `import.meta`. */
  readonly importMeta: readonly number[];
  /** The class node, offsets relative to `source`; present for classes. */
  readonly classNode?: Class;
  /** What a whole-text offset of the syntax tree is ahead of an offset in `source`. */
  readonly shift: number;
}

const cache = new Map<string, Analysis | SyntaxError>();
const maxCached = 4096;

/** Parses the text that `Function.prototype.toString` gave; throws a SyntaxError if it cannot be. */
export function analyse(source: string): Analysis {
  let found = cache.get(source);
  if (found === undefined) {
    try {
      found = analyseUncached(source);
    } catch (error) {
      found = error as SyntaxError;
    }
    if (cache.size >= maxCached) cache.clear();
    cache.set(source, found);
  }
  if (found instanceof Error) throw found;
  return found;
}

const parserOptions = {
  ecmaVersion: 'latest',
  allowSuperOutsideMethod: true,
  allowAwaitOutsideFunction: false,
  allowReserved: true,
  // `import.meta` is an error outside of modules, strictness is decided elsewhere.
  sourceType: 'module',
  checkPrivateFields: false,
} as const;

const expressionStart = /^(?:async\s+function|function|class)\b/;

function analyseUncached(source: string): Analysis {
  let node: AnyNode;
  let form: SourceForm = 'expression';
  let shift = 1;
  let sloppyOnly = false;
  try {
    ({ node, sloppyOnly } = parse(`(${source})`, shift));
    if (node.type === 'ClassExpression') form = 'class';
    else if (node.type !== 'FunctionExpression' && node.type !== 'ArrowFunctionExpression')
      throw new SyntaxError('not a function');
  } catch (error) {
    if (expressionStart.test(source)) throw error;
    // A class body accepts every method text, also private and static-only ones.
    const head = '(class { ';
    const { node: parsed } = parse(`${head}${source} })`, 1);
    const member = parsed.type === 'ClassExpression' ? parsed.body.body[0] : undefined;
    if (member?.type !== 'MethodDefinition') throw error;
    node = member;
    form = 'method';
    shift = head.length;
  }
  const walker = new FreeVariableWalker(shift);
  let accessor: 'get' | 'set' | undefined;
  if (node.type === 'MethodDefinition') {
    // The key of a method is given again when it is revived, only its body matters.
    if (node.kind === 'get' || node.kind === 'set') accessor = node.kind;
    walker.visitFunction(node.value, walker.root);
  } else walker.visit(node, walker.root);
  const fn = node.type === 'MethodDefinition' ? node.value : node;
  const isFunction = fn.type === 'FunctionExpression' || fn.type === 'ArrowFunctionExpression';
  return {
    source,
    form,
    arrow: node.type === 'ArrowFunctionExpression',
    isAsync: isFunction && fn.async,
    isGenerator: isFunction && fn.generator,
    sloppyOnly,
    ...(node.type === 'MethodDefinition'
      ? {
          method: { accessor },
          methodKey: {
            start: node.computed
              ? source.lastIndexOf('[', node.key.start - shift)
              : node.key.start - shift,
            end: node.computed
              ? source.indexOf(']', node.key.end - shift) + 1
              : node.key.end - shift,
            plain: node.key.type === 'Identifier' && !node.computed,
          },
        }
      : {}),
    locationOffset: locationOffset(node, source, shift),
    ...walker.finish(),
    ...(node.type === 'ClassExpression' ? { classNode: node } : {}),
    shift,
  };
}

/** V8 places functions at their parameter list, arrows and classes without constructor at the start. */
function locationOffset(node: AnyNode, source: string, shift: number): number {
  if (node.type === 'MethodDefinition') return node.value.start - shift;
  if (node.type === 'FunctionExpression')
    return source.indexOf('(', node.id ? node.id.end - shift : 0);
  if (node.type !== 'ClassExpression') return 0;
  for (const member of node.body.body)
    if (member.type === 'MethodDefinition' && member.kind === 'constructor')
      return member.value.start - shift;
  return 0;
}

function parse(text: string, start: number): { node: AnyNode; sloppyOnly: boolean } {
  // Loaded for the first function: it takes 20 ms, and threads only run what was analysed.
  const { parseExpressionAt } = require('acorn') as typeof import('acorn');
  try {
    const node = parseExpressionAt(text, start, parserOptions) as AnyNode;
    return { node, sloppyOnly: false };
  } catch (error) {
    // Sloppy code may use `with`, octal literals or reserved names as identifiers.
    try {
      const sloppy = { ...parserOptions, sourceType: 'script' } as const;
      return { node: parseExpressionAt(text, start, sloppy) as AnyNode, sloppyOnly: true };
    } catch {
      throw error;
    }
  }
}
