// node scripts/bundle.mjs [package…]: compiles the sources of each package that has changed to one
// JavaScript file per entry point. Threads and executors load packages whole, and Node spends longer on two
// hundred small modules than on the code in them (see docs/decisions/0024-bundled-packages.md).
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { newestMs } from './newest.mjs';

const packages = join(dirname(dirname(fileURLToPath(import.meta.url))), 'packages');

/** What threads and programs start with is an entry point besides the `exports` of its package. */
const otherEntries = {
  executor: ['./dist/thread/thread-main.js'],
  'mesos-testkit': ['./dist/cli.js'],
};

const chosen = process.argv.slice(2);

for (const name of chosen.length > 0 ? chosen : readdirSync(packages)) {
  const directory = join(packages, name);
  const builtMs = statSync(join(directory, 'dist/index.js'), { throwIfNoEntry: false })?.mtimeMs;
  if (builtMs !== undefined && newestMs(join(directory, 'src')) <= builtMs) continue;
  removeScripts(join(directory, 'dist'));
  const bundle = await rolldown({
    cwd: directory,
    input: entriesOf(name),
    // Other packages stay what they are: their classes have one identity.
    external: (id) => !id.startsWith('.') && !isAbsolute(id),
    platform: 'node',
    transform: { target: 'node20.19' },
  });
  await bundle.write({
    dir: 'dist',
    format: 'esm',
    // What two entry points share exists once.
    chunkFileNames: 'shared-[hash].js',
    sourcemap: true,
  });
}

/** The sources of the modules that a package exports, by their path in `dist` without extension. */
function entriesOf(name) {
  const { exports } = JSON.parse(readFileSync(join(packages, name, 'package.json'), 'utf8'));
  const built = Object.values(exports).map((target) => target.default);
  return Object.fromEntries(
    [...built, ...(otherEntries[name] ?? [])].map((path) => {
      const entry = path.replace(/^\.\/dist\/|\.js$/g, '');
      return [entry, `src/${entry}.ts`];
    }),
  );
}

/** Removes what an earlier call has written; type declarations and web pages stay. */
function removeScripts(dist) {
  const entries = readdirSync(dist, { recursive: true });
  for (const path of entries) {
    if (/\.js(\.map)?$/.test(path) && !path.startsWith('web')) rmSync(join(dist, path));
  }
}
