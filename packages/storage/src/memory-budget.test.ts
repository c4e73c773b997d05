import { Worker } from 'node:worker_threads';
import { array, assert, integer, oneof, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemoryBudget } from './memory-budget.js';

const THREADS = 3;

function views(totalBytes: number, storageShareBytes: number, heapBytes?: number) {
  const process = MemoryBudget.create({ totalBytes, storageShareBytes, threads: THREADS });
  const threads = Array.from({ length: THREADS }, (_, t) =>
    MemoryBudget.attach(process.shared, t, heapBytes === undefined ? {} : { heapBytes }),
  );
  return { process, threads };
}

/** A complete block of `bytes`, or undefined if it does not fit. */
function stored(budget: MemoryBudget, rddId: number, bytes: number, onHeap = false) {
  const entry = budget.beginBlock(rddId, 0, onHeap) as number;
  if (!budget.acquireStorage(entry, bytes)) {
    budget.removeBlock(entry);
    return undefined;
  }
  budget.storeBlock(entry);
  return entry;
}

describe('storage memory', () => {
  it('takes what execution leaves free', () => {
    const { process, threads } = views(100, 50);
    expect(stored(threads[0]!, 1, 90)).toBeDefined();
    expect(process.usage()).toEqual({
      totalBytes: 100,
      storageBytes: 90,
      outputBytes: 0,
      executionBytes: 0,
    });
  });

  it('evicts the least recently used blocks of other RDDs, and no more than needed', () => {
    const [a, b] = views(100, 50).threads as [MemoryBudget, MemoryBudget];
    const first = stored(a, 1, 30)!;
    const second = stored(b, 2, 30)!;
    const third = stored(a, 3, 30)!;
    a.touchBlock(first);
    const fourth = stored(b, 4, 30)!;
    expect([first, second, third, fourth].map((e) => a.isEvicted(e))).toEqual([
      false,
      true,
      false,
      false,
    ]);
    expect([a.hasEvictions, b.hasEvictions]).toEqual([false, true]);
    b.removeBlock(second);
    expect(b.hasEvictions).toBe(false);
  });

  it('never evicts blocks of the RDD that asks, and nothing at all in vain', () => {
    const { process, threads } = views(100, 50);
    const [a] = threads as [MemoryBudget];
    const own = stored(a, 1, 60)!;
    const other = stored(a, 2, 20)!;
    expect(stored(a, 1, 50)).toBeUndefined();
    expect([a.isEvicted(own), a.isEvicted(other)]).toEqual([false, false]);
    expect(process.usage().storageBytes).toBe(80);
    expect(stored(a, 1, 40)).toBeDefined();
    expect(a.isEvicted(other)).toBe(true);
  });

  it('never evicts a block that is still growing', () => {
    const [a] = views(100, 50).threads as [MemoryBudget];
    const growing = a.beginBlock(1, 0, false)!;
    expect(a.acquireStorage(growing, 80)).toBe(true);
    expect(stored(a, 2, 30)).toBeUndefined();
    a.storeBlock(growing);
    expect(stored(a, 2, 30)).toBeDefined();
  });

  it('never evicts execution', () => {
    const [a, b] = views(100, 50).threads as [MemoryBudget, MemoryBudget];
    expect(a.acquireExecution(70)).toBe(70);
    expect(stored(b, 1, 31)).toBeUndefined();
    expect(stored(b, 1, 30)).toBeDefined();
  });

  it('bounds the rows in the heap of each thread by evicting its own', () => {
    const [a, b] = views(1000, 500, 100).threads as [MemoryBudget, MemoryBudget];
    const live = stored(a, 1, 80, true)!;
    const shared = stored(a, 2, 300)!;
    const elsewhere = stored(b, 3, 100, true)!;
    expect(stored(a, 4, 50, true)).toBeDefined();
    expect([live, shared, elsewhere].map((e) => a.isEvicted(e))).toEqual([true, false, false]);
    expect(stored(a, 5, 101, true)).toBeUndefined();
  });

  it('tells the evicting thread when others have to let go', () => {
    const process = MemoryBudget.create({ totalBytes: 100, storageShareBytes: 50, threads: 2 });
    let told = 0;
    const a = MemoryBudget.attach(process.shared, 0);
    const b = MemoryBudget.attach(process.shared, 1, { onEvictedOthers: () => told++ });
    stored(a, 1, 60);
    expect(stored(b, 2, 40)).toBeDefined();
    expect(told).toBe(0);
    expect(stored(b, 3, 20)).toBeDefined();
    expect(told).toBe(1);
    expect(process.threadsWithEvictions()).toEqual([0]);
  });

  it('passes on to the process what a thread let grow', () => {
    const { process, threads } = views(100, 50);
    const [a] = threads as [MemoryBudget];
    const entry = a.beginBlock(1, 0, false)!;
    a.acquireStorage(entry, 60);
    process.storeBlock(entry);
    process.forgetThread(0);
    expect(process.usage().storageBytes).toBe(60);
    expect(stored(a, 2, 50)).toBeDefined();
    expect(process.hasEvictions).toBe(true);
  });
});

describe('execution memory', () => {
  it('takes what storage leaves free, and pushes storage out down to its share', () => {
    const { process, threads } = views(100, 50);
    const [a] = threads as [MemoryBudget];
    stored(a, 1, 30);
    stored(a, 2, 30);
    stored(a, 3, 30);
    expect(a.acquireExecution(10)).toBe(10);
    expect(process.usage().storageBytes).toBe(90);
    expect(a.acquireExecution(30)).toBe(30);
    expect(process.usage()).toMatchObject({ storageBytes: 60, executionBytes: 40 });
    // One more block would leave 30, less than the share of storage.
    expect(a.acquireExecution(30)).toBe(0);
  });

  it('is divided between the threads that use it', () => {
    const [a, b, c] = views(120, 0).threads as [MemoryBudget, MemoryBudget, MemoryBudget];
    expect(a.acquireExecution(100)).toBe(100);
    expect(b.acquireExecution(100)).toBe(20);
    expect(a.acquireExecution(100)).toBe(0);
    expect(c.executionOwed()).toBe(0);
    // b lacks 10 of the half of its part; a has 40 more than its own.
    expect(a.executionOwed()).toBe(10);
    a.releaseExecution(40);
    expect(b.acquireExecution(100)).toBe(40);
    expect(a.executionOwed()).toBe(0);
    a.releaseAllExecution();
    b.releaseAllExecution();
    expect(c.acquireExecution(500)).toBe(120);
  });

  it('is less by what is withheld, which storage does not feel', () => {
    const { process, threads } = views(100, 50);
    const [a] = threads as [MemoryBudget];
    process.withholdExecution(40);
    expect(a.acquireExecution(100)).toBe(60);
    expect(a.acquireExecution(100)).toBe(0);
    a.releaseAllExecution();
    expect(stored(a, 1, 90)).toBeDefined();
    process.withholdExecution(0);
    expect(a.acquireExecution(100)).toBe(10);
  });
});

describe('a thread that died', () => {
  it('leaves nothing behind', () => {
    const { process, threads } = views(100, 50);
    const [a, b] = threads as [MemoryBudget, MemoryBudget];
    stored(a, 1, 30, true);
    const growing = a.beginBlock(2, 0, false)!;
    a.acquireStorage(growing, 20);
    a.acquireExecution(25);
    const other = stored(b, 3, 10)!;
    process.forgetThread(0);
    expect(process.usage()).toMatchObject({ storageBytes: 10, executionBytes: 0 });
    expect(b.isEvicted(other)).toBe(false);
  });

  it('frees the lock that it holds', () => {
    const { process, threads } = views(100, 50);
    const words = new Int32Array(process.shared);
    Atomics.store(words, 0, 1);
    process.forgetThread(0);
    expect(threads[1]!.acquireExecution(10)).toBe(10);
  });
});

interface Known {
  readonly entry: number;
  readonly thread: number;
  readonly rdd: number;
  readonly bytes: number;
}

/** What a budget should be, beside the budget itself. */
class Model {
  readonly process: MemoryBudget;
  readonly threads: MemoryBudget[];
  /** In the order of their last use. */
  blocks: Known[] = [];
  readonly execution = new Array<number>(THREADS).fill(0);

  constructor(readonly share: number) {
    ({ process: this.process, threads: this.threads } = views(100, share));
  }

  /** Lets go of evicted blocks and returns them. */
  letGo(): Known[] {
    const gone = this.blocks.filter(({ entry }) => this.process.isEvicted(entry));
    for (const { entry, thread } of gone) this.threads[thread]!.removeBlock(entry);
    this.blocks = this.blocks.filter((block) => !gone.includes(block));
    return gone;
  }

  check(): void {
    const usage = this.process.usage();
    expect(usage.executionBytes).toBe(sum(this.execution));
    expect(usage.storageBytes).toBe(sum(this.blocks.map((block) => block.bytes)));
    expect(usage.storageBytes + usage.executionBytes).toBeLessThanOrEqual(100);
    expect(this.threads.map((view) => view.hasEvictions)).toEqual([false, false, false]);
  }
}

const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);

const thread = integer({ min: 0, max: THREADS - 1 });
const bytes = integer({ min: 1, max: 60 });

/** Steps that change a model and check what they may do to it. */
const steps = oneof(
  record({ thread, rdd: integer({ min: 1, max: 4 }), bytes }).map(
    ({ thread, rdd, bytes }) =>
      (model: Model) => {
        const before = [...model.blocks];
        const entry = stored(model.threads[thread]!, rdd, bytes);
        const gone = model.letGo();
        expect(gone.filter((block) => block.rdd === rdd)).toEqual([]);
        if (entry === undefined) expect(gone).toEqual([]);
        else model.blocks.push({ entry, thread, rdd, bytes });
        // The oldest that may go, and not one more than needed.
        const candidates = before.filter((block) => block.rdd !== rdd);
        expect(gone).toEqual(candidates.slice(0, gone.length));
        const free = 100 - sum(before.map((b) => b.bytes)) - sum(model.execution);
        const freedTooMuch = free + sum(gone.slice(0, -1).map((b) => b.bytes)) >= bytes;
        if (gone.length > 0) expect(freedTooMuch).toBe(false);
        const couldFree = sum(candidates.map((b) => b.bytes));
        expect(entry !== undefined).toBe(free + couldFree >= bytes);
      },
  ),
  record({ thread, bytes }).map(({ thread, bytes }) => (model: Model) => {
    const storageBefore = sum(model.blocks.map((b) => b.bytes));
    const granted = model.threads[thread]!.acquireExecution(bytes);
    const gone = model.letGo();
    const storage = sum(model.blocks.map((b) => b.bytes));
    expect(granted).toBeGreaterThanOrEqual(0);
    expect(granted).toBeLessThanOrEqual(bytes);
    if (gone.length > 0) expect(storage).toBeGreaterThanOrEqual(model.share);
    expect(storageBefore - storage).toBe(sum(gone.map((b) => b.bytes)));
    model.execution[thread]! += granted;
  }),
  record({ thread, bytes }).map(({ thread, bytes }) => (model: Model) => {
    const released = Math.min(bytes, model.execution[thread]!);
    model.threads[thread]!.releaseExecution(released);
    model.execution[thread]! -= released;
  }),
  integer({ min: 0, max: 99 }).map((pick) => (model: Model) => {
    const [block] = model.blocks.splice(pick % (model.blocks.length + 1), 1);
    if (block === undefined) return;
    model.process.touchBlock(block.entry);
    model.blocks.push(block);
  }),
  integer({ min: 0, max: 99 }).map((pick) => (model: Model) => {
    const [block] = model.blocks.splice(pick % (model.blocks.length + 1), 1);
    if (block !== undefined) model.threads[block.thread]!.removeBlock(block.entry);
  }),
  thread.map((dead) => (model: Model) => {
    model.process.forgetThread(dead);
    model.execution[dead] = 0;
    model.blocks = model.blocks.filter((block) => block.thread !== dead);
  }),
);

describe('whatever is asked for', () => {
  it('the rules hold', () => {
    assert(
      property(integer({ min: 0, max: 100 }), array(steps, { maxLength: 60 }), (share, run) => {
        const model = new Model(share);
        for (const step of run) {
          step(model);
          model.check();
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('threads at once', () => {
  it('lose no update', async () => {
    const process = MemoryBudget.create({ totalBytes: 1e6, storageShareBytes: 0, threads: 2 });
    const module = new URL('../dist/index.js', import.meta.url).href;
    const source = `
      import { workerData } from 'node:worker_threads';
      import { MemoryBudget } from ${JSON.stringify(module)};
      const budget = MemoryBudget.attach(workerData.shared, workerData.thread);
      const entry = budget.beginBlock(workerData.thread, 0, false);
      for (let i = 0; i < 20_000; i++) {
        budget.acquireExecution(3);
        budget.acquireStorage(entry, 5);
        budget.releaseExecution(2);
        budget.releaseStorage(entry, 4);
      }`;
    const url = new URL(`data:text/javascript,${encodeURIComponent(source)}`);
    await Promise.all(
      [0, 1].map(
        (thread) =>
          new Promise((resolve, reject) => {
            const worker = new Worker(url, { workerData: { shared: process.shared, thread } });
            worker.once('exit', resolve).once('error', reject);
          }),
      ),
    );
    expect(process.usage()).toMatchObject({ executionBytes: 40_000, storageBytes: 40_000 });
  });
});
