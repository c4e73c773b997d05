import { FiresteelContext, type RDD } from 'firesteel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectNoUnhandledRejections } from './rejection.js';
import { filesIn, Scratch } from './scratch.js';

expectNoUnhandledRejections();

const scratch = new Scratch();

/** More than some read buffers of it, in random order and with equal keys. */
const ROWS = 6_000;
const numbered = (i: number) => `${(i * 7919) % 1000} line ${i} ${'.'.repeat(i % 60)}`;
const texts: Record<string, readonly string[]> = {
  'are ASCII': Array.from({ length: ROWS }, (_, i) => numbered(i)),
  'are ASCII here and there': Array.from(
    { length: ROWS },
    (_, i) => numbered(i) + (i % 2000 < 3 ? 'größer' : ''),
  ),
  'are empty or look like other things': Array.from({ length: ROWS }, (_, i) =>
    i % 3 === 0 ? '' : i % 3 === 1 ? `${i % 10}` : `["${i}"]`,
  ),
};

/** Lines of files that go on as they came, of which Firesteel copies the bytes where it can. */
describe.each(Object.entries(texts))('lines that %s', (_, rows) => {
  let context: FiresteelContext | undefined;
  const sc = () => context as FiresteelContext;
  beforeAll(async () => {
    context = await FiresteelContext.create({
      master: 'local[2]',
      conf: {
        'default.parallelism': 3,
        'executor.memory': '64m',
        'memory.reserved': 0,
        'memory.fraction': 0.012,
      },
    });
  });
  afterAll(() => context?.stop());

  const file = (end: string, isEnded = true) => scratch.file(rows.join(end) + (isEnded ? end : ''));

  /** The text of all parts that an RDD is saved as. */
  async function saved(rdd: RDD<unknown>): Promise<string> {
    const path = scratch.fresh('out');
    await rdd.saveAsTextFile(path);
    return Object.values(filesIn(path)).join('');
  }

  const text = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('');
  const keyOf = (line: string) => line.slice(0, 3);
  const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
  const sorted = [...rows].sort((a, b) => compare(keyOf(a), keyOf(b)));

  it.each([
    ['as they are', '\n', true],
    ['without the carriage returns', '\r\n', true],
    ['with a newline at the end', '\n', false],
  ])('are saved %s', async (_name, end, isEnded) => {
    expect((await saved(sc().textFile(file(end, isEnded)))) === text(rows)).toBe(true);
  });

  it('are filtered', async () => {
    const found = await saved(
      sc()
        .textFile(file('\n'))
        .filter((line) => line.length % 7 > 2),
    );
    expect(found === text(rows.filter((line) => line.length % 7 > 2))).toBe(true);
  });

  it('are sorted by a part of them, and filtered', async () => {
    const lines = sc().textFile(file('\n'));
    const byKey = lines.sortBy((line) => line.slice(0, 3));
    expect((await saved(byKey)) === text(sorted)).toBe(true);
    expect(await byKey.collect()).toEqual(sorted);
    const some = byKey.filter((line) => line.length > 5);
    expect((await saved(some)) === text(sorted.filter((line) => line.length > 5))).toBe(true);
  });

  it('are so many that a sort divides partitions', async () => {
    const many = [...rows, ...rows, ...rows, ...rows, ...rows];
    const byKey = sc()
      .textFile(scratch.file(text(many)))
      .sortBy(keyOf, { ascending: false });
    const expected = [...many].sort((a, b) => compare(keyOf(b), keyOf(a)));
    expect((await saved(byKey)) === text(expected)).toBe(true);
  });

  it('are sorted as keys of a number', async () => {
    const pairs = sc()
      .textFile(file('\n'))
      .keyBy((line) => line.length)
      .sortByKey({ ascending: false });
    const expected = rows.map((line) => [line.length, line] as const).sort(([a], [b]) => b - a);
    expect(await pairs.collect()).toEqual(expected);
    expect((await saved(pairs.values())) === text(expected.map(([, line]) => line))).toBe(true);
  });

  it('are divided anew, and made upper case behind that', async () => {
    const divided = sc().textFile(file('\n')).repartition(3);
    const found = await divided.map((line) => line.toUpperCase()).collect();
    expect(found.sort()).toEqual(rows.map((line) => line.toUpperCase()).sort());
  });

  it('are saved compressed, as JSON and as objects', async () => {
    const lines = sc().textFile(file('\n'));
    const byKey = lines.sortBy((line) => line.slice(0, 3), 1);
    const [gzip, json, objects] = [1, 2, 3].map(() => scratch.fresh('out')) as [
      string,
      string,
      string,
    ];
    await byKey.saveAsTextFile(gzip, { compression: 'gzip' });
    expect(await sc().textFile(gzip).collect()).toEqual(sorted);
    await byKey.saveAsJsonLines(json);
    const parts = Object.values(filesIn(json)).join('').trimEnd().split('\n');
    expect(parts.map((part) => JSON.parse(part))).toEqual(sorted);
    await byKey.saveAsObjectFile(objects);
    expect(await sc().objectFile(objects).collect()).toEqual(sorted);
  });
});
