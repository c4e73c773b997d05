import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { captureClosures, reviveClosures } from './index.js';
import { away, stopWorker } from './testing/round-trip.js';

afterAll(stopWorker);

/** Captures a value and revives it in this thread. */
async function copy<T>(value: T): Promise<T> {
  const { bytes } = captureClosures([{ value, label: 'value' }]);
  return (await reviveClosures(bytes))[0] as T;
}

describe('values', () => {
  it('primitives', async () => {
    const values = [1, -0, Number.NaN, 'a', true, null, undefined, 10n, Number.NEGATIVE_INFINITY];
    for (const value of values) expect(Object.is(await copy(value), value)).toBe(true);
    expect(Object.is((await copy([-0, 0, {}]))[0], -0)).toBe(true);
  });

  it('any structure that structured clone takes comes back equal', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.anything({
          withBigInt: true,
          withDate: true,
          withMap: true,
          withSet: true,
          withTypedArray: true,
          withSparseArray: true,
          withNullPrototype: true,
          withBoxedValues: true,
        }),
        async (value) => {
          expect(await copy(value)).toStrictEqual(value);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('keeps shared references and cycles, within and between items', async () => {
    const shared = { n: 1 };
    const a: Record<string, unknown> = { shared };
    a.self = a;
    const fn = () => shared;
    const items = [a, fn, [shared]].map((value, i) => ({ value, label: `item ${i}` }));
    const [a2, fn2, list] = (await reviveClosures(captureClosures(items).bytes)) as [
      typeof a,
      typeof fn,
      unknown[],
    ];
    expect(a2.self).toBe(a2);
    expect(a2.shared).toBe(list[0]);
    expect(fn2()).toBe(list[0]);
  });

  it('Map, Set, Date, RegExp and errors', async () => {
    const error = Object.assign(new TypeError('bad', { cause: new Error('why') }), { code: 'E1' });
    const key = {};
    const map = new Map<unknown, unknown>([
      [key, new Set([key])],
      ['d', new Date(5)],
    ]);
    const regexp = /a/gy;
    regexp.lastIndex = 3;
    const revived = await copy({ error, map, key, regexp });
    expect(revived.error).toBeInstanceOf(TypeError);
    expect(revived.error.message).toBe('bad');
    expect(revived.error.code).toBe('E1');
    expect((revived.error.cause as Error).message).toBe('why');
    expect(revived.error.stack).toBe(error.stack);
    expect(revived.map.get(revived.key)).toEqual(new Set([{}]));
    expect(revived.map.get('d')).toEqual(new Date(5));
    expect(revived.regexp.flags + revived.regexp.lastIndex).toBe('gy3');
  });

  it('views that share one buffer', async () => {
    const buffer = new ArrayBuffer(8);
    const revived = await copy({
      bytes: new Uint8Array(buffer, 2, 4),
      view: new DataView(buffer),
      buffer,
    });
    revived.view.setUint8(2, 77);
    expect(revived.bytes[0]).toBe(77);
    expect(revived.bytes.buffer).toBe(revived.buffer);
    expect(revived.bytes.length).toBe(4);
  });

  it('Buffers without the pool around them', async () => {
    const small = Buffer.from('secret-free');
    const { bytes } = captureClosures([{ value: small, label: 'buffer' }]);
    expect(bytes.byteLength).toBeLessThan(2000);
    const revived = await copy(small);
    expect(Buffer.isBuffer(revived) && revived.toString()).toBe('secret-free');
  });

  it('sparse arrays, extra properties, order of properties', async () => {
    const sparse: unknown[] = [1];
    sparse[5] = 2;
    Object.assign(sparse, { extra: 'x' });
    const revived = await copy(sparse);
    expect(1 in revived).toBe(false);
    expect(revived.length).toBe(6);
    expect((revived as unknown as { extra: string }).extra).toBe('x');
    const ordered = Object.defineProperty({ z: 1 } as Record<string, number>, 'hidden', {
      value: 2,
      enumerable: false,
      configurable: true,
    });
    ordered.a = 3;
    expect(Object.getOwnPropertyNames(await copy(ordered))).toEqual(['z', 'hidden', 'a']);
  });

  it('symbols: registered and well-known', async () => {
    const revived = await copy({ [Symbol.for('k')]: 1, s: Symbol.iterator });
    expect(revived[Symbol.for('k')]).toBe(1);
    expect(revived.s).toBe(Symbol.iterator);
  });

  it('null prototypes, frozen and sealed objects', async () => {
    const bare = Object.assign(Object.create(null) as object, { a: 1 });
    expect(Object.getPrototypeOf(await copy(bare))).toBe(null);
    expect(Object.isFrozen(await copy(Object.freeze({ a: 1 })))).toBe(true);
    expect(Object.isFrozen(await copy(Object.freeze([{}])))).toBe(true);
    expect(Object.isSealed(await copy(Object.seal({ a: 1 })))).toBe(true);
  });

  it('accessors travel as accessors and are not called', async () => {
    let calls = 0;
    const limit = 3;
    const o = {
      get lazy() {
        calls++;
        return limit;
      },
    };
    const before = calls;
    const revived = await copy(o);
    expect(calls).toBe(before);
    expect(revived.lazy).toBe(3);
  });

  it('own __proto__ properties do not change the prototype', async () => {
    const odd = JSON.parse('{"__proto__": {"x": 1}, "a": 2}') as Record<string, unknown>;
    const revived = await copy(odd);
    expect(Object.getPrototypeOf(revived)).toBe(Object.prototype);
    expect(Object.keys(revived)).toEqual(['__proto__', 'a']);
  });

  it('URL, text coders and Intl formats', async () => {
    const url = new URL('http://a/b?c');
    const decoder = new TextDecoder('utf-16le');
    const format = new Intl.NumberFormat('de-DE', { minimumFractionDigits: 2 });
    const fn = () => [url.href, decoder.encoding, format.format(1234.5)];
    expect(await away(fn)).toEqual(['http://a/b?c', 'utf-16le', '1.234,50']);
  });

  it('deep structures', async () => {
    type Link = { next: Link | undefined };
    let list: Link = { next: undefined };
    for (let i = 0; i < 20_000; i++) list = { next: list };
    let revived: Link | undefined = await copy(list);
    let length = 0;
    for (; revived !== undefined; revived = revived.next) length++;
    expect(length).toBe(20_001);
    let chain = (x: number): number => x;
    for (let i = 0; i < 500; i++) {
      const inner = chain;
      chain = (x) => inner(x + 1);
    }
    expect((await copy(chain))(0)).toBe(500);
  });

  it('thousands of items', async () => {
    const items = Array.from({ length: 3000 }, (_, i) => ({ value: { i }, label: `item ${i}` }));
    const revived = await reviveClosures(captureClosures(items).bytes);
    expect(revived[2999]).toEqual({ i: 2999 });
  });
});
