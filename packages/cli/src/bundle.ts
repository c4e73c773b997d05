import { createRequire } from 'node:module';
import { basename, extname } from 'node:path';
import { FiresteelError } from '@firesteel/common';
import type { BuildFailure, Loader } from 'esbuild';
import { jobFileInvalid } from './build-errors.js';
import type { Installation } from './installation.js';
import { jobMeta } from './job-meta.js';
import { jobModules } from './job-modules.js';

const require = createRequire(import.meta.url);

const loaders: Readonly<Record<string, Loader>> = {
  '.ts': 'ts',
  '.mts': 'ts',
  '.cts': 'ts',
  '.tsx': 'tsx',
  '.js': 'js',
  '.mjs': 'js',
  '.cjs': 'js',
  '.jsx': 'jsx',
};

/**
 * Compiles a job file and the modules of its own that it imports to one ES module for this
 * version of Node, with its source map inside. Packages are not bundled: they are imported from
 * where the importing file finds them.
 * @param path absolute path of the job file
 * @param outputPath where the module will be written; source paths in the map are relative to it
 * @throws FiresteelError JOB_FILE_INVALID with file, line and column
 */
export async function bundleJob(
  path: string,
  outputPath: string,
  installation: Installation,
): Promise<string> {
  if (!(extname(path) in loaders)) {
    throw new FiresteelError(
      'JOB_FILE_INVALID',
      `The job file ${basename(path)} is neither TypeScript nor JavaScript. Its name must end in ${Object.keys(loaders).join(', ')}.`,
      { data: { path } },
    );
  }
  // Required, because import() would first parse all of its CommonJS text for names of exports.
  const esbuild = require('esbuild') as typeof import('esbuild');
  try {
    const result = await esbuild.build({
      entryPoints: [path],
      outfile: outputPath,
      bundle: true,
      write: false,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      // Only what Node itself looks for: esbuild would add "module".
      conditions: [],
      sourcemap: 'inline',
      sourcesContent: true,
      keepNames: true,
      // A module imported for its effects is run, whatever its package.json says.
      ignoreAnnotations: true,
      charset: 'utf8',
      legalComments: 'none',
      logLevel: 'silent',
      plugins: [jobModules(installation), jobMeta(esbuild, path, loaders)],
    });
    return result.outputFiles[0]?.text ?? '';
  } catch (error) {
    if (isBuildFailure(error)) throw jobFileInvalid(path, error.errors);
    throw error;
  } finally {
    // The compiler is a process of its own; nothing needs it any more.
    void esbuild.stop();
  }
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors);
}
