import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What of a `package.json` decides where packages go and what is in them. */
interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly files?: readonly string[];
}

/** Packages by the path that they get below the archive's root, with where they are here. */
export type PackageLayout = ReadonlyMap<string, string>;

/**
 * A package and all that it needs at run time, each in the `node_modules` at the top; where two
 * versions of one are needed, the second goes into that of the package that needs it.
 * @param directory of the package, free of links
 */
export function packageLayout(name: string, directory: string): PackageLayout {
  const layout = new Map<string, string>();
  const open: string[] = [];
  const place = (path: string, from: string): void => {
    layout.set(path, from);
    open.push(path);
  };
  place(join('node_modules', name), directory);
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    const from = layout.get(path) as string;
    const { dependencies, optionalDependencies } = manifestOf(from);
    for (const dependency of Object.keys({ ...dependencies, ...optionalDependencies })) {
      const found = find(dependency, from);
      // Optional ones are for other platforms; those that are needed npm would not leave out.
      if (found === undefined) continue;
      const top = join('node_modules', dependency);
      if (!layout.has(top)) place(top, found);
      else if (layout.get(top) !== found) place(join(path, 'node_modules', dependency), found);
    }
  }
  return layout;
}

/**
 * What of a package is to be copied: of one that is under development only what would be published.
 */
export function publishedEntries(directory: string): readonly string[] | undefined {
  if (directory.includes('/node_modules/')) return undefined;
  const entries = (manifestOf(directory).files ?? []).filter((entry) => !entry.startsWith('!'));
  return ['package.json', ...entries];
}

function find(name: string, from: string): string | undefined {
  const directory = join(from, 'node_modules', name);
  if (existsSync(join(directory, 'package.json'))) return realpathSync(directory);
  return dirname(from) === from ? undefined : find(name, dirname(from));
}

function manifestOf(directory: string): Manifest {
  return JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as Manifest;
}
