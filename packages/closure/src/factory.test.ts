import { expect, it } from 'vitest';
import { factoryCount } from './factory.js';
import { captureClosures, reviveClosures } from './index.js';

it('compiles a function once for all values of its variables', async () => {
  const make = (k: number) => (x: number) => x * k;
  const revive = async (k: number) => {
    const { bytes } = captureClosures([{ value: make(k), label: 'f' }]);
    return (await reviveClosures(bytes))[0] as (x: number) => number;
  };
  expect((await revive(2))(5)).toBe(10);
  const compiled = factoryCount();
  expect((await revive(3))(5)).toBe(15);
  expect(factoryCount()).toBe(compiled);
});
