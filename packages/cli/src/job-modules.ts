import { isBuiltin } from 'node:module';
import { extname, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { OnResolveArgs, OnResolveResult, Plugin, PluginBuild } from 'esbuild';
import type { Installation } from './installation.js';

/** Marks our own question to esbuild's resolver, which would come back to us otherwise. */
const asked = Symbol('asked');

/**
 * Decides for each import of a job whether it is the job's own module, which is compiled into
 * it, or a package, which stays one: closures refer to packages by their path, so every thread
 * loads the very same file. `firesteel` is always the installation that runs the job.
 */
export function jobModules(installation: Installation): Plugin {
  return {
    name: 'job-modules',
    setup(build) {
      build.onResolve({ filter: /^[^./]/ }, (args) => resolveBare(build, installation, args));
      build.onLoad({ filter: /.*/, namespace: 'required' }, ({ path }) => requiredModule(path));
    },
  };
}

async function resolveBare(
  build: PluginBuild,
  installation: Installation,
  args: OnResolveArgs,
): Promise<OnResolveResult | undefined> {
  if (args.pluginData === asked || args.kind === 'entry-point') return undefined;
  if (args.namespace === 'required') return { path: args.path, external: true };
  if (args.path.startsWith('file:') || args.path.startsWith('data:'))
    return { path: args.path, external: true };
  const byRequire = args.kind === 'require-call';
  if (isBuiltin(args.path)) {
    return byRequire
      ? { path: args.path, namespace: 'required' }
      : { path: args.path, external: true };
  }
  if (/^(firesteel|@firesteel\/[^/]+)$/.test(args.path)) {
    const path = installation.resolve(args.path);
    return byRequire ? { path, namespace: 'required' } : { path, external: true };
  }
  const { path, errors } = await build.resolve(args.path, {
    kind: args.kind,
    importer: args.importer,
    resolveDir: args.resolveDir,
    pluginData: asked,
  });
  if (errors.length > 0) {
    const name = args.path.split('/', args.path.startsWith('@') ? 2 : 1).join('/');
    return {
      errors: [{ text: `Cannot find ${JSON.stringify(args.path)}. Is ${name} installed here?` }],
    };
  }
  // A path alias or a linked workspace is source of the job's project. JSON needs no sharing.
  if (!path.includes(`${sep}node_modules${sep}`) || extname(path) === '.json') return { path };
  return byRequire
    ? { path, namespace: 'required' }
    : { path: pathToFileURL(path).href, external: true };
}

/**
 * What `require(…)` of a package or builtin becomes: a module that loads it on first use. It
 * refers to nothing around it, so a closure can take the call along to another thread.
 */
function requiredModule(path: string): { contents: string; loader: 'js' } {
  if (path.startsWith('file:')) {
    // Firesteel is an ES module; imported, because require() of one warns in Node 20.
    return { contents: `export * from ${JSON.stringify(path)};`, loader: 'js' };
  }
  const load = isBuiltin(path)
    ? `process.getBuiltinModule(${JSON.stringify(path)})`
    : `process.getBuiltinModule('node:module').createRequire(${JSON.stringify(path)})(${JSON.stringify(path)})`;
  return { contents: `module.exports = ${load};`, loader: 'js' };
}
