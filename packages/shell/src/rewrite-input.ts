import { FiresteelError } from '@firesteel/common';
import {
  type ExportNamedDeclaration,
  type ImportDeclaration,
  type ModuleDeclaration,
  type Pattern,
  parse,
  type Statement,
  type VariableDeclaration,
} from 'acorn';
import type { CompiledInput, EchoMode } from './compile-input.js';

/** What an input declares at its top level; all of it becomes properties of the global object. */
export interface Declared {
  readonly names: readonly string[];
}

/** Names that `body` has for what the session lends to it. */
const helperNames = ['__import', '__echo'] as const;

type TopLevel = Statement | ModuleDeclaration;

/**
 * Makes the top-level declarations of a module text assignments to globals, so that later inputs
 * see them, can declare them again, and closures capture them by value. Functions become a script
 * of their own, which runs first: they are hoisted, also where the rest awaits. Both texts keep
 * the lines of the original and its source map, below one added line.
 */
export function rewriteInput(code: string, echo: EchoMode): CompiledInput {
  const program = parse(code, { ecmaVersion: 'latest', sourceType: 'module' });
  const statements = program.body as TopLevel[];
  const body = new Edits(code);
  const functions = new Edits(code);
  const names: string[] = [];
  const last = statements.at(-1);
  let hasFunctions = false;
  for (const statement of statements) {
    const inner = unexported(statement);
    if (inner === undefined) {
      body.blank(statement.start, statement.end);
      functions.blank(statement.start, statement.end);
      continue;
    }
    if (inner.start > statement.start) {
      body.blank(statement.start, inner.start);
      functions.blank(statement.start, inner.start);
    }
    const { start, end } = inner;
    if (inner.type === 'FunctionDeclaration') {
      hasFunctions = true;
      names.push(inner.id.name);
      body.blank(start, end);
      continue;
    }
    functions.blank(start, end);
    if (inner.type === 'ClassDeclaration') {
      names.push(inner.id.name);
      body.insert(start, `;${inner.id.name} = `);
      body.insert(end, ';');
    } else if (inner.type === 'VariableDeclaration') {
      rewriteVariables(inner, body, names);
    } else if (inner.type === 'ImportDeclaration') {
      const lineEnds = code.slice(start, end).replaceAll(/[^\n]/g, '');
      body.replace(start, end, importText(inner, names) + lineEnds);
    } else if (inner.type === 'ExpressionStatement') {
      if (echo === 'each' || (echo === 'last' && statement === last)) {
        body.insert(start, ';await __echo(await (');
        body.insert(inner.expression.end, '));');
      }
    }
  }
  const map = mapBelowOneLine(code);
  const strict = '"use strict";';
  return {
    names,
    functions: hasFunctions ? `${strict}\n${functions.text()}\n${map}` : '',
    body: `${strict} (async (${helperNames.join(', ')}) => {\n${body.text()}\n})\n${map}`,
  };
}

/** The declaration behind `export`; undefined for what exports and declares nothing. */
function unexported(statement: TopLevel): TopLevel | undefined {
  if (statement.type === 'ExportNamedDeclaration') return exportedDeclaration(statement);
  if (statement.type === 'ExportDefaultDeclaration' || statement.type === 'ExportAllDeclaration')
    throw new FiresteelError(
      'JOB_FILE_INVALID',
      'A shell exports nothing. Leave "export default" and "export *" out, or import the file.',
    );
  return statement;
}

function exportedDeclaration(statement: ExportNamedDeclaration): TopLevel | undefined {
  return statement.declaration ?? undefined;
}

/** `const a = 1, { b } = c` as `;(a = 1, { b } = c);`. */
function rewriteVariables(declaration: VariableDeclaration, body: Edits, names: string[]): void {
  const first = declaration.declarations[0];
  if (first === undefined) return;
  body.replace(declaration.start, first.start, ';(');
  for (const { id, init, end } of declaration.declarations) {
    names.push(...namesOf(id));
    // `var x;` leaves the value of an earlier x alone, `let x;` does not.
    if (init == null) body.insert(end, declaration.kind === 'var' ? '' : ' = undefined');
  }
  const { end } = declaration.declarations.at(-1) ?? first;
  body.replace(end, declaration.end, ');');
}

function namesOf(pattern: Pattern): string[] {
  switch (pattern.type) {
    case 'Identifier':
      return [pattern.name];
    case 'ObjectPattern':
      return pattern.properties.flatMap((property) =>
        namesOf(property.type === 'RestElement' ? property.argument : property.value),
      );
    case 'ArrayPattern':
      return pattern.elements.flatMap((element) => (element === null ? [] : namesOf(element)));
    case 'RestElement':
      return namesOf(pattern.argument);
    case 'AssignmentPattern':
      return namesOf(pattern.left);
    default:
      return [];
  }
}

/** An import as assignments of what the module has under the imported names. */
function importText({ specifiers, source }: ImportDeclaration, names: string[]): string {
  const specifier = JSON.stringify(source.value);
  const wanted: string[] = [];
  const assignments: string[] = [];
  for (const each of specifiers) {
    const { name } = each.local;
    names.push(name);
    if (each.type === 'ImportNamespaceSpecifier') {
      assignments.push(`${name} = $`);
      continue;
    }
    const imported =
      each.type === 'ImportDefaultSpecifier'
        ? 'default'
        : each.imported.type === 'Identifier'
          ? each.imported.name
          : String(each.imported.value);
    wanted.push(imported);
    assignments.push(`${name} = $[${JSON.stringify(imported)}]`);
  }
  const load = `await __import(${specifier}, ${JSON.stringify(wanted)})`;
  return `;(($) => { ${assignments.join('; ')} })(${load});`;
}

const mapComment = '//# sourceMappingURL=data:application/json;base64,';

/** The inline source map of `code`, for a text with one more line above. */
function mapBelowOneLine(code: string): string {
  const at = code.lastIndexOf(mapComment);
  const encoded = code.slice(at + mapComment.length).trim();
  const map = JSON.parse(Buffer.from(encoded, 'base64').toString()) as { mappings: string };
  map.mappings = `;${map.mappings}`;
  return mapComment + Buffer.from(JSON.stringify(map)).toString('base64');
}

/** Changes to a text that are made from its end to its start, so that offsets stay valid. */
class Edits {
  readonly #source: string;
  readonly #edits: { start: number; end: number; text: string }[] = [];

  constructor(code: string) {
    const at = code.lastIndexOf(mapComment);
    this.#source = at < 0 ? code : code.slice(0, at);
  }

  insert(at: number, text: string): void {
    this.replace(at, at, text);
  }

  replace(start: number, end: number, text: string): void {
    this.#edits.push({ start, end, text });
  }

  /** Leaves nothing of a stretch but its line ends. */
  blank(start: number, end: number): void {
    this.replace(start, end, this.#source.slice(start, end).replaceAll(/[^\n]/g, ' '));
  }

  text(): string {
    let text = this.#source;
    const inOrder = this.#edits.toSorted((a, b) => a.start - b.start || a.end - b.end);
    for (const { start, end, text: by } of inOrder.reverse())
      text = text.slice(0, start) + by + text.slice(end);
    return text;
  }
}
