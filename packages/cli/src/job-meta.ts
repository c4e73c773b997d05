import { readFile } from 'node:fs/promises';
import { dirname, extname } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BuildFailure, Loader, Plugin } from 'esbuild';

/** Words of a module that ask for its own place. */
const asksForItsPlace =
  /\bimport\s*\.\s*meta\b|\b__dirname\b|\b__filename\b|\brequire\s*\.\s*main\b/;

/**
 * Gives each module of a bundled job its own `import.meta.url`, `.dirname` and `.filename`,
 * `__dirname`, `__filename` and, in the job file, `require.main === module`. esbuild knows
 * replacements only for a whole build, so such a module is compiled alone first.
 */
export function jobMeta(
  esbuild: typeof import('esbuild'),
  entryPath: string,
  loaders: Readonly<Record<string, Loader>>,
): Plugin {
  return {
    name: 'job-meta',
    setup(build) {
      build.onLoad({ filter: /\.[cm]?[jt]sx?$/, namespace: 'file' }, async ({ path }) => {
        const source = await readFile(path, 'utf8');
        const loader = loaders[extname(path)] as Loader;
        if (!asksForItsPlace.test(source)) return { contents: source, loader };
        try {
          const { outputFiles } = await esbuild.build({
            entryPoints: [path],
            bundle: false,
            write: false,
            platform: 'node',
            target: 'esnext',
            jsx: 'preserve',
            sourcemap: 'inline',
            charset: 'utf8',
            logLevel: 'silent',
            // Beside its source, because paths in a source map are relative.
            outfile: `${path}.place.js`,
            define: placeOf(path, path === entryPath),
          });
          const plain = loader === 'tsx' || loader === 'jsx' ? 'jsx' : 'js';
          return { contents: outputFiles[0]?.text ?? '', loader: plain };
        } catch (error) {
          return { errors: (error as BuildFailure).errors };
        }
      });
    },
  };
}

function placeOf(path: string, isEntry: boolean): Record<string, string> {
  const file = JSON.stringify(path);
  const directory = JSON.stringify(dirname(path));
  return {
    'import.meta.url': JSON.stringify(pathToFileURL(path).href),
    'import.meta.filename': file,
    'import.meta.dirname': directory,
    __filename: file,
    __dirname: directory,
    ...(isEntry ? { 'require.main': 'module' } : {}),
  };
}
