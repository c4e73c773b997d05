import { type BuiltinName, builtinName } from './builtins.js';

export function isInt32(value: number): boolean {
  return (value | 0) === value && (value !== 0 || 1 / value > 0);
}

export function isInt64(value: bigint): boolean {
  return BigInt.asIntN(64, value) === value;
}

export function isA(value: unknown, name: BuiltinName): boolean {
  return typeof value === 'object' && value !== null && builtinName(value) === name;
}

export function hasHole(values: readonly unknown[]): boolean {
  for (let i = 0; i < values.length; i++)
    if (values[i] === undefined && !(i in values)) return true;
  return false;
}
