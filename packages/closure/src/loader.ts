import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { constants, Script } from 'node:vm';
import { FiresteelError } from '@firesteel/common';
import { mirrored, mirroredUrl } from './mirror.js';
import type { ModuleReference } from './module-reference.js';
import { isEngine } from './package-uses.js';
import { scriptPath } from './script-source.js';

/** Compiles with `import()` resolved relative to `filename`. */
export function compileScript(
  text: string,
  options: { filename: string; lineOffset: number; columnOffset: number },
): Script {
  if (!text.includes('import')) return new Script(text, options);
  acceptLoaderOption();
  return new Script(text, { ...options, importModuleDynamically });
}

const importModuleDynamically = constants.USE_MAIN_CONTEXT_DEFAULT_LOADER;
let accepted = false;

/**
 * Node warns once in each thread about this option when the first `import()` runs. The warning is
 * about Node's interface, not about anything in the user's code, so it is spent here.
 */
function acceptLoaderOption(): void {
  if (accepted) return;
  accepted = true;
  const emitWarning = process.emitWarning;
  process.emitWarning = () => {};
  try {
    new Script("import('node:path')", { importModuleDynamically }).runInThisContext();
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** From here the parts of the engine are found that this process runs. */
const ownFile = fileURLToPath(import.meta.url);

type Importer = (specifier: string) => Promise<Record<string, unknown>>;
const importers = new Map<string, Importer>();

/** `import()` as if it were written in the file `from`. */
function importFrom(from: string, specifier: string): Promise<Record<string, unknown>> {
  const path = scriptPath(from);
  // The file need not exist here, but only an absolute one has packages around it.
  const filename = isEngine(specifier)
    ? ownFile
    : path === undefined
      ? join(process.cwd(), 'closure.js')
      : mirroredUrl(from);
  let importer = importers.get(filename);
  if (importer === undefined) {
    const options = { filename, lineOffset: 0, columnOffset: 0 };
    importer = compileScript('(s) => import(s)', options).runInThisContext() as Importer;
    importers.set(filename, importer);
  }
  return importer(mirroredUrl(specifier));
}

/** What a module reference names, imported or required here. */
export async function loadReference(reference: ModuleReference): Promise<unknown> {
  const { via, specifier, from, path, commonJs } = reference;
  try {
    let value: unknown;
    if (via === 'builtin') value = process.getBuiltinModule(specifier);
    else if (via === 'import') value = await importFrom(from, specifier);
    else {
      const file = packageFilePath(specifier, from);
      value =
        commonJs === true ? createRequire(file)(file) : await import(pathToFileURL(file).href);
    }
    for (const step of path) value = (value as Record<string, unknown>)[step];
    return value;
  } catch (error) {
    if (FiresteelError.is(error)) throw error;
    throw new FiresteelError(
      'CLOSURE_REVIVE_FAILED',
      `A captured function needs ${[specifier, ...path].join('.')}, which could not be loaded on ` +
        `this executor: ${(error as Error).message} Install the package where the driver finds it.`,
      { cause: error, data: { specifier, from } },
    );
  }
}

/** Looks `pkg/lib/a.js` up in the `node_modules` folders above `from`, then above the cwd. */
function packageFilePath(specifier: string, from: string): string {
  const starts = isEngine(specifier)
    ? [ownFile]
    : [mirrored(scriptPath(from) ?? '/'), join(process.cwd(), 'x')];
  for (const start of starts) {
    for (let folder = dirname(start); ; folder = dirname(folder)) {
      const file = join(folder, 'node_modules', specifier);
      if (existsSync(file)) return file;
      if (dirname(folder) === folder) break;
    }
  }
  throw new Error(`There is no node_modules/${specifier} above ${dirname(from)}.`);
}

/** A `require` for code that was loaded from `from`. */
export function requireFor(from: string): NodeJS.Require {
  const path = scriptPath(from);
  return createRequire(path === undefined ? join(process.cwd(), 'closure.js') : mirrored(path));
}

/** What `import.meta` was in the module at `url`. */
export function importMetaFor(url: string): object {
  const path = scriptPath(url);
  const href = path === undefined ? url : url.startsWith('file:') ? url : pathToFileURL(path).href;
  return {
    ...(path === undefined ? {} : { dirname: dirname(path), filename: path }),
    url: href,
    resolve: (specifier: string) =>
      /^\.{0,2}\//.test(specifier)
        ? new URL(specifier, href).href
        : pathToFileURL(requireFor(url).resolve(specifier)).href,
  };
}
