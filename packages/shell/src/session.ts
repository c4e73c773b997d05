import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Script } from 'node:vm';
import { compileScript, registerScript } from '@firesteel/closure';
import { FiresteelError } from '@firesteel/common';
import { compileInput, type EchoMode } from './compile-input.js';
import { type ModuleHost, Modules } from './modules.js';

/** What is to be evaluated, and how. */
export interface Input {
  readonly text: string;
  /** The file that the text comes from; typed inputs have none. */
  readonly path?: string;
  readonly echo: EchoMode;
}

/** Receives each value that is to be shown. */
export type Show = (value: unknown) => unknown;

type Body = (
  load: (specifier: string, names: readonly string[]) => Promise<unknown>,
  echo: Show,
) => Promise<void>;

/**
 * Evaluates inputs one after the other, in the global scope of this process. What they declare are
 * globals, so they can be declared again, and closures capture them by value.
 */
export class Session {
  readonly #modules: Modules;
  readonly #reserved: ReadonlySet<string>;
  readonly #show: Show;
  readonly #texts = new Map<string, readonly string[]>();
  #count = 0;

  constructor(host: ModuleHost, show: Show) {
    this.#modules = new Modules(host);
    this.#reserved = new Set(Object.getOwnPropertyNames(globalThis));
    this.#show = show;
  }

  /** The names that inputs have declared and `define` has defined. */
  get names(): readonly string[] {
    return Object.getOwnPropertyNames(globalThis).filter((name) => !this.#reserved.has(name));
  }

  /** A line of a typed input, such as line 1 of `input-3.ts`. */
  sourceLine(name: string, line: number): string | undefined {
    return this.#texts.get(name)?.[line - 1];
  }

  /** Gives inputs a variable. */
  define(name: string, value: unknown): void {
    Object.defineProperty(globalThis, name, {
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    });
  }

  /**
   * Runs an input to its end. Values are handed to `show` as `echo` says, promises awaited.
   *
   * @throws IncompleteInput, before anything runs, if the text ends too early
   * @throws FiresteelError JOB_FILE_INVALID for a syntax error, or what the input throws
   */
  async evaluate({ text, path, echo }: Input): Promise<void> {
    const directory = path === undefined ? process.cwd() : dirname(path);
    const name = `input-${this.#count + 1}`;
    const sourceName = path === undefined ? `${name}.ts` : pathToFileURL(path).href;
    const compiled = await compileInput(text, sourceName, echo);
    this.#count++;
    if (path === undefined) this.#texts.set(sourceName, text.split('\n'));
    for (const declared of compiled.names) this.#declare(declared);
    if (compiled.functions !== '') this.#run(compiled.functions, directory, `${name}-functions`);
    const body = this.#run(compiled.body, directory, name) as Body;
    await body((specifier, names) => this.#modules.load(specifier, names, directory), this.#show);
  }

  /** Removes files that the session has made. */
  close(): void {
    this.#modules.close();
  }

  #declare(name: string): void {
    if (this.#reserved.has(name))
      throw new FiresteelError(
        'INVALID_ARGUMENT',
        `${name} is a global of Node that Firesteel itself may use. Choose another name.`,
        { data: { name } },
      );
    // Strict code may only assign what exists.
    if (!Object.hasOwn(globalThis, name)) this.define(name, undefined);
  }

  #run(text: string, directory: string, name: string): unknown {
    const filename = join(directory, `${name}.js`);
    registerScript(filename, text);
    const script: Script = compileScript(text, { filename, lineOffset: 0, columnOffset: 0 });
    return script.runInThisContext();
  }
}
