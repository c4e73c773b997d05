import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { compileScript, registerModule } from '@firesteel/closure';
import { FiresteelError } from '@firesteel/common';

/** What the command lends to a shell, so that it loads modules as `firesteel submit` does. */
export interface ModuleHost {
  /** The file URL that `firesteel` or `@firesteel/…` means. */
  resolve(specifier: string): string;
  /** Compiles a user's module, with the modules of its own that it imports, to an ES module. */
  compileModule(path: string, outputPath: string): Promise<string>;
}

type Namespace = Readonly<Record<string, unknown>>;

/**
 * Loads what inputs import: packages from where the importing directory finds them, modules of the
 * user compiled anew each time, so that an edited file can be imported again.
 */
export class Modules {
  readonly #host: ModuleHost;
  #scratch: string | undefined;
  #count = 0;

  constructor(host: ModuleHost) {
    this.#host = host;
  }

  /**
   * @param names exports that must exist
   * @param directory that relative specifiers and packages are looked up from
   */
  async load(specifier: string, names: readonly string[], directory: string): Promise<Namespace> {
    const namespace = await this.#import(specifier, directory);
    const missing = names.find((name) => !(name in namespace));
    if (missing !== undefined)
      throw new FiresteelError(
        'INVALID_ARGUMENT',
        `${specifier} exports no ${missing}. If it is a type, write "import type".`,
        { data: { specifier, name: missing } },
      );
    return namespace;
  }

  /** Removes what was compiled. */
  close(): void {
    if (this.#scratch !== undefined) rmSync(this.#scratch, { recursive: true, force: true });
  }

  async #import(specifier: string, directory: string): Promise<Namespace> {
    if (/^(firesteel|@firesteel\/[^/]+)$/.test(specifier))
      return import(this.#host.resolve(specifier));
    if (isBuiltin(specifier)) return import(specifier);
    if (/^(\.{0,2}\/|file:)/.test(specifier)) return this.#importOwn(specifier, directory);
    const from = join(directory, 'shell.mjs');
    const script = compileScript('(specifier) => import(specifier)', {
      filename: from,
      lineOffset: 0,
      columnOffset: 0,
    });
    const importFrom = script.runInThisContext() as (specifier: string) => Promise<Namespace>;
    const namespace = await importFrom(specifier);
    registerModule(namespace, specifier, from);
    return namespace;
  }

  async #importOwn(specifier: string, directory: string): Promise<Namespace> {
    const path = specifier.startsWith('file:')
      ? fileURLToPath(specifier)
      : resolve(directory, specifier);
    this.#scratch ??= mkdtempSync(join(tmpdir(), 'firesteel-shell-'));
    const output = join(this.#scratch, `${this.#count++}-${basename(path)}.mjs`);
    writeFileSync(output, await this.#host.compileModule(path, output));
    return import(pathToFileURL(output).href);
  }
}
