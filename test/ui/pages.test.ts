import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FiresteelContext } from 'firesteel';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { complaintsOf, launchBrowser } from './browser.js';

let browser: Browser;
let sc: FiresteelContext;
let url: string;
let directory: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'firesteel-ui-test-'));
  browser = await launchBrowser();
  sc = await FiresteelContext.create({
    master: 'local[2]',
    appName: 'pages',
    conf: { 'ui.port': 0, 'driver.host': 'localhost' },
  });
  sc.setLocalProperty('db.password', 'hunter2');
  url = (await sc.uiWebUrl) ?? '';
  await runJobs();
});
afterAll(async () => {
  await browser?.close();
  await sc?.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** Job 0 with a shuffle, a cached RDD and one slow partition; job 1, which fails. */
async function runJobs(): Promise<void> {
  const pairs = sc
    .range(0, 60, 1, 6)
    .map((x): [number, number] => {
      // Partition 4 has the work.
      const end = performance.now() + (x === 42 ? 600 : 0.5);
      while (performance.now() < end);
      return [x % 3, x];
    })
    .cache();
  pairs.setName('readings');
  await pairs.reduceByKey((a, b) => a + b).collect();
  const failing = sc.range(0, 4, 1, 4).map((x) => {
    if (x === 3) throw new TypeError('row 3 has no price');
    return x;
  });
  await failing.count().catch(() => {});
}

async function open(path = '', scheme: 'light' | 'dark' = 'light'): Promise<[Page, string[]]> {
  const page = await browser.newPage({ colorScheme: scheme });
  const complaints = complaintsOf(page);
  await page.goto(path === '' ? url : `${url}#/${sc.applicationId}/${path}`);
  return [page, complaints];
}

it('leads from the address to the jobs, and from there to stages and tasks', async () => {
  const [page, complaints] = await open();
  await page.getByText('TypeError: row 3 has no price').waitFor();
  await expect.poll(() => page.title()).toContain('pages');
  await page.getByRole('link', { name: 'collect at pages.test.ts' }).click();
  await page.getByRole('heading', { name: 'Job 0' }).waitFor();
  await page.getByRole('link', { name: 'Stage 0' }).click();
  await page.getByText(/Skew: task \d+ of partition 4 took .* the median is/).waitFor();
  await page.getByRole('heading', { name: 'Distribution over 6 tasks' }).waitFor();
  await page.locator('.timeline canvas').waitFor();
  // The slowest first.
  await page.getByRole('button', { name: 'Duration' }).click();
  await page.locator('th[aria-sort=descending]').waitFor();
  const firstPartition = page.locator('section:last-of-type tbody tr:first-child td:nth-child(2)');
  await expect.poll(() => firstPartition.textContent()).toBe('4');
  expect(complaints).toEqual([]);
  await page.close();
});

it('tells why a stage has failed', async () => {
  const [page, complaints] = await open('stages/2/0');
  await page.locator('pre', { hasText: 'row 3 has no price' }).waitFor();
  await page.getByLabel('Show').selectOption('exception');
  await page.getByText('1–1 of 1').waitFor();
  expect(complaints).toEqual([]);
  await page.close();
});

it('draws the stages of a job, with arrows for shuffles', async () => {
  const [page] = await open('jobs/0');
  await page.locator('.stage-box').nth(1).waitFor();
  const labels = await page.locator('.operator-label').allTextContents();
  expect(labels).toEqual(['range', 'map', 'reduceByKey']);
  expect(await page.locator('.edge.shuffle').count()).toBe(1);
  expect(await page.locator('.operator.cached').count()).toBe(1);
  // No secrets among the properties.
  await page.getByText('db.password').waitFor();
  expect(await page.content()).not.toContain('hunter2');
  await page.close();
});

it.each([
  ['light', 'rgb(255, 255, 255)', 1280],
  ['dark', 'rgb(20, 23, 27)', 390],
] as const)('shows every page in %s colors', async (scheme, background, width) => {
  const [page, complaints] = await open('jobs', scheme);
  await page.setViewportSize({ width, height: 800 });
  const pages = [
    ['jobs', 'Succeeded (1)'],
    ['stages', 'Complete (2)'],
    ['storage', 'readings'],
    ['storage/1', 'Partitions'],
    ['executors', 'driver (threads)'],
    ['environment', 'driver.host'],
  ] as const;
  for (const [path, text] of pages) {
    await page.goto(`${url}#/${sc.applicationId}/${path}`);
    await page.getByText(text).first().waitFor();
    expect(await page.evaluate('getComputedStyle(document.documentElement).backgroundColor')).toBe(
      background,
    );
    // The page itself never scrolls to the side; wide tables do.
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  }
  expect(complaints).toEqual([]);
  await page.close();
});

it('can be used with the keyboard alone', async () => {
  const [page] = await open('jobs');
  await page.getByRole('heading', { name: 'Jobs' }).waitFor();
  const focused = () => page.evaluate('document.activeElement.textContent');
  await page.keyboard.press('Tab');
  expect(await focused()).toBe('Skip to the content');
  const seen: unknown[] = [];
  for (let i = 0; i < 10 && seen.at(-1) !== 'Executors'; i++) {
    await page.keyboard.press('Tab');
    seen.push(await focused());
  }
  expect(seen).toEqual(['Firesteel', 'Jobs', 'Stages', 'Storage', 'Executors']);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Executors' }).waitFor();
  await page.close();
});

it('follows a running job, and cancels it', async () => {
  const gate = join(directory, 'gate');
  const result = sc
    .range(0, 4, 1, 4)
    .map((x) => {
      const signal = new Int32Array(new SharedArrayBuffer(4));
      // Tasks 2 and 3 wait.
      while (x >= 2 && !existsSync(gate)) Atomics.wait(signal, 0, 0, 5);
      return x;
    })
    .count();
  result.catch(() => {});
  const [page, complaints] = await open('jobs');
  await page.getByText('2/4, 2 running').waitFor();
  page.on('dialog', (dialog) => void dialog.accept());
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(result).rejects.toMatchObject({ code: 'JOB_CANCELLED' });
  writeFileSync(gate, '');
  // Nobody has loaded the page again.
  await page.getByText('Failed (2)').waitFor();
  expect(complaints).toEqual([]);
  await page.close();
});

it('updates the page of a stage with 10,000 tasks in less than 100 ms of its thread', async () => {
  await sc.range(0, 10_000, 1, 10_000).count();
  const [stageId = 0] = sc.statusTracker.getJobInfo(3)?.stageIds ?? [];
  const [page] = await open(`stages/${stageId}/0`);
  await page.getByText('1–50 of 10,000').waitFor();
  const session = await page.context().newCDPSession(page);
  // Processor time, whatever else the machine does.
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const cpuSeconds = async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0;
  };
  const updates = 3;
  const before = await cpuSeconds();
  for (let i = 0; i < updates; i++) {
    const updated = page.waitForResponse((response) => response.url().includes('/taskList'));
    await sc.range(0, 1, 1, 1).count();
    await (await updated).finished();
    // A frame has been drawn since.
    await page.evaluate(
      'new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))',
    );
  }
  const msPerUpdate = (1000 * ((await cpuSeconds()) - before)) / updates;
  if (process.env.FIRESTEEL_TEST_VERBOSE) console.log(`${msPerUpdate.toFixed(1)} ms an update`);
  expect(msPerUpdate).toBeGreaterThan(0);
  expect(msPerUpdate).toBeLessThan(100);
  await page.close();
});
