import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { JobDirectory } from '../cli/cli.js';
import { TerminalShell } from './terminal.js';

const tiny = {
  'node_modules/tiny/package.json': '{ "name": "tiny", "type": "module", "exports": "./index.js" }',
  'node_modules/tiny/index.js': 'export const half = (x) => x / 2;',
};

describe.each(['local[2]', 'local-cluster[2,1,512]'])('a shell at a terminal on %s', (master) => {
  it('takes several lines, redeclares, imports for closures, and tells errors with their line', async () => {
    using directory = new JobDirectory(tiny);
    using shell = new TerminalShell(directory.path, master);
    await shell.shows(/The context is sc .*\nIts jobs are at http.*\n.*\.help.*\nfiresteel>/);
    shell.enter("import { half } from 'tiny'");
    shell.enter('const n = 1');
    shell.enter('const n = 10');
    shell.enter('sc.range(3).map((x) => {');
    await shell.shows(/ …$/m);
    shell.enter('  return half(x) + n;');
    shell.enter('}).collect()');
    await shell.shows(/\[ 10, 10\.5, 11 \]\n\(3 rows.*\)\nfiresteel>/);
    shell.enter('n.missing.member');
    await shell.shows(/TypeError: .*\n +at input-5\.ts:1:\d+\n\n? +1 \| n\.missing\.member\n/);
    shell.enter("'after ' + n");
    await shell.shows(/'after 10'/);
  });

  it('cancels running jobs on Ctrl-C, and stays', async () => {
    using directory = new JobDirectory();
    using shell = new TerminalShell(directory.path, master);
    await shell.shows(/firesteel>/);
    shell.enter('sc.range(1e13).map((x) => x * 2).count()');
    await shell.shows(/count at input-1\.ts:1: 0\/2 tasks, \d running/);
    shell.enter("'pasted ' + 'behind it'");
    shell.press('C-c');
    const screen = await shell.shows(/Interrupted; running jobs were cancelled\.\nfiresteel>/);
    expect(screen).not.toContain("'pasted behind it'");
    shell.enter('sc.range(4).sum()');
    await shell.shows(/^6\n\(4 rows/m);
    shell.press('C-c');
    shell.press('C-c');
    await shell.shows(/Type \.exit or press Ctrl-D to leave\./);
    shell.enter('.exit');
    await shell.shows(/ended with 0/);
  });
});

it('completes names and members, and tells signatures and types', async () => {
  using directory = new JobDirectory();
  using shell = new TerminalShell(directory.path, 'local[2]');
  await shell.shows(/firesteel>/);
  shell.enter('const numbers = sc.range(3)');
  await shell.shows(/range\(3\)\nfiresteel>$/);
  shell.type('numb');
  shell.press('Tab');
  await shell.shows(/firesteel> numbers$/);
  shell.type('.filterM');
  shell.press('Tab');
  await shell.shows(/firesteel> numbers\.filterMap$/);
  shell.press('Tab');
  await shell.shows(/filterMap\(fn: .*\): RDD<.*\n(.*\n)*firesteel> numbers\.filterMap$/);
  shell.press('C-c');
  await shell.shows(/filterMap\nfiresteel>$/);
  shell.enter('.type numbers.map((x) => [x, String(x)] as const).collect()');
  await shell.shows(/JobPromise<\(readonly \[number, string\]\)\[\]>/);
  shell.enter('.help');
  await shell.shows(/\.editor .*Ctrl-D/);
  shell.enter('.hlep');
  await shell.shows(/There is no command \.hlep\. Did you mean .*help/);
  shell.enter('.load');
  await shell.shows(/Write a file behind \.load/);
});

it('keeps the history across shells in a file for its owner only, and takes a file or many lines', async () => {
  using directory = new JobDirectory({ 'more.ts': 'export const loaded: number = 41;\n' });
  {
    using shell = new TerminalShell(directory.path, 'local[2]');
    await shell.shows(/firesteel>/);
    shell.enter("'remember ' + 'me'");
    await shell.shows(/'remember me'\nfiresteel>/);
    shell.enter(" 'a secret'");
    await shell.shows(/'a secret'\nfiresteel>/);
    shell.press('C-d');
    await shell.shows(/ended with 0/);
  }
  const path = join(directory.path, 'state/firesteel/shell-history');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  using shell = new TerminalShell(directory.path, 'local[2]');
  await shell.shows(/firesteel>/);
  shell.press('Up');
  await shell.shows(/firesteel> 'remember ' \+ 'me'/);
  shell.press('Enter');
  await shell.shows(/'remember me'\nfiresteel>/);
  shell.enter('.load more.ts');
  shell.enter('loaded + 1');
  await shell.shows(/^42$/m);
  shell.enter('.editor');
  shell.enter('const a = 1');
  shell.enter('a + 99');
  shell.press('C-d');
  await shell.shows(/^100$/m);
  shell.enter('a + 199');
  await shell.shows(/^200$/m);
  // What comes in one piece, with its Ctrl-D, is one input too.
  shell.type('.editor\rconst b = 300\rb + 1\r\x04');
  await shell.shows(/^301\nfiresteel>$/m);
  shell.type('.editor\rconsole.log("bu" + "sy")\rawait new Promise(() => {})\r\x04');
  await shell.shows(/^busy$/m);
  shell.press('C-c');
  await shell.shows(/Interrupted; running jobs were cancelled.\nfiresteel>$/m);
});
