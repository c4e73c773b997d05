import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { callSite, captureClosures, mapStack, reviveClosures } from './index.js';
import { stopWorker } from './testing/round-trip.js';

afterAll(stopWorker);

function site() {
  return callSite(site);
}

describe('positions', () => {
  it('the caller of a public function', () => {
    const location = site();
    const lines = readFileSync(fileURLToPath(import.meta.url), 'utf8').split('\n');
    expect(location.file).toContain('source-map.test.ts');
    expect(lines[location.line - 1]).toContain('const location = site();');
  });

  it('leaves stacks alone that have no map', () => {
    const stack = 'Error: x\n    at f (/nowhere/a.js:3:4)\n    at node:internal/x:1:2';
    expect(mapStack(stack)).toBe(stack);
  });

  it('maps frames of compiled files', () => {
    const compiled = new URL('../dist/index.js', import.meta.url);
    const lines = readFileSync(compiled, 'utf8').split('\n');
    const line = lines.findIndex((text) => text.startsWith('function captureClosures(')) + 1;
    const mapped = mapStack(`Error: x\n    at f (${compiled.href}:${line}:1)`);
    expect(mapped).toMatch(/\/closure\/src\/[\w-]+\.ts:\d+:/);
  });

  it('revived functions throw from the line and column of their text', async () => {
    const text = 'original';
    const fn = () => {
      throw new Error(text);
    };
    let here = '';
    try {
      fn();
    } catch (error) {
      here = position(error as Error);
    }
    const [revived] = (await reviveClosures(
      captureClosures([{ value: fn, label: 'f' }]).bytes,
    )) as [typeof fn];
    expect(() => revived()).toThrow('original');
    try {
      revived();
    } catch (error) {
      expect(position(error as Error)).toBe(here);
    }
  });
});

/** Line and column as V8 has them, before anyone maps the stack. */
function position(error: Error): string {
  const prepare = Error.prepareStackTrace;
  Error.prepareStackTrace = (_error, frames) =>
    `${frames[0]?.getLineNumber()}:${frames[0]?.getColumnNumber()}`;
  try {
    return String(error.stack);
  } finally {
    Error.prepareStackTrace = prepare;
  }
}
