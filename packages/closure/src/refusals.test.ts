import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';
import { Socket } from 'node:net';
import { type ErrorCode, FiresteelError } from '@firesteel/common';
import { describe, expect, it } from 'vitest';
import {
  captureClosures,
  closureTag,
  type LargeCapture,
  registerReviver,
  reviveClosures,
} from './index.js';

function refusal(value: unknown): FiresteelError {
  try {
    captureClosures([{ value, label: 'map callback at job.ts:12' }]);
  } catch (error) {
    if (FiresteelError.is(error)) return error;
    throw error;
  }
  throw new Error('was not refused');
}

const tagged = (what: string, code: ErrorCode) => ({
  [closureTag]: { kind: 'refuse', what, advice: 'Call it on the driver.', code },
});

describe('refusals', () => {
  it('name the way to the culprit and say what to do', () => {
    const socket = new Socket();
    const options = { logger: { socket } };
    const error = refusal(() => options.logger.socket.remoteAddress);
    expect(error.code).toBe('CLOSURE_NOT_SERIALIZABLE');
    expect(error.data.path).toBe('map callback at job.ts:12 → options → logger → socket (Socket)');
    expect(error.message).toContain('map callback at job.ts:12 → options → logger → socket');
    expect(error.message).toContain('mapPartitions');
    socket.destroy();
  });

  it('go through arrays, maps and functions', () => {
    const promise = Promise.resolve(1);
    const map = new Map([['k', [promise]]]);
    const helper = () => map;
    expect(refusal(() => helper()).data.path).toBe(
      'map callback at job.ts:12 → helper → map → get(k) → [0] (Promise)',
    );
  });

  const stream = createReadStream('/dev/null');
  const server = createServer();
  it.each([
    ['Promise', Promise.resolve(), 'Await'],
    ['WeakMap', new WeakMap(), 'Map'],
    ['WeakSet', new WeakSet(), 'Set'],
    ['WeakRef', new WeakRef({}), 'object'],
    ['Proxy', new Proxy({}, {}), 'behind'],
    ['Proxy', new Proxy(() => 1, {}), 'behind'],
    ['Symbol(local)', Symbol('local'), 'Symbol.for'],
    ['SharedArrayBuffer', new SharedArrayBuffer(8), 'broadcast'],
    ['ReadStream', stream, 'mapPartitions'],
    ['Server', server, 'mapPartitions'],
    ['AbortController', new AbortController(), 'driver'],
    ['generator', (function* () {})(), 'array'],
    ['iterator', [1].values(), 'array'],
    ['Response', new Response('x'), 'mapPartitions'],
  ])('%s', (what, culprit, advice) => {
    const error = refusal(() => culprit);
    expect(error.code).toBe('CLOSURE_NOT_SERIALIZABLE');
    expect(error.message).toContain(what);
    expect(error.message).toContain(advice);
    expect(error.data.path).toContain('map callback at job.ts:12 → culprit');
  });

  it('an RDD or context inside of a task', () => {
    const rdd = tagged('an RDD', 'RDD_IN_TASK');
    const sc = tagged('the context', 'RDD_IN_TASK');
    expect(refusal(() => rdd).code).toBe('RDD_IN_TASK');
    expect(refusal(() => ({ sc })).code).toBe('RDD_IN_TASK');
    expect(refusal(() => ({ sc })).message).toContain('Call it on the driver.');
  });

  it('do not call getters or proxies on the way', () => {
    const trap = new Proxy(
      {},
      {
        get() {
          throw new Error('touched');
        },
        getPrototypeOf() {
          throw new Error('touched');
        },
      },
    );
    expect(refusal(() => trap).message).toContain('a Proxy');
  });

  it('name the item when the item itself is the culprit', () => {
    expect(refusal(Promise.resolve()).message).toMatch(/^map callback at job\.ts:12 cannot run/);
  });
});

describe('carried objects', () => {
  it('come back by id through their reviver', async () => {
    const broadcast = { [closureTag]: { kind: 'carry', type: 'test broadcast', data: { id: 7 } } };
    const fn = () => broadcast as unknown as { id: number };
    registerReviver('test broadcast', (data) => ({ ...(data as object), here: true }));
    const [revived] = await reviveClosures(captureClosures([{ value: fn, label: 'f' }]).bytes);
    expect((revived as typeof fn)()).toEqual({ id: 7, here: true });
  });
});

describe('large values', () => {
  it('warn once for each value over the limit, with its path', () => {
    const table = Array.from({ length: 200_000 }, (_, i) => `word ${i}`);
    const small = [1];
    const warnings: LargeCapture[] = [];
    const fn = (i: number) => [table[i], small];
    const other = () => table;
    captureClosures(
      [
        { value: fn, label: 'map callback at job.ts:3' },
        { value: other, label: 'filter callback at job.ts:4' },
      ],
      { onLargeCapture: (warning) => warnings.push(warning) },
    );
    expect(warnings.map(({ path }) => path)).toEqual(['map callback at job.ts:3 → table']);
    expect(warnings[0]?.sizeBytes).toBeGreaterThan(1024 * 1024);
  });
});
