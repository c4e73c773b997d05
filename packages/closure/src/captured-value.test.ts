import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { captureValue, closureTag, registerReviver, reviveValue } from './index.js';

async function copy<T>(value: T): Promise<T> {
  return (await reviveValue(captureValue({ value, label: 'value' }).parts)) as T;
}

const floats = (length: number) => Float64Array.from({ length }, (_, i) => i / 2);

describe('captured values', () => {
  it('come back equal, whatever structured clone takes', async () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
      withSparseArray: true,
      withNullPrototype: true,
      withObjectString: true,
    });
    await fc.assert(
      fc.asyncProperty(anything, async (value) => {
        const copied = await copy(value);
        expect(copied).toStrictEqual(value);
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['plain data', (numbers: Float64Array) => ({ table: [{ numbers }] })],
    ['a value with functions', (numbers: Float64Array) => ({ table: [{ numbers }], fn: () => 1 })],
  ])('share the memory of large typed arrays at any depth: %s', async (_, make) => {
    const value = make(floats(1000));
    const { parts } = captureValue({ value, label: 'value' });
    const [one, two] = [await reviveValue(parts), await reviveValue(parts)] as (typeof value)[];
    expect(one).not.toBe(two);
    const [a, b] = [one?.table[0]?.numbers, two?.table[0]?.numbers];
    expect(a).toEqual(floats(1000));
    expect(a?.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(a?.buffer).toBe(b?.buffer);
    // A snapshot: what the driver writes later is not seen.
    value.table[0]?.numbers.fill(-1);
    expect(b?.[3]).toBe(1.5);
  });

  it('give small typed arrays, and buffers in their own right, memory of their own', async () => {
    const { buffer } = floats(1000);
    const value = { small: floats(3), buffer, window: new Float64Array(buffer, 80, 5) };
    const copied = await copy(value);
    expect(copied).toEqual(value);
    expect(copied.small.buffer).toBeInstanceOf(ArrayBuffer);
    expect(copied.buffer).toBeInstanceOf(ArrayBuffer);
    expect(copied.window.buffer).toBe(copied.buffer);
  });

  it('keep identity, cycles, views of one buffer, Buffers and classes', async () => {
    class Model {
      readonly #bias = 2;
      constructor(readonly weights: Float64Array) {}
      at(i: number): number {
        return (this.weights[i] ?? 0) + this.#bias;
      }
    }
    const weights = floats(600);
    const bytes = new Uint8Array(weights.buffer);
    const value = {
      model: new Model(weights),
      weights,
      bytes,
      text: Buffer.from('text'),
      self: {},
    };
    value.self = value;
    const copied = await copy(value);
    expect(copied.model.at(5)).toBe(4.5);
    expect(copied.model.weights).toBe(copied.weights);
    expect(copied.bytes.buffer).toBe(copied.weights.buffer);
    expect(copied.text.toString()).toBe('text');
    expect(copied.self).toBe(copied);
    const shared = [1.5, 2];
    const list = await copy([shared, shared, { deep: [shared] }]);
    expect(list[0]).toBe(list[1]);
    expect((list[2] as { deep: number[][] }).deep[0]).toBe(list[0]);
  });

  it('take shared memory of the driver as a snapshot', async () => {
    const shared = new Int32Array(new SharedArrayBuffer(16)).fill(7);
    const copied = await copy({ shared });
    shared.fill(0);
    expect(copied.shared).toEqual(new Int32Array(4).fill(7));
  });

  it('are captured however deep they are nested', async () => {
    let value: unknown[] = [];
    for (let i = 0; i < 100_000; i++) value = [value];
    let copied: unknown = await copy(value);
    let depth = 0;
    for (; Array.isArray(copied) && copied.length > 0; copied = copied[0]) depth++;
    expect(depth).toBe(100_000);
  });

  it('name what they carry, and attach to it what came with it', async () => {
    const state = { count: [1, 2] };
    const counter = {
      [closureTag]: { kind: 'carry', type: 'test counter', data: 5, value: state },
    };
    registerReviver(
      'test counter',
      (data) => ({ data }),
      (revived, value) => Object.assign(revived as object, value),
    );
    const value = { use: () => counter, state };
    const { parts, carried } = captureValue({ value, label: 'value' });
    expect(carried).toEqual([counter]);
    const revived = (await reviveValue(parts)) as typeof value;
    expect(revived.use()).toEqual({ data: 5, count: [1, 2] });
    expect((revived.use() as unknown as typeof state).count).toBe(revived.state.count);
  });
});
