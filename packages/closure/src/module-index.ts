import { existsSync } from 'node:fs';
import { builtinModules, createRequire, Module } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { types } from 'node:util';
import type { ModuleReference } from './module-reference.js';
import { scriptPath, scriptText } from './script-source.js';

/** Module values by identity, so that what a package exports is not copied but imported again. */
const known = new Map<unknown, ModuleReference>();

/** The module export that a value is, if it is one. */
export function moduleReference(value: unknown): ModuleReference | undefined {
  indexBuiltins();
  indexRequireCache();
  const found = known.get(value);
  if (found !== undefined) return found;
  if (types.isModuleNamespaceObject(value)) {
    const builtin = known.get((value as { default?: unknown }).default);
    if (builtin?.via === 'builtin' && builtin.path.length === 0)
      return { via: 'import', specifier: builtin.specifier, from: '', path: [] };
  }
  return undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' ? value !== null : typeof value === 'function';
}

/** Remembers `value` and what its own data properties lead to, `depth` steps far. */
function remember(value: unknown, reference: ModuleReference, depth: number): void {
  if (!isObject(value) && typeof value !== 'symbol') return;
  if (!known.has(value)) known.set(value, reference);
  else if (known.get(value)?.via === 'builtin') return;
  if (depth === 0 || !isObject(value) || types.isProxy(value)) return;
  const isNamespace = types.isModuleNamespaceObject(value);
  for (const key of Object.getOwnPropertyNames(value)) {
    // Underscored members such as `Module._cache` lead to what is not the module's own.
    if (key === 'constructor' || key.startsWith('_')) continue;
    let descriptor: PropertyDescriptor | undefined;
    try {
      descriptor = Object.getOwnPropertyDescriptor(value, key);
    } catch {
      continue; // an export that is not initialised yet
    }
    if (descriptor === undefined || !('value' in descriptor)) continue;
    const member: unknown = descriptor.value;
    if (!isObject(member) && typeof member !== 'symbol') continue;
    if (known.has(member)) continue;
    // Ordinary data below the exports is reachable through its owner, keep it cheap.
    remember(member, { ...reference, path: [...reference.path, key] }, isNamespace ? 2 : depth - 1);
  }
}

let builtinCount = -1;
const indexedBuiltins = new Set<string>();

function indexBuiltins(): void {
  // Node's list of internal modules grows whenever a builtin is first loaded.
  const loaded = (process as unknown as { moduleLoadList: string[] }).moduleLoadList;
  if (loaded.length === builtinCount) return;
  builtinCount = loaded.length;
  const names = new Set<string>();
  for (const entry of loaded) names.add(entry.slice(entry.indexOf(' ') + 1));
  for (const name of builtinModules) {
    if (!names.has(name) || name.startsWith('_') || indexedBuiltins.has(name)) continue;
    indexedBuiltins.add(name);
    const exports: unknown = process.getBuiltinModule(`node:${name}`);
    const reference = { via: 'builtin', specifier: `node:${name}`, from: '', path: [] } as const;
    remember(exports, reference, 2);
  }
}

const requireCache = (Module as unknown as { _cache: Record<string, { exports: unknown }> })._cache;
const indexedFiles = new Set<string>();
let requireCacheCount = -1;

function indexRequireCache(): void {
  const files = Object.keys(requireCache);
  if (files.length === requireCacheCount) return;
  requireCacheCount = files.length;
  for (const file of files) {
    const place = packageFile(file);
    if (place === undefined || indexedFiles.has(file)) continue;
    indexedFiles.add(file);
    remember(requireCache[file]?.exports, { ...place, path: [], commonJs: true }, 2);
  }
}

/** `/x/node_modules/pkg/lib/a.js` as `pkg/lib/a.js`, to be looked up from the folder `/x`. */
function packageFile(file: string): { via: 'file'; specifier: string; from: string } | undefined {
  const mark = `${sep}node_modules${sep}`;
  const at = file.indexOf(mark);
  if (at < 0) return undefined;
  return {
    via: 'file',
    specifier: file.slice(at + mark.length),
    from: join(file.slice(0, at), 'x'),
  };
}

/** The exports object of a module of the job itself that was loaded with `require`. */
export function isOwnExports(value: unknown): boolean {
  if (ownExportsCount !== Object.keys(requireCache).length) {
    for (const [file, module] of Object.entries(requireCache))
      if (packageFile(file) === undefined && isObject(module.exports))
        ownExports.add(module.exports);
    ownExportsCount = Object.keys(requireCache).length;
  }
  return ownExports.has(value as object);
}
const ownExports = new WeakSet<object>();
let ownExportsCount = -1;

/** The loaded cache of CommonJS, by which a `require` function is recognised. */
export function isRequireFunction(value: unknown): boolean {
  return (
    typeof value === 'function' &&
    Object.getOwnPropertyDescriptor(value, 'cache')?.value === requireCache
  );
}

export function isInPackage(url: string): boolean {
  const path = scriptPath(url);
  return path !== undefined && packageFile(path) !== undefined;
}

const tried = new Map<unknown, ModuleReference | undefined>();

/**
 * The export that a function defined in a package file is. The file is loaded already (the
 * function exists), so requiring it again only fetches its exports.
 */
export function packageExport(fn: unknown, url: string): ModuleReference | undefined {
  if (tried.has(fn)) return tried.get(fn);
  const file = scriptPath(url);
  const place = file === undefined ? undefined : packageFile(file);
  let found: ModuleReference | undefined;
  if (file !== undefined && place !== undefined) {
    const commonJs = file in requireCache;
    let exports: unknown;
    try {
      exports = createRequire(file)(file);
    } catch {
      exports = undefined; // a module with top-level await; its functions travel by value
    }
    const base: ModuleReference = commonJs
      ? { ...place, path: [], commonJs: true }
      : { ...place, path: [] };
    if (exports === fn) found = base;
    else if (isObject(exports)) {
      for (const key of Object.getOwnPropertyNames(exports)) {
        if ((exports as Record<string, unknown>)[key] !== fn) continue;
        found = { ...base, path: [key] };
        break;
      }
    }
  }
  tried.set(fn, found);
  return found;
}

interface ImportedName {
  readonly local: string;
  readonly specifier: string;
  /** `*` for the namespace. */
  readonly imported: string;
}

const importPattern =
  /(?:^|[;\s}])import\s*(?!type\s+[\w${*])(?:([\w$]+)\s*,?\s*)?(?:\*\s*as\s+([\w$]+)\s*|\{([^}]*)\}\s*)?from\s*(['"])([^'"]+)\4/g;

/** The static imports of a module text, in order; also of TypeScript text. */
function scanImports(text: string): { specifier: string; names: ImportedName[] }[] {
  const statements: { specifier: string; names: ImportedName[] }[] = [];
  for (const match of text.matchAll(importPattern)) {
    const [, byDefault, namespace, list, , specifier] = match as unknown as string[];
    if (specifier === undefined) continue;
    const names: ImportedName[] = [];
    if (byDefault) names.push({ local: byDefault, specifier, imported: 'default' });
    if (namespace) names.push({ local: namespace, specifier, imported: '*' });
    for (const part of (list ?? '').replace(/\/\*.*?\*\/|\/\/.*$/gm, '').split(',')) {
      const parsed = /^\s*(?:type\s+)?([\w$]+|"[^"]*")(?:\s+as\s+([\w$]+))?\s*$/.exec(part);
      if (parsed === null) continue;
      const imported = (parsed[1] as string).replace(/^"|"$/g, '');
      names.push({ local: parsed[2] ?? imported, specifier, imported });
    }
    statements.push({ specifier, names });
  }
  return statements;
}

/** Whether a specifier names a package that is installed above `from`. */
function isPackage(specifier: string, from: string): boolean {
  if (/^[./#]|^(?:file|data|node|https?):/.test(specifier)) return false;
  const path = scriptPath(from);
  if (path === undefined) return false;
  const parts = specifier.split('/');
  const name = specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] as string);
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'node_modules', name))) return true;
    if (dirname(folder) === folder) return false;
  }
}

const registered = new Set<string>();

/**
 * Learns what the import bindings of a script hold: the values are in its module scope, the
 * specifiers in its text. `variables` are all variables that a function of the script can see.
 */
export function registerImports(url: string, variables: Readonly<Record<string, unknown>>): void {
  if (registered.has(url)) return;
  registered.add(url);
  const text = scriptText(url);
  if (text === undefined) return;
  const statements = scanImports(text);
  for (const { specifier, names } of statements) {
    if (!isPackage(specifier, url)) continue;
    for (const { local, imported } of names) {
      if (!Object.hasOwn(variables, local)) continue;
      const path = imported === '*' ? [] : [imported];
      remember(variables[local], { via: 'import', specifier, from: url, path }, 2);
    }
  }
  registerTestImports(url, statements, variables);
}

/**
 * Makes a module known that was loaded by `import()`: its namespace and exports are then imported
 * again where a closure needs them, not copied.
 *
 * @param specifier as it was imported
 * @param from absolute path of the file that imported it, which need not exist
 */
export function registerModule(namespace: object, specifier: string, from: string): void {
  remember(namespace, { via: 'import', specifier, from, path: [] }, 2);
}

/** Vite's module runner renames imports to `__vi_import_0__`, `__vi_import_1__` … in order. */
function registerTestImports(
  url: string,
  statements: ReturnType<typeof scanImports>,
  variables: Readonly<Record<string, unknown>>,
): void {
  for (const [name, namespace] of Object.entries(variables)) {
    if (!isTestImport(name) || !isObject(namespace)) continue;
    for (const { specifier, names } of statements) {
      const fits =
        names.length > 0 &&
        names.every(({ imported }) => imported === '*' || imported in namespace);
      if (!fits || !isPackage(specifier, url)) continue;
      remember(namespace, { via: 'import', specifier, from: url, path: [] }, 0);
      for (const { imported } of names) {
        if (imported === '*') continue;
        const value = (namespace as Record<string, unknown>)[imported];
        remember(value, { via: 'import', specifier, from: url, path: [imported] }, 2);
      }
    }
  }
}

/** Whether a variable is an import as vitest rewrites it. */
export function isTestImport(name: string): boolean {
  return /^__vi_import_\d+__$/.test(name) || /^__vite_ssr_import_\d+__$/.test(name);
}
