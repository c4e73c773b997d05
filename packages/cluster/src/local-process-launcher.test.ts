import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { LocalProcessLauncher } from './local-process-launcher.js';

let localDir = '';
beforeEach(() => {
  localDir = mkdtempSync(join(tmpdir(), 'firesteel-test-'));
});
afterEach(() => rmSync(localDir, { recursive: true, force: true }));

/** Starts executors that end at once; `comesToWork` tells which of them get a task before. */
async function endings(
  count: number,
  comesToWork: (started: number) => boolean,
): Promise<{ ended: number; failure: unknown }> {
  const launcher = new LocalProcessLauncher({
    firesteel: ['false'],
    coresPerExecutor: 1,
    slotsPerExecutor: 1,
    memoryMibPerExecutor: 64,
    maxExecutors: 1,
    localDir,
  });
  let started = 0;
  let ended = 0;
  const failure = await new Promise<unknown>((resolve) => {
    launcher.start({
      commandFor: (executorId) => {
        if (comesToWork(started++)) launcher.worked(executorId);
        return { arguments: [], environment: {} };
      },
      ended: () => {
        if (++ended === count) resolve(undefined);
      },
      leaving: () => {},
      waiting: () => {},
      failed: resolve,
    });
    launcher.setTarget({ total: 1 });
  });
  await launcher.stop();
  return { ended, failure };
}

it('gives up when many executors in a row end before they have come to work', async () => {
  const { ended, failure } = await endings(20, () => false);
  expect(failure).toMatchObject({ code: 'EXECUTOR_LOST', data: { failures: 8 } });
  expect(ended).toBe(8);
  expect(readdirSync(localDir)).toEqual([]);
});

it('replaces executors that have worked, however many', async () => {
  expect(await endings(20, (started) => started % 4 === 0)).toEqual({
    ended: 20,
    failure: undefined,
  });
});

it('replaces an executor that was asked to end, as long as so many are wanted', async () => {
  const launcher = new LocalProcessLauncher({
    firesteel: ['sh', '-c', 'exec sleep 600'],
    coresPerExecutor: 1,
    slotsPerExecutor: 1,
    memoryMibPerExecutor: 64,
    maxExecutors: 1,
    localDir,
  });
  const started: string[] = [];
  let ended = (): void => {};
  launcher.start({
    commandFor: (executorId) => {
      started.push(executorId);
      return { arguments: [], environment: {} };
    },
    ended: () => ended(),
    leaving: () => {},
    waiting: () => {},
    failed: () => {},
  });
  launcher.setTarget({ total: 1 });
  const retired = async (): Promise<void> => {
    const end = new Promise<void>((resolve) => {
      ended = resolve;
    });
    launcher.retire(started.at(-1) ?? '');
    await end;
  };
  await retired();
  expect(started).toEqual(['0', '1']);
  launcher.setTarget({ total: 0 });
  await retired();
  expect(started).toEqual(['0', '1']);
  await launcher.stop();
});
