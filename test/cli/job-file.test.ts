import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { JobDirectory } from './cli.js';

describe('a job file that does not compile', () => {
  it.each([
    ['missing.ts', {}, 'The job file missing.ts does not exist.'],
    ['sub', { 'sub/x.ts': '' }, 'The job file sub is not a file.'],
    ['notes.txt', { 'notes.txt': 'hello' }, 'notes.txt is neither TypeScript nor JavaScript.'],
    [
      'job.ts',
      { 'job.ts': 'const a: number = 1;\n  const b = = 2;\n' },
      'job.ts:2:13: Unexpected "="\n\n  2 |   const b = = 2;\n                  ^',
    ],
    [
      'job.ts',
      {
        'job.ts': "import './lib/broken.js';\n",
        'lib/broken.ts': 'console.log(import.meta.url;\n',
      },
      'lib/broken.ts:1:28: Expected ")" but found ";"',
    ],
    [
      'job.ts',
      { 'job.ts': "import './nowhere.js';\n" },
      'job.ts:1:8: Could not resolve "./nowhere.js"',
    ],
    [
      'job.ts',
      { 'job.ts': "\nimport x from 'no-such-package/deep';\nx();\n" },
      'job.ts:2:15: Cannot find "no-such-package/deep". Is no-such-package installed here?',
    ],
  ])('%s is reported with its place (%#)', async (name, files, message) => {
    using directory = new JobDirectory(files);
    const { code, stdout, stderr } = await directory.run(['submit', name]);
    expect(stderr).toContain('error[JOB_FILE_INVALID]: ');
    expect(stderr).toContain(message);
    expect(stderr).not.toContain('    at ');
    expect(stdout).toBe('');
    expect(code).toBe(1);
  });
});

describe('what a job finds', () => {
  async function printedBy(files: Record<string, string>, ...args: string[]): Promise<unknown> {
    using directory = new JobDirectory(files);
    const [name = 'job.ts'] = Object.keys(files);
    const { code, stdout, stderr } = await directory.run(['submit', name, ...args]);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    return JSON.parse(stdout.replaceAll(directory.path, '<dir>'));
  }

  it('its arguments, untouched', async () => {
    const files = { 'job.ts': 'console.log(JSON.stringify(process.argv.slice(1)));\n' };
    const args = ['a b', '--master', 'local', '--help', '--', '-x'];
    expect(await printedBy(files, ...args)).toEqual(['<dir>/job.ts', ...args]);
  });

  it('TypeScript of every kind and top-level await', async () => {
    const source = `
      enum Color { Red, Green }
      namespace Geometry { export const sides = 4; }
      class Point { constructor(readonly x: number, private y = 2) {} sum() { return this.x + this.y; } }
      const generic = <T,>(x: T): T => x;
      const late = await Promise.resolve(3);
      console.log(JSON.stringify([Color.Green, Geometry.sides, new Point(1).sum(), generic('g'), late]));
    `;
    expect(await printedBy({ 'job.ts': source })).toEqual([1, 4, 3, 'g', 3]);
  });

  it.each(['job.mts', 'job.mjs', 'job.js'])('ES modules named %s', async (name) => {
    const source = "import { sep } from 'node:path';\nconsole.log(JSON.stringify(await sep));\n";
    expect(await printedBy({ [name]: source })).toBe('/');
  });

  it('its own place and that of its helpers', async () => {
    const place =
      '[import.meta.url, import.meta.filename, import.meta.dirname, __filename, __dirname]';
    const printed = await printedBy({
      'job.ts': `import { place } from './lib/place.ts';\nconsole.log(JSON.stringify([...${place}, ...place()]));\n`,
      'lib/place.ts': `export const place = () => ${place};\n`,
    });
    const expected = (path: string, directory: string) => [
      `file://${path}`,
      path,
      directory,
      path,
      directory,
    ];
    expect(printed).toEqual([
      ...expected('<dir>/job.ts', '<dir>'),
      ...expected('<dir>/lib/place.ts', '<dir>/lib'),
    ]);
  });

  it('names of its own for __filename and require', async () => {
    const source = `
      import { createRequire } from 'node:module';
      import { fileURLToPath } from 'node:url';
      const __filename = fileURLToPath(import.meta.url);
      const require = createRequire(import.meta.url);
      console.log(JSON.stringify([__filename, require('./data.json')]));
    `;
    expect(await printedBy({ 'job.ts': source, 'data.json': '[1]' })).toEqual([
      '<dir>/job.ts',
      [1],
    ]);
  });

  it('that it is the main module', async () => {
    const source =
      "import { pathToFileURL } from 'node:url';\n" +
      "if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.log('true');\n";
    expect(await printedBy({ 'job.ts': source })).toBe(true);
  });

  it('JSON, relative helpers in every spelling, and a path alias', async () => {
    const printed = await printedBy({
      'job.ts': `
        import data from './data.json' with { type: 'json' };
        import { a } from './helpers/a.js';
        import { b } from './helpers/b';
        import { c } from '@/c';
        const lazy = await import('./helpers/lazy.js');
        console.log(JSON.stringify([data, a, b, c, lazy.value]));
      `,
      'data.json': '{"k":[1,2]}',
      'helpers/a.ts': "export const a = 'a';",
      'helpers/b/index.ts': "export const b = 'b';",
      'src/c.ts': "export const c = 'c';",
      'helpers/lazy.ts': "export const value = 'lazy';",
      'tsconfig.json': '{"compilerOptions":{"paths":{"@/*":["./src/*"]}}}',
    });
    expect(printed).toEqual([{ k: [1, 2] }, 'a', 'b', 'c', 'lazy']);
  });

  const packages = {
    'node_modules/esm/package.json':
      '{"name":"esm","type":"module","exports":{".":"./main.js","./deep":"./deep.js"}}',
    'node_modules/esm/main.js': 'export default import.meta.url;\nexport const n = 1;\n',
    'node_modules/esm/deep.js': "export { n } from './main.js';\n",
    'node_modules/cjs/package.json': '{"name":"cjs","main":"lib.js"}',
    'node_modules/cjs/lib.js': 'module.exports = { file: __filename, double: (x) => x * 2 };\n',
    'node_modules/cjs/data.json': '{"packaged":true}',
    'lib/node_modules/esm/package.json': '{"name":"esm","type":"module","exports":"./other.js"}',
    'lib/node_modules/esm/other.js': 'export default import.meta.url;\n',
  };

  it('the packages beside each of its files, loaded from where they are', async () => {
    const printed = await printedBy({
      'job.ts': `
        import url, { n } from 'esm';
        import { n as deep } from 'esm/deep';
        import cjs from 'cjs';
        import data from 'cjs/data.json' with { type: 'json' };
        import { nested } from './lib/nested.ts';
        const again = await import('esm');
        console.log(JSON.stringify([url, n, deep, cjs.file, cjs.double(4), data, nested, again.default === url]));
      `,
      'lib/nested.ts': "import url from 'esm';\nexport const nested = url;\n",
      ...packages,
    });
    expect(printed).toEqual([
      'file://<dir>/node_modules/esm/main.js',
      1,
      1,
      '<dir>/node_modules/cjs/lib.js',
      8,
      { packaged: true },
      'file://<dir>/lib/node_modules/esm/other.js',
      true,
    ]);
  });

  it('require, module and __dirname in a CommonJS job', async () => {
    const source = `
      const { basename, join } = require('path');
      const { readFileSync } = require('node:fs');
      const cjs = require('cjs');
      const helper = require('./helper');
      const { FiresteelContext } = require('firesteel');
      function main() {
        const text = readFileSync(join(__dirname, 'data.json'), 'utf8');
        console.log(JSON.stringify([basename(__filename), cjs.double(2), helper, text, require('./data.json'), require.main === module, typeof FiresteelContext]));
      }
      if (require.main === module) main();
    `;
    const files = {
      'helper.js': 'module.exports = [require.main === module, require("cjs").double(1)];\n',
      'data.json': '[1]',
      ...packages,
    };
    for (const name of ['job.js', 'job.cjs', 'job.cts']) {
      expect(await printedBy({ [name]: source, ...files })).toEqual([
        name,
        4,
        [false, 2],
        '[1]',
        [1],
        true,
        'function',
      ]);
    }
  });

  it('the installation that runs it as firesteel, whatever lies beside it', async () => {
    const printed = await printedBy({
      'job.ts': `
        import { FiresteelError } from '@firesteel/common';
        import * as firesteel from 'firesteel';
        console.log(JSON.stringify([typeof FiresteelError, Object.hasOwn(firesteel, 'fake')]));
      `,
      'node_modules/firesteel/package.json':
        '{"name":"firesteel","type":"module","exports":"./fake.js"}',
      'node_modules/firesteel/fake.js': 'export const fake = 1;',
    });
    expect(printed).toEqual(['function', false]);
  });
});

it('runs a job by absolute path and leaves nothing behind', async () => {
  using directory = new JobDirectory({ 'job.ts': 'console.log(import.meta.url);\n' });
  using temporary = new JobDirectory();
  const path = join(directory.path, 'job.ts');
  const { stdout } = await temporary.run(['submit', path], { TMPDIR: temporary.path });
  expect(stdout).toBe(`${pathToFileURL(path)}\n`);
  const { readdirSync } = await import('node:fs');
  expect(readdirSync(temporary.path)).toEqual([]);
});
