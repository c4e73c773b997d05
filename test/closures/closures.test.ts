import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const here = fileURLToPath(new URL('.', import.meta.url));
const fixtures = join(here, 'fixtures');
const job = join(fixtures, 'job.ts');
const entry = new URL('../../packages/closure/dist/index.js', import.meta.url).href;

interface Report {
  readonly here: Record<string, unknown>;
  readonly away: Record<string, unknown>;
  readonly error: { name: string; message: string; row: number; stack: string };
  readonly site: { file: string; line: number };
}

// Inside of the repository, because the jobs import packages.
let out: string;
beforeAll(() => {
  out = mkdtempSync(join(here, 'out-'));
});
afterAll(() => {
  rmSync(out, { recursive: true, force: true });
});

function lineOf(text: string): number {
  const lines = readFileSync(job, 'utf8').split('\n');
  return lines.findIndex((line) => line.includes(text)) + 1;
}

async function report(args: readonly string[]): Promise<Report> {
  const env = { ...process.env, CLOSURE_ENTRY: entry, NODE_OPTIONS: '' };
  const { stdout } = await run(process.execPath, [...args], { env, cwd: here });
  return JSON.parse(stdout) as Report;
}

function compile(module: 'esm' | 'cjs', target: string, decorators: 'standard' | 'legacy'): string {
  const folder = mkdtempSync(join(out, `${module}-`));
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ type: module === 'esm' ? 'module' : 'commonjs' }),
  );
  for (const name of readdirSync(fixtures)) {
    if (name.endsWith('.json')) cpSync(join(fixtures, name), join(folder, name));
    if (!name.startsWith('job') || !name.endsWith('.ts')) continue;
    const { outputText, sourceMapText } = ts.transpileModule(
      readFileSync(join(fixtures, name), 'utf8'),
      {
        fileName: join(fixtures, name),
        compilerOptions: {
          module: module === 'esm' ? ts.ModuleKind.ESNext : ts.ModuleKind.CommonJS,
          target: ts.ScriptTarget[target as 'ES2022'],
          experimentalDecorators: decorators === 'legacy',
          esModuleInterop: true,
          sourceMap: true,
          sourceRoot: `${fixtures}/`,
        },
      },
    );
    const js = basename(name, '.ts');
    writeFileSync(join(folder, `${js}.js`), outputText);
    writeFileSync(join(folder, `${js}.js.map`), sourceMapText ?? '');
  }
  return folder;
}

/** As `firesteel submit` bundles a job. */
async function bundle(options: { keepNames: boolean; minify: boolean }): Promise<string> {
  const outfile = join(mkdtempSync(join(out, 'bundle-')), 'job.mjs');
  await build({
    entryPoints: [job],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    sourcemap: 'inline',
    packages: 'external',
    logLevel: 'silent',
    ...options,
  });
  return outfile;
}

function check({ here: local, away, error, site }: Report): void {
  expect(away).toEqual(local);
  expect(Object.keys(away).length).toBeGreaterThan(20);
  expect(error.name).toBe('JobError');
  expect(error.message).toBe('bad row');
  expect(error.row).toBe(3);
  expect(error.stack).toContain(`job.ts:${lineOf("new JobError('bad row'")}:`);
  expect(basename(site.file)).toBe('job.ts');
  expect(site.line).toBe(lineOf('= transformation()'));
}

describe('closures of a job file', () => {
  it('under tsx', async () => {
    check(await report(['--import', 'tsx', job]));
  });

  it('bundled as by firesteel submit', async () => {
    check(await report([await bundle({ keepNames: true, minify: false })]));
  });

  it('minified', async () => {
    const { here: local, away } = await report([await bundle({ keepNames: true, minify: true })]);
    expect(away).toEqual(local);
  });

  it('compiled to ES modules', async () => {
    check(await report([join(compile('esm', 'ES2022', 'standard'), 'job.js')]));
  });

  it('compiled to CommonJS', async () => {
    check(await report([join(compile('cjs', 'ES2022', 'standard'), 'job.js')]));
  });

  it.each(['ES2022', 'ES2017', 'ES2015'])(
    'with experimental decorators, for %s',
    async (target) => {
      const file = join(compile('esm', target, 'legacy'), 'job-legacy.js');
      const { here: local, away } = await report([file]);
      expect(away).toEqual(local);
      expect(away.decorated).toEqual(['logged p1', 'logged q1', 'service']);
    },
  );
});
