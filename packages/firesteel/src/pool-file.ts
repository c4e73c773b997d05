import { readFileSync } from 'node:fs';
import { FiresteelError, shown } from '@firesteel/common';
import type { PoolOptions } from '@firesteel/scheduler';

const KEY = 'scheduler.allocation.file';

/**
 * The pools of an allocation file: JSON of the form
 * `{ "pools": { "reports": { "schedulingMode": "FAIR", "weight": 2, "minShare": 3 } } }`, in which
 * every field of a pool may be left out.
 *
 * @throws FiresteelError PATH_NOT_READABLE; INVALID_CONFIG_VALUE for anything else than that form
 */
export function readPools(path: string): [name: string, options: PoolOptions][] {
  const { pools } = objectOf(parse(path), path, 'the file', ['pools']);
  return Object.entries(objectOf(pools, path, 'pools')).map(([name, pool]) => [
    name,
    poolOf(pool, path, name),
  ]);
}

function parse(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    const message = `${KEY}: ${path} cannot be read: ${(cause as Error).message}.`;
    throw new FiresteelError('PATH_NOT_READABLE', message, { cause, data: { path } });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalid(path, `it is no JSON: ${(cause as Error).message}`);
  }
}

function poolOf(given: unknown, path: string, name: string): PoolOptions {
  const fields = ['schedulingMode', 'weight', 'minShare'];
  const { schedulingMode, weight, minShare } = objectOf(given, path, `pool ${name}`, fields);
  if (schedulingMode !== undefined && schedulingMode !== 'FIFO' && schedulingMode !== 'FAIR')
    throw invalid(path, `schedulingMode of pool ${name} must be FIFO or FAIR`, schedulingMode);
  if (weight !== undefined && !(typeof weight === 'number' && weight > 0))
    throw invalid(path, `weight of pool ${name} must be a number above 0`, weight);
  if (minShare !== undefined && !(Number.isInteger(minShare) && (minShare as number) >= 0))
    throw invalid(path, `minShare of pool ${name} must be a whole number of 0 or more`, minShare);
  return {
    ...(schedulingMode && { schedulingMode }),
    ...(weight !== undefined && { weight }),
    ...(minShare !== undefined && { minShare: minShare as number }),
  };
}

/** An object without other fields than these, where they are given. */
function objectOf(
  given: unknown,
  path: string,
  what: string,
  fields?: readonly string[],
): Record<string, unknown> {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw invalid(path, `${what} must be an object`, given);
  const unknown = Object.keys(given).find((field) => fields?.includes(field) === false);
  if (unknown !== undefined)
    throw invalid(path, `${what} has the field ${unknown}, but only ${fields?.join(', ')} exist`);
  return given as Record<string, unknown>;
}

function invalid(path: string, problem: string, got?: unknown): FiresteelError {
  const value = got === undefined ? '' : `, but it is ${shown(got)}`;
  return new FiresteelError('INVALID_CONFIG_VALUE', `${KEY}, ${path}: ${problem}${value}.`, {
    data: { path },
  });
}
