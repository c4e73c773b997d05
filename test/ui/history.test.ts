import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { JobDirectory } from '../cli/cli.js';
import { complaintsOf, launchBrowser } from './browser.js';

const job = `
  import { existsSync } from 'node:fs';
  import { FiresteelContext } from 'firesteel';
  const sc = await FiresteelContext.create();
  console.log(await sc.range(0, 100, 1, 4).map((x): [number, number] => [x % 3, x]).reduceByKey((a, b) => a + b).count());
  if (process.argv[2] === 'hang') {
    const hanging = sc.range(0, 2, 1, 2).map((x) => {
      while (!existsSync('never')) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
      return x;
    }).count();
    sc.events.on('taskStart', () => console.log('task started'));
    await hanging;
  }
  await sc.stop();
`;

let jobs: JobDirectory;
let browser: Browser;
beforeAll(async () => {
  jobs = new JobDirectory({ 'job.ts': job });
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  jobs?.[Symbol.dispose]();
});

const submit = ['submit', '--master', 'local[2]', '--conf', 'ui.enabled=false'];
const log = ['--conf', 'eventLog.enabled=true', '--conf', 'eventLog.dir=logs'];

it('shows applications that have ended, and those that were killed', async () => {
  expect(await jobs.run([...submit, ...log, '--name', 'whole', 'job.ts'])).toMatchObject({
    code: 0,
    stdout: '3\n',
  });
  const crashing = jobs.start([...submit, ...log, '--name', 'broken', 'job.ts', 'hang']);
  await crashing.printed('task started');
  crashing.process.kill('SIGKILL');
  await crashing.outcome;

  const history = jobs.start(['history-server', '--port', '0', 'logs']);
  const address = addressOf(await history.printed('/\n'));
  const names = readdirSync(join(jobs.path, 'logs'));
  expect(names.filter((name) => name.endsWith('.inprogress'))).toHaveLength(1);

  const page = await browser.newPage();
  const complaints = complaintsOf(page);
  await page.goto(address);
  await page.getByRole('link', { name: 'whole' }).click();
  await page.getByRole('link', { name: /count at job.ts/ }).click();
  await page.getByRole('link', { name: /reduceByKey at job.ts/ }).waitFor();
  await page.getByText('succeeded').first().waitFor();

  await page.getByRole('link', { name: 'Firesteel' }).click();
  await page.getByRole('link', { name: 'broken' }).click();
  await page.getByText('Unknown: the application ended meanwhile (1)').waitFor();
  await page.getByText('crashed').waitFor();
  // Nothing can be cancelled any more.
  expect(await page.getByRole('button', { name: 'Cancel' }).count()).toBe(0);
  expect(complaints).toEqual([]);
  await page.close();

  history.process.kill('SIGTERM');
  expect(await history.outcome).toMatchObject({ code: 0, stderr: '' });
});

it('writes nothing unless it is asked to', async () => {
  await jobs.run([...submit, '--conf', 'eventLog.dir=unused', 'job.ts']);
  expect(existsSync(join(jobs.path, 'unused'))).toBe(false);
});

it('asks for the token of a server that others can reach', async () => {
  const token = 'a-token-of-many-characters';
  const history = jobs.start(
    ['history-server', '--port', '0', '--conf', 'ui.host=0.0.0.0', 'logs'],
    {
      FIRESTEEL_CONF_UI_TOKEN: token,
    },
  );
  const address = addressOf(await history.printed('its other names'));
  const page = await browser.newPage();
  await page.goto(address);
  await page.getByLabel('The token of these pages').fill(token);
  await page.getByRole('button', { name: 'Enter' }).click();
  await page.getByRole('heading', { name: 'Applications' }).waitFor();
  await page.close();
  history.process.kill('SIGTERM');
  const { code, stdout } = await history.outcome;
  expect(code).toBe(0);
  expect(stdout).not.toContain(token);
});

/** What a server prints when it is ready. */
function addressOf(printed: string): string {
  return /http:\S+\//.exec(printed)?.[0] ?? '';
}
