import { expect, test } from 'vitest';
import { mediaTypeOf, mediaTypes, negotiate } from './index.js';

const { json, protobuf } = mediaTypes;

test.each([
  [undefined, json],
  ['', json],
  ['*/*', json],
  ['application/*', json],
  [json, json],
  [protobuf, protobuf],
  [`${protobuf}, ${json}`, json],
  [`${json};q=0, ${protobuf}`, protobuf],
  [`${json};q=0, */*`, protobuf],
  [`application/*;q=0, ${protobuf};q=0.1`, protobuf],
  ['text/html', undefined],
  [`${json};q=0`, undefined],
])('Accept %s is answered with %s', (accept, answer) => {
  expect(negotiate(accept)).toBe(answer);
});

test('Content-Type is compared exactly', () => {
  expect(mediaTypeOf(protobuf)).toBe(protobuf);
  expect(mediaTypeOf(json)).toBe(json);
  for (const other of [undefined, 'Application/JSON', `${json}; charset=utf-8`, 'text/plain']) {
    expect(mediaTypeOf(other)).toBeUndefined();
  }
});
