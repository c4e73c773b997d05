import { describe, expect, it } from 'vitest';
import { locateCall } from './call-site.js';
import { makeContext } from './testing/make-context.js';

const { sc, engine } = makeContext();
const rows = sc.parallelize([1]);

/** The line of the caller. */
function here(): number {
  const frame = new Error().stack?.split('\n')[2] ?? '';
  return Number(/:(\d+):\d+\)?$/.exec(frame)?.[1]);
}

describe('call sites', () => {
  it('name the method and the line of the user', () => {
    const [rdd, line] = [rows.map((x) => x), here()];
    expect(JSON.parse(JSON.stringify(rdd.node.callSite))).toEqual({
      method: 'map',
      file: 'call-site.test.ts',
      line,
    });
  });

  it('are those of the public method, however many nodes it makes', () => {
    const [rdd, line] = [rows.sortBy((x) => x), here()];
    for (let node = rdd.node; node.parents[0]; node = node.parents[0]) {
      if (node === rows.node) break;
      expect([node.callSite.method, node.callSite.line]).toEqual(['sortBy', line]);
    }
  });

  it('pass over native frames', () => {
    const functions = [(x: number) => x, (x: number) => -x];
    const [rdds, line] = [functions.map(rows.map, rows), here()];
    expect(rdds.map((rdd) => rdd.node.callSite.line)).toEqual([line, line]);
  });

  it('are known for actions', async () => {
    const [job, line] = [rows.count(), here()];
    await job;
    expect(engine.requests.at(-1)?.callSite).toMatchObject({ method: 'count', line });
  });

  it('are looked up once, and only when asked for', () => {
    let calls = 0;
    const { sc } = makeContext({
      locate: () => {
        calls += 1;
        return { file: 'job.ts', line: 7 };
      },
    });
    const { callSite } = sc.parallelize([1]).node;
    expect(calls).toBe(0);
    expect(JSON.stringify(callSite)).toBe('{"method":"parallelize","file":"job.ts","line":7}');
    expect(callSite.line).toBe(7);
    expect(calls).toBe(1);
  });

  it('leave the stack trace limit alone', () => {
    const before = Error.stackTraceLimit;
    rows.map((x) => x);
    expect(Error.stackTraceLimit).toBe(before);
  });
});

describe('locateCall', () => {
  it.each([
    ['    at file:///home/u/job.ts:3:14', 'job.ts', 3],
    ['    at main (file:///home/u/my%20jobs/job.mts:3:14)', 'job.mts', 3],
    ['    at Object.<anonymous> (/home/u (old)/job.js:12:1)', 'job.js', 12],
    ['    at async C:\\jobs\\job.ts:5:9', 'job.ts', 5],
    ['    at REPL3:1:4', 'REPL3', 1],
    ['    at f (/a/job.ts?t=123:8:2)', 'job.ts', 8],
  ])('reads %s', (frame, file, line) => {
    expect(locateCall(`Error\n${frame}`)).toEqual({ file, line });
  });

  it('skips frames without a file of the user', () => {
    const stack = [
      'Error: at x.ts:1:1',
      '    at Array.map (<anonymous>)',
      '    at node:internal/main/run_main:1:2',
      '    at eval (eval at x (/a/b.ts:1:2), <anonymous>:1:1)',
      '    at /a/job.ts:9:9',
    ];
    expect(locateCall(stack.join('\n'))).toEqual({ file: 'job.ts', line: 9 });
    expect(locateCall('Error')).toBeUndefined();
  });
});
