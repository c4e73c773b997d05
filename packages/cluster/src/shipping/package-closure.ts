import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PackageUse } from '@firesteel/plan';

/** A package that is installed here. */
interface InstalledPackage {
  /** Its directory, free of links. */
  readonly directory: string;
  /**
   * Whether everybody who depends on it can do without: such packages hold what one platform needs.
   */
  readonly isOptional: boolean;
}

/** Packages and all that they depend on, by the rules by which Node finds packages. */
export interface PackageClosure {
  readonly packages: readonly InstalledPackage[];
  /** Paths by which a package is found, and the directory that they lead to. */
  readonly links: ReadonlyMap<string, string>;
}

interface Manifest {
  readonly name?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/**
 * The packages that functions load, with those that these depend on. One that is not installed is
 * left out: whoever loads it says so better than we can.
 */
export function packageClosure(uses: readonly PackageUse[]): PackageClosure {
  const optional = new Map<string, boolean>();
  const links = new Map<string, string>();
  const open: string[] = [];
  const reach = (found: string | undefined, isOptional: boolean): void => {
    if (found === undefined) return;
    const directory = realpathSync(found);
    if (directory !== found) links.set(found, directory);
    const known = optional.get(directory);
    if (known === undefined || (known && !isOptional)) {
      optional.set(directory, isOptional);
      open.push(directory);
    }
  };
  for (const use of uses) reach(packageOf(use), false);
  for (let directory = open.pop(); directory !== undefined; directory = open.pop()) {
    const { dependencies, peerDependencies, optionalDependencies } = manifestOf(directory);
    const isOptional = optional.get(directory) as boolean;
    for (const name of Object.keys({ ...dependencies, ...peerDependencies }))
      if (!(name in (optionalDependencies ?? {}))) reach(find(name, directory), isOptional);
    for (const name of Object.keys(optionalDependencies ?? {})) reach(find(name, directory), true);
  }
  const packages = [...optional].map(([directory, isOptional]) => ({ directory, isOptional }));
  return { packages, links };
}

/** The directory of the package that a specifier means. */
function packageOf({ specifier, from }: PackageUse): string | undefined {
  const path = pathOf(specifier);
  if (path !== undefined) return packageAround(path);
  const importer = pathOf(from);
  return importer && find(nameOf(specifier.split('/')), dirname(importer));
}

/** The directory with the manifest of a file; directories in a package may have one without name. */
function packageAround(path: string): string | undefined {
  if (!path.includes('/node_modules/')) return undefined;
  for (let directory = dirname(path); directory !== '/'; directory = dirname(directory))
    if (existing(directory) !== undefined && manifestOf(directory).name !== undefined)
      return directory;
  return undefined;
}

function pathOf(text: string): string | undefined {
  if (text.startsWith('file:')) return fileURLToPath(text.replace(/[?#].*$/, ''));
  return text.startsWith('/') ? text : undefined;
}

function nameOf(parts: readonly string[]): string {
  return parts.slice(0, parts[0]?.startsWith('@') ? 2 : 1).join('/');
}

/** Looks for `node_modules/<name>` in a directory and in all above it. */
function find(name: string, from: string): string | undefined {
  for (let directory = from; ; directory = dirname(directory)) {
    const found = existing(join(directory, 'node_modules', name));
    if (found !== undefined) return found;
    if (dirname(directory) === directory) return undefined;
  }
}

function existing(directory: string): string | undefined {
  return existsSync(join(directory, 'package.json')) ? directory : undefined;
}

function manifestOf(directory: string): Manifest {
  try {
    return JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as Manifest;
  } catch {
    return {};
  }
}
