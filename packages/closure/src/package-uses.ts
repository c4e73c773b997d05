import { isBuiltin } from 'node:module';
import { dirname, join } from 'node:path';
import type { Graph } from './graph.js';
import { isMirroring, mirrored, mirroredUrl } from './mirror.js';

/** A package that revived functions load. */
export interface PackageUse {
  /** As it is imported: a name, perhaps with a path behind it, or the path or URL of a file. */
  readonly specifier: string;
  /** URL or path of the file that says so; empty where the specifier is absolute. */
  readonly from: string;
}

/** `firesteel` and its parts: always those of the process that runs the function. */
const ENGINE = /^(?:firesteel|@firesteel\/[^/]+)(?:\/|$)/;

export function isEngine(specifier: string): boolean {
  return ENGINE.test(specifier);
}

const CALL = /\b(?:import|require\w*)\s*\(\s*(["'`])([^"'`\n]+)\1/g;
/** How a compiled job loads a package with `require` (see `job-modules.ts` of the cli package). */
const ABSOLUTE_REQUIRE = /\.createRequire\("([^"\n]+)"\)\("\1"\)/g;
const ABSOLUTE_IMPORT = /\bimport\(("file:[^"\n]+")\)/g;

/**
 * What the functions of a capture load when they are revived and when they run, as far as their
 * texts tell; a specifier that is computed is not found.
 */
export function packageUses({ nodes }: Graph): PackageUse[] {
  const uses = new Map<string, PackageUse>();
  const add = (specifier: string, from: string): void => {
    if (isBuiltin(specifier) || isEngine(specifier) || /^(?:\.|#|data:|https?:)/.test(specifier))
      return;
    uses.set(`${specifier}\n${from}`, { specifier, from });
  };
  for (const node of nodes) {
    if (node.kind === 'module') {
      const { via, specifier, from } = node.reference;
      if (via === 'import') add(specifier, from);
      else if (via === 'file' && !isEngine(specifier))
        add(join(dirname(from), 'node_modules', specifier), '');
    }
    if (node.kind !== 'function') continue;
    for (const text of [node.source, ...(node.class?.inner ?? [])]) {
      if (!/import|require/i.test(text)) continue;
      for (const [, , specifier] of text.matchAll(CALL))
        add(specifier as string, node.position.url);
      for (const [, path] of text.matchAll(ABSOLUTE_REQUIRE)) add(path as string, '');
    }
  }
  return [...uses.values()];
}

/** The text of a function with absolute paths of packages as they are here. */
export function withLocalPackages(source: string): string {
  if (!isMirroring()) return source;
  return source
    .replace(ABSOLUTE_REQUIRE, (_, path: string) => {
      const local = JSON.stringify(mirrored(path));
      return `.createRequire(${local})(${local})`;
    })
    .replace(ABSOLUTE_IMPORT, (_, url: string) => {
      const local = mirroredUrl(JSON.parse(url) as string);
      return `import(${JSON.stringify(local)})`;
    });
}
