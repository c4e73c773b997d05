import { describe, expect, test } from 'vitest';
import { decodeJson, encodeJson } from './index.js';

describe('what is printed', () => {
  test('explicit defaults are, deprecated and plain ones are not', () => {
    expect(encodeJson('CommandInfo', { value: 'ls', uris: [{ value: '/x' }] })).toBe(
      '{"uris":[{"value":"/x","extract":true}],"value":"ls","shell":true}',
    );
    expect(encodeJson('FrameworkInfo', { user: 'u', name: 'n' })).toBe(
      '{"user":"u","name":"n","failover_timeout":0.0,"checkpoint":false}',
    );
    expect(encodeJson('Environment', { variables: [{ name: 'A', value: 'b' }] })).toBe(
      '{"variables":[{"name":"A","value":"b","type":"VALUE"}]}',
    );
  });

  test('whole doubles with a fraction, others as they are, infinity as text', () => {
    const scalar = (value: number) => encodeJson('Value.Scalar', { value });
    expect([4, 0.1, -2, Infinity].map(scalar)).toEqual([
      '{"value":4.0}',
      '{"value":0.1}',
      '{"value":-2.0}',
      '{"value":"Infinity"}',
    ]);
  });

  test('64-bit integers with all digits, bytes in base64', () => {
    expect(encodeJson('TimeInfo', { nanoseconds: 1700000000123456789n })).toBe(
      '{"nanoseconds":1700000000123456789}',
    );
    expect(encodeJson('UUID', { value: Uint8Array.of(255, 0, 1) })).toBe('{"value":"/wAB"}');
  });
});

describe('what is read', () => {
  test('big integers keep their digits; strings, decimals and exponents are left alone', () => {
    expect(decodeJson('TimeInfo', '{"nanoseconds":1700000000123456789}')).toEqual({
      nanoseconds: 1700000000123456789n,
    });
    expect(decodeJson('TimeInfo', '{"nanoseconds":"17"}')).toEqual({ nanoseconds: 17n });
    const text = '{"task_id":{"value":"\\"1234567890123456789"},"state":"TASK_RUNNING",';
    expect(
      decodeJson('TaskStatus', `${text}"timestamp":0.12345678901234567890}`).timestamp,
    ).toBeCloseTo(0.12345678901234568);
    expect(decodeJson('TaskStatus', `${text}"timestamp":1e17}`)).toEqual({
      task_id: { value: '"1234567890123456789' },
      state: 'TASK_RUNNING',
      timestamp: 1e17,
    });
  });

  test('unknown members, nulls and unknown names of optional enums count as not set', () => {
    expect(
      decodeJson('scheduler.Call', '{"type":"NEW","frameworkId":1,"framework_id":null}'),
    ).toEqual({});
  });

  test('one value may stand for a repeated field', () => {
    expect(decodeJson('scheduler.Call.Revive', '{"roles":"a"}')).toEqual({ roles: ['a'] });
  });

  test('infinity as text', () => {
    expect(decodeJson('Value.Scalar', '{"value":"-Infinity"}')).toEqual({ value: -Infinity });
  });
});

test.each([
  ['', 'Failed to parse body into JSON: syntax error at line 1 near: '],
  ['{"type":', 'Failed to parse body into JSON: syntax error at line 1 near: '],
  ['[1]', 'Expecting a JSON object'],
  ['{"type":1}', "Not expecting a JSON number for field 'type'"],
  ['{"framework_id":["x"]}', "Not expecting a JSON array for field 'framework_id'"],
  ['{"framework_id":true}', "Not expecting a JSON boolean for field 'framework_id'"],
  ['{"kill":{"task_id":{"value":7}}}', "Not expecting a JSON number for field 'value'"],
  [
    '{"accept":{"filters":{"refuse_seconds":"x"}}}',
    "Not expecting a JSON string for field 'refuse_seconds'",
  ],
  [
    '{"subscribe":{"framework_info":{"name":"n"}}}',
    'Missing required fields: subscribe.framework_info.user',
  ],
])('%s is refused in the words of Mesos', (text, message) => {
  expect(() => decodeJson('scheduler.Call', text)).toThrow(message);
});

test('nesting is bounded', () => {
  const depth = 5000;
  const text = `${'{"value":"c","parent":'.repeat(depth)}{"value":"c"}${'}'.repeat(depth)}`;
  expect(() => decodeJson('ContainerID', text)).toThrow('nested too deeply');
});
