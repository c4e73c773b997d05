import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FiresteelContext, type StorageLevelName } from 'firesteel';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { nextEvent } from '../behaviour/events.js';

let scratch = '';
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'firesteel-test-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

it.each<StorageLevelName>(['MEMORY_ONLY_2', 'MEMORY_AND_DISK_SER_2', 'DISK_ONLY_2'])(
  '%s: what one executor had is still there when it is lost',
  async (level) => {
    await using sc = await FiresteelContext.create({ master: 'local-cluster[3,1,256]' });
    const computed = join(scratch, level);
    const cached = sc
      .range(0, 40, 1, 4)
      .map((x) => {
        appendFileSync(computed, `${x}\n`);
        return x % 2 === 0 ? { even: x } : `odd ${x}`;
      })
      .persist(level);
    const holders = new Map<number, Set<string>>();
    const copied = nextEvent(sc, 'blockUpdated', ({ partition, executorId, isStored }) => {
      if (isStored) holders.set(partition, (holders.get(partition) ?? new Set()).add(executorId));
      return holders.size === 4 && [...holders.values()].every(({ size }) => size === 2);
    });
    const rows = await cached.collect();
    await copied;

    const removed = nextEvent(sc, 'executorRemoved');
    await sc.range(0, 1, 1, 1).forEach(() => {
      // The first time only, or its successors would follow it.
      if (readFileSync(computed, 'utf8').endsWith('killed\n')) return;
      appendFileSync(computed, 'killed\n');
      process.kill(process.pid, 'SIGKILL');
    });
    await removed;
    expect(await cached.collect()).toEqual(rows);
    expect(readFileSync(computed, 'utf8').trim().split('\n').length).toBe(41);
    cached.unpersist();
    expect(sc.getPersistentRDDs().size).toBe(0);
  },
);
