import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FiresteelContext } from 'firesteel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** Sums by key over two shuffles; `strike` is called for every row of one stage. */
async function sums(
  sc: FiresteelContext,
  strikes: 'map' | 'reduce',
  strike: (row: number) => void,
): Promise<[number, number][]> {
  const counts = sc
    .range(0, 4000, 1, 8)
    .map((x): [number, number] => {
      if (strikes === 'map') strike(x);
      return [x % 50, x];
    })
    .reduceByKey((a, b) => a + b, 4)
    .map(([k, v]): [number, number] => {
      if (strikes === 'reduce') strike(k);
      return [k % 7, v];
    })
    .reduceByKey((a, b) => a + b, 3);
  return (await counts.collect()).sort(([a], [b]) => a - b);
}

describe('executors that are killed with SIGKILL', () => {
  let scratch = '';
  beforeAll(() => {
    scratch = mkdtempSync(join(tmpdir(), 'firesteel-test-'));
  });
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  for (const stage of ['map', 'reduce'] as const)
    it(`in a ${stage} stage change no result`, async () => {
      await using sc = await FiresteelContext.create({ master: 'local-cluster[2,1,256]' });
      const undisturbed = await sums(sc, stage, () => {});
      const marker = join(scratch, stage);
      const disturbed = await sums(sc, stage, (row) => {
        if (row !== 31 || existsSync(marker)) return;
        writeFileSync(marker, String(process.pid));
        process.kill(process.pid, 'SIGKILL');
      });
      expect(disturbed).toEqual(undisturbed);
      // The task may die before its start was reported, so events do not tell that it did.
      const pid = Number(readFileSync(marker, 'utf8'));
      expect(pid).not.toBe(process.pid);
      expect(() => process.kill(pid, 0)).toThrow(expect.objectContaining({ code: 'ESRCH' }));
    });
});
