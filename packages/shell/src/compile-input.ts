import { createRequire } from 'node:module';
import { FiresteelError } from '@firesteel/common';
import type { Message, TransformFailure } from 'esbuild';
import { type Declared, rewriteInput } from './rewrite-input.js';

const require = createRequire(import.meta.url);

/** Which values of an input are shown: of each expression statement, of a last one, or none. */
export type EchoMode = 'each' | 'last' | 'none';

/** TypeScript that was turned into two scripts; see `rewriteInput`. */
export interface CompiledInput extends Declared {
  /** Declares the top-level functions as globals. Empty if there are none. */
  readonly functions: string;
  /** Evaluates to an async function of the session's helpers. */
  readonly body: string;
}

/** The input may still become valid when more lines are typed. */
export class IncompleteInput extends FiresteelError {}

const incomplete = /end of file|^Expected "\*\/" to terminate/;

/**
 * Compiles an input to scripts with inline source maps. Nothing is type-checked.
 *
 * @param sourceName what stack traces call the input: a name, or the URL of a file
 * @throws IncompleteInput if the text ends too early
 * @throws FiresteelError JOB_FILE_INVALID if it is not TypeScript
 */
export async function compileInput(
  text: string,
  sourceName: string,
  echo: EchoMode,
): Promise<CompiledInput> {
  // An input that begins with a brace is an object if it can be one, as in other shells.
  if (/^\s*\{/.test(text) && echo === 'last') {
    const asValue = await transform(`(${text}\n)`, sourceName).catch(() => undefined);
    if (asValue !== undefined) return rewriteInput(asValue, echo);
  }
  try {
    const code = await transform(text, sourceName);
    // esbuild drops `'a' + 'b'`, lest its result become a directive.
    if (echo === 'last' && text.trim() !== '' && /^\s*\/\/# /.test(code)) {
      const kept = await transform(`globalThis, (${text}\n)`, sourceName).catch(() => code);
      return rewriteInput(kept, echo);
    }
    return rewriteInput(code, echo);
  } catch (error) {
    if (!isTransformFailure(error)) throw error;
    const [first] = error.errors;
    if (first === undefined) throw error;
    if (incomplete.test(first.text) || (await isOpenTemplate(first, text, sourceName)))
      throw new IncompleteInput('JOB_FILE_INVALID', faultText(first, sourceName));
    throw new FiresteelError('JOB_FILE_INVALID', faultText(first, sourceName));
  }
}

/** esbuild calls an open template an open string, but only the former may go on in a next line. */
async function isOpenTemplate(fault: Message, text: string, sourceName: string): Promise<boolean> {
  if (fault.text !== 'Unterminated string literal') return false;
  const closed = await transform(`${text}\``, sourceName).catch(
    (error) => error as TransformFailure,
  );
  return typeof closed === 'string' || incomplete.test(closed.errors[0]?.text ?? '');
}

async function transform(text: string, sourceName: string): Promise<string> {
  const { code } = await esbuild().transform(text, {
    loader: 'ts',
    target: 'node20',
    sourcemap: 'inline',
    sourcefile: sourceName,
    charset: 'utf8',
    logLevel: 'silent',
    tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
  });
  return code;
}

/** Required when first used, because import() would first parse its text for names of exports. */
function esbuild(): typeof import('esbuild') {
  return require('esbuild') as typeof import('esbuild');
}

/** Ends the compiler, a process of its own. */
export async function stopCompiler(): Promise<void> {
  await esbuild().stop();
}

function isTransformFailure(error: unknown): error is TransformFailure {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors);
}

function faultText({ text, location }: Message, sourceName: string): string {
  const name = sourceName.slice(sourceName.lastIndexOf('/') + 1);
  if (location === null) return `${name}: ${text}`;
  const { line, column, lineText } = location;
  const gutter = `${line} | `;
  const caret = `${' '.repeat(gutter.length)}${lineText.slice(0, column).replaceAll(/[^\t]/g, ' ')}^`;
  return `${name}:${line}:${column + 1}: ${text}\n\n  ${gutter}${lineText}\n  ${caret}`;
}
