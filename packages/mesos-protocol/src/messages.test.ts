import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { completeMessage } from './index.js';

test('messages.ts is what the .proto files say', async () => {
  const generator = new URL('../scripts/generate-messages.mjs', import.meta.url).href;
  const { generateMessages } = await import(generator);
  const tokens = (source: string) => source.replaceAll(/[\s;|']/g, '');
  const written = readFileSync(new URL('./messages.ts', import.meta.url), 'utf8');
  expect(tokens(written)).toBe(tokens(generateMessages()));
});

test('a message is complete when the member that its type names is there', () => {
  const heartbeat = { type: 'HEARTBEAT' } as const;
  expect(completeMessage('scheduler.Event', heartbeat)).toBe(heartbeat);
  const rescind = { type: 'RESCIND', rescind: { offer_id: { value: 'o' } } } as const;
  expect(completeMessage('scheduler.Event', rescind)).toBe(rescind);
  expect(completeMessage('scheduler.Event', {})).toBeUndefined();
  expect(completeMessage('scheduler.Event', { type: 'UNKNOWN' })).toBeUndefined();
  expect(completeMessage('scheduler.Call', { type: 'REVIVE' })).toEqual({ type: 'REVIVE' });
  expect(() => completeMessage('scheduler.Event', { type: 'OFFERS' })).toThrow(
    "Expecting 'offers' to be present",
  );
});
