import { describe, expect, it } from 'vitest';
import { JobDirectory } from '../cli/cli.js';

const shell = (...args: string[]) => ['shell', '--master', 'local[2]', ...args];

describe('firesteel shell < script.ts', () => {
  it('prints the value of each expression and hands variables, functions and classes to closures', async () => {
    using directory = new JobDirectory();
    const { code, stdout, stderr } = await directory.run(
      shell(),
      {},
      `
      const factor: number = 3;
      sc.range(6).map((x) => x * factor)
      await sc.range(4).map((x) => x * factor).collect();
      function twice(x: number) { return factorial(x) * 2 }
      function factorial(n: number): number { return n < 2 ? 1 : n * factorial(n - 1) }
      sc.range(5).map(twice).collect()
      class Box { constructor(readonly value: number) {} doubled() { return this.value * 2 } }
      sc.range(3).map((x) => new Box(x).doubled()).collect()
      const { a, ...rest } = { a: 1, b: 2 }, list = [1];
      JSON.stringify([a, rest, list])
      enum Color { Red, Green }
      sc.range(2).map((x) => Color[x]).collect()
    `,
    );
    expect(stderr).toBe('');
    expect(stdout.split('\n')).toEqual([
      'MapPartitionsRDD[1] at map at input-1.ts:3, 2 partitions',
      '[ 0, 3, 6, 9 ]',
      '[ 2, 2, 4, 12, 48 ]',
      '[ 0, 2, 4 ]',
      `'[1,{"b":2},[1]]'`,
      "[ 'Red', 'Green' ]",
      '',
    ]);
    expect(code).toBe(0);
  });

  it('prints tables, charts and show()', async () => {
    using directory = new JobDirectory();
    const { stdout } = await directory.run(
      shell(),
      {},
      `
      sc.range(25).map((x) => ({ id: x, name: 'n' + x })).collect()
      sc.range(4).keyBy((x) => x % 2).show(3)
      sc.range(100).stats()
      sc.range(4).histogram(2)
    `,
    );
    expect(stdout).toContain('id  name\n──  ────\n 0  n0\n');
    expect(stdout).toContain('19  n19\n… 5 more (25 rows)\n');
    expect(stdout).toContain('  0      2\n… and more; these are the first 3 rows\n');
    expect(stdout).toMatch(/count 100 {3}sum 4,950 .*\n0 ├─+━+┃━+─+┤ 99\n/);
    expect(stdout).toContain('[  0, 1.5)  2  █');
  });

  it('ends at the first error with its line and exit code 1', async () => {
    using directory = new JobDirectory();
    const script = `interface Row { x: number }\n\nsc.range(3).map((x) => {\n  if (x === 2) throw new Error('boom');\n  return x;\n}).count()\n'never'\n`;
    const { code, stdout, stderr } = await directory.run(shell(), {}, script);
    expect(stderr).toContain('Error: boom\n');
    expect(stderr).toContain('input-1.ts:4');
    expect(stderr).toContain(`4 |   if (x === 2) throw new Error('boom');`);
    expect(stdout).toBe('');
    expect(code).toBe(1);
  });

  it.each([
    ['1 +', 'error[JOB_FILE_INVALID]: input-1.ts:1:4: Unexpected end of file'],
    ['const performance = 1', 'performance is a global of Node'],
    ["import { nothing } from 'tiny'", 'tiny exports no nothing'],
    ['export default 1', 'A shell exports nothing'],
  ])('refuses %s', async (script, message) => {
    using directory = new JobDirectory(tiny);
    const { code, stderr } = await directory.run(shell(), {}, script);
    expect(stderr).toContain(message);
    expect(code).toBe(1);
  });

  it('imports packages, own modules and firesteel, for closures too', async () => {
    using directory = new JobDirectory({
      ...tiny,
      'own.ts': 'export const plus = (x: number): number => x + one;\nconst one = 1;\n',
    });
    const { code, stdout, stderr } = await directory.run(
      shell(),
      {},
      `
      import { half, table } from 'tiny';
      import Counter, * as all from 'tiny';
      import { plus } from './own.ts';
      import { FiresteelContext } from 'firesteel';
      FiresteelContext.name
      const row = (x: number) =>
        [half(x), table.k.get(1), new Counter().start, all.pattern.test('x'), plus(x)];
      sc.range(2, 3).map((x) => JSON.stringify(row(x))).collect()
    `,
    );
    expect(stderr).toBe('');
    expect(stdout).toBe(`'FiresteelContext'\n[ '[1,2,1,true,3]' ]\n`);
    expect(code).toBe(0);
  });
});

const tiny = {
  'node_modules/tiny/package.json': '{ "name": "tiny", "type": "module", "exports": "./index.js" }',
  'node_modules/tiny/index.js': `
    export const half = (x) => x / 2;
    export const table = { k: new Map([[1, 2]]) };
    export const pattern = /x/;
    export default class Counter { start = 1 }
  `,
};

describe('firesteel shell -e and -i', () => {
  it('prints one value, after the included files', async () => {
    using directory = new JobDirectory({ 'helpers.ts': 'export const n: number = 4;\nn + 1;\n' });
    const given = shell('-i', 'helpers.ts', '-e', '1; sc.range(n).collect()');
    expect(await directory.run(given)).toEqual({ code: 0, stdout: '[ 0, 1, 2, 3 ]\n', stderr: '' });
  });

  it('fails for a file that does not exist', async () => {
    using directory = new JobDirectory();
    const { code, stderr } = await directory.run(shell('-i', 'none.ts', '-e', '1'));
    expect(stderr).toContain('error[JOB_FILE_INVALID]: The file none.ts cannot be read.');
    expect(code).toBe(1);
  });
});
