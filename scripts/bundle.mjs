// node scripts/bundle.mjs [package…]: compiles the sources of each package that has changed to one
// JavaScript file per entry point. Threads and executors load packages whole, and Node spends longer on two
// hundred small modules than on the code in them (see docs/decisions/0023-bundled-packages.md).
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { newestMs } from './newest.mjs';

const packages = join(dirname(dirname(fileURLToPath(import.meta.url))), 'packages');

/** What starts threads by itself is an entry point besides the `exports` of its package. */
const threadEntries = { executor: ['src/thread/thread-main.ts'] };

const chosen = process.argv.slice(2);

for (const name of chosen.length > 0 ? chosen : readdirSync(packages)) {
  const directory = join(packages, name);
  const builtMs = statSync(join(directory, 'dist/index.js'), { throwIfNoEntry: false })?.mtimeMs;
  if (builtMs !== undefined && newestMs(join(directory, 'src')) <= builtMs) continue;
  removeScripts(join(directory, 'dist'));
  await build({
    absWorkingDir: directory,
    entryPoints: [...exportedSources(directory), ...(threadEntries[name] ?? [])],
    outbase: 'src',
    outdir: 'dist',
    bundle: true,
    // What two entry points share must exist once.
    splitting: true,
    chunkNames: 'shared-[hash]',
    // Other packages stay what they are: their classes have one identity.
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    sourcemap: 'linked',
    logLevel: 'warning',
  });
}

/** Sources of the modules that a package exports. */
function exportedSources(directory) {
  const { exports } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
  return Object.values(exports).map((target) =>
    target.default.replace('./dist/', 'src/').replace(/\.js$/, '.ts'),
  );
}

/** Removes what an earlier call has written; type declarations and web pages stay. */
function removeScripts(dist) {
  const entries = readdirSync(dist, { recursive: true });
  for (const path of entries) {
    if (/\.js(\.map)?$/.test(path) && !path.startsWith('web')) rmSync(join(dist, path));
  }
}
