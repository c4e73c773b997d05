import { FiresteelError } from '@firesteel/common';
import { describe, expect, test } from 'vitest';
import {
  decodeProtobuf,
  type ExecutorInfo,
  encodeProtobuf,
  type MessageName,
  type MessageTypes,
  prepareMessage,
  type SchedulerCall,
} from './index.js';

const uuid = Uint8Array.from({ length: 16 }, (_, i) => i);
const id = (value: string) => ({ value });

/** Bytes written by protoc; blanks are for reading. */
const vectors: readonly (readonly [MessageName, MessageTypes[MessageName], string])[] = [
  ['FrameworkID', id('fw-0001'), '0a0766772d303030 31'],
  [
    'Resource',
    {
      name: 'cpus',
      type: 'SCALAR',
      scalar: { value: 1.5 },
      allocation_info: { role: 'web' },
    },
    '0a04637075731000 1a09090000000000 00f83f5a050a0377 6562',
  ],
  [
    'Resource',
    {
      name: 'ports',
      type: 'RANGES',
      ranges: {
        range: [
          { begin: 31000n, end: 31009n },
          { begin: 31500n, end: 31500n },
        ],
      },
      role: '*',
    },
    '0a05706f72747310 0122140a080898f2 0110a1f2010a0808 8cf601108cf60132 012a',
  ],
  [
    'Resource',
    {
      name: 'mem',
      type: 'SCALAR',
      scalar: { value: 128 },
      reservations: [{ principal: 'p', role: 'web', type: 'DYNAMIC' }],
    },
    '0a036d656d10001a 0909000000000000 60406a0a0a01701a 037765622002',
  ],
  [
    'Attribute',
    { name: 'rack', type: 'TEXT', text: { value: 'r1' } },
    '0a047261636b1003 2a040a027231',
  ],
  ['TimeInfo', { nanoseconds: 1700000000123456789n }, '08959a97ece39fe7 cb17'],
  [
    'TaskInfo',
    { name: 't', task_id: id('t1'), agent_id: id('a-S0'), limits: { cpus: { value: 2 } } },
    '0a017412040a0274 311a060a04612d53 307a110a04637075 7312090900000000 00000040',
  ],
  [
    'scheduler.Call',
    {
      type: 'SUBSCRIBE',
      subscribe: {
        framework_info: {
          user: 'nobody',
          name: 'demo',
          failover_timeout: 60,
          checkpoint: true,
          capabilities: [{ type: 'PARTITION_AWARE' }, { type: 'MULTI_ROLE' }],
          roles: ['web'],
        },
        suppressed_roles: ['web'],
      },
    },
    '10011a2d0a260a06 6e6f626f64791204 64656d6f21000000 0000004e40280152 0208055202080662 0377656212037765 62',
  ],
  [
    'scheduler.Call',
    {
      framework_id: id('fw-0001'),
      type: 'ACKNOWLEDGE',
      acknowledge: { agent_id: id('a-S0'), task_id: id('t1'), uuid },
    },
    '0a090a0766772d30 303031100842200a 060a04612d533012 040a0274311a1000 0102030405060708 090a0b0c0d0e0f',
  ],
  [
    'scheduler.Call',
    {
      framework_id: id('fw-0001'),
      type: 'DECLINE',
      decline: { offer_ids: [id('o-O0'), id('o-O1')], filters: { refuse_seconds: 0 } },
    },
    '0a090a0766772d30 30303110042a1b0a 060a046f2d4f300a 060a046f2d4f3112 0909000000000000 0000',
  ],
  [
    'scheduler.Call',
    {
      framework_id: id('fw-0001'),
      type: 'ACCEPT',
      accept: {
        offer_ids: [id('o-O0')],
        operations: [
          {
            type: 'LAUNCH',
            launch: {
              task_infos: [
                {
                  name: 't',
                  task_id: id('t1'),
                  agent_id: id('a-S0'),
                  resources: [{ name: 'cpus', type: 'SCALAR', scalar: { value: 0.1 } }],
                  command: { value: 'node', shell: false, arguments: ['node', 'x.js'] },
                },
              ],
            },
          },
        ],
        filters: { refuse_seconds: 1 },
      },
    },
    '0a090a0766772d30 303031100322570a 060a046f2d4f3012 420801123e0a3c0a 017412040a027431 1a060a04612d5330 22130a0463707573 10001a09099a9999 999999b93f3a141a 046e6f646530003a 046e6f64653a0478 2e6a731a09090000 00000000f03f',
  ],
  ['scheduler.Event', { type: 'HEARTBEAT' }, '0808'],
  [
    'scheduler.Event',
    {
      type: 'SUBSCRIBED',
      subscribed: { framework_id: id('fw-0001'), heartbeat_interval_seconds: 15 },
    },
    '080112140a090a07 66772d3030303111 0000000000002e40',
  ],
  [
    'scheduler.Event',
    {
      type: 'UPDATE',
      update: {
        status: {
          task_id: id('t1'),
          state: 'TASK_LOST',
          message: 'x',
          agent_id: id('a-S0'),
          timestamp: 1.5,
          source: 'SOURCE_MASTER',
          reason: 'REASON_RECONCILIATION',
        },
      },
    },
    '08042a220a200a04 0a02743110052201 782a060a04612d53 3031000000000000 f83f48005009',
  ],
  [
    'scheduler.Event',
    {
      type: 'FAILURE',
      failure: { agent_id: id('a-S0'), executor_id: id('e1'), status: -1 },
    },
    '08063a190a060a04 612d533012040a02 653118ffffffffff ffffffff01',
  ],
  [
    'executor.Call',
    { executor_id: id('e1'), framework_id: id('fw-0001'), type: 'SUBSCRIBE', subscribe: {} },
    '0a040a0265311209 0a0766772d303030 3118012200',
  ],
  [
    'executor.Call',
    {
      executor_id: id('e1'),
      framework_id: id('fw-0001'),
      type: 'UPDATE',
      update: {
        status: { task_id: id('t1'), state: 'TASK_STARTING', source: 'SOURCE_EXECUTOR', uuid },
      },
    },
    '0a040a0265311209 0a0766772d303030 3118022a1e0a1c0a 040a027431100048 025a100001020304 05060708090a0b0c 0d0e0f',
  ],
  [
    'executor.Call',
    {
      executor_id: id('e1'),
      framework_id: id('fw-0001'),
      type: 'MESSAGE',
      message: { data: Buffer.from('hi') },
    },
    '0a040a0265311209 0a0766772d303030 3118033204120268 69',
  ],
];

test.each(vectors)('%s has the bytes of protoc', (name, message, hex) => {
  const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex');
  expect(Buffer.from(encodeProtobuf(name, message)).toString('hex')).toBe(bytes.toString('hex'));
  expect(encodeProtobuf(name, decodeProtobuf(name, bytes))).toEqual(encodeProtobuf(name, message));
});

describe('decoding', () => {
  test('leaves unset fields absent, also those whose zero means something', () => {
    const status = decodeProtobuf('TaskStatus', Buffer.from('0a040a0274311002', 'hex'));
    expect(status).toEqual({ task_id: { value: 't1' }, state: 'TASK_FINISHED' });
  });

  test('skips unknown fields and unknown enum values', () => {
    const event = decodeProtobuf('scheduler.Event', Buffer.from('0863' + 'c23e0141', 'hex'));
    expect(event).toEqual({});
  });

  test('refuses bytes that end early, other messages and missing required fields', () => {
    for (const hex of ['0a07', 'ffff', '1002']) {
      expect(() => decodeProtobuf('TaskStatus', Buffer.from(hex, 'hex'))).toThrow(
        'Failed to parse body into TaskStatus protobuf',
      );
    }
  });
});

describe('encoding is refused', () => {
  const refused = (message: unknown): string => {
    try {
      encodeProtobuf('scheduler.Call', message as SchedulerCall);
    } catch (error) {
      expect(FiresteelError.is(error, 'MESOS_MESSAGE_INVALID')).toBe(true);
      return (error as Error).message;
    }
    return 'nothing was thrown';
  };

  test.each([
    [
      { type: 'SUBSCRIBE', subscribe: { framework_info: {} } },
      'Missing required fields: subscribe.framework_info.user, subscribe.framework_info.name',
    ],
    [{ type: 'KILL', kill: { task_id: {} } }, 'Missing required fields: kill.task_id.value'],
    [{ type: 'SUBSCRIB' }, "'type' must be a name of Type, not SUBSCRIB"],
    [{ frameworkId: id('x') }, "'frameworkId' is not a field of Call"],
    [{ type: 'DECLINE', decline: { offer_ids: id('x') } }, "'decline.offer_ids' must be an array"],
    [
      { type: 'DECLINE', decline: { filters: { refuse_seconds: '5' } } },
      "'decline.filters.refuse_seconds' must be of type double, not string",
    ],
    [
      { type: 'ACKNOWLEDGE', acknowledge: { uuid: 'AAAA' } },
      "'acknowledge.uuid' must be of type bytes, not string",
    ],
    [{ framework_id: null }, "'framework_id' must be an object"],
  ])('%j', (message, text) => {
    expect(refused(message)).toBe(text);
  });

  test('a 64-bit integer given as a number or out of range', () => {
    const nanoseconds = (value: unknown) => () =>
      encodeProtobuf('TimeInfo', { nanoseconds: value as bigint });
    expect(nanoseconds(5)).toThrow("'nanoseconds' must be of type int64, not number");
    expect(nanoseconds(2n ** 63n)).toThrow("'nanoseconds' must be of type int64");
  });
});

describe('a prepared member', () => {
  const executor: ExecutorInfo = {
    type: 'CUSTOM',
    executor_id: id('e'),
    resources: [{ name: 'ports', type: 'RANGES', ranges: { range: [{ begin: 1n, end: 2n }] } }],
    command: { environment: { variables: [{ name: 'A', type: 'VALUE', value: 'b' }] } },
  };
  const task = { name: 't', task_id: id('t'), agent_id: id('a') };

  test('is encoded like the message that it was made of', () => {
    const prepared = prepareMessage('ExecutorInfo', executor);
    const bytes = encodeProtobuf('TaskInfo', { ...task, executor: prepared });
    expect(bytes).toEqual(encodeProtobuf('TaskInfo', { ...task, executor }));
    expect(decodeProtobuf('TaskInfo', bytes).executor).toMatchObject(executor);
  });

  test('was checked, and is no other message', () => {
    expect(() => prepareMessage('ExecutorInfo', {} as ExecutorInfo)).toThrow(
      'Missing required fields: executor_id',
    );
    const prepared = prepareMessage('TaskID', id('t')) as unknown as ExecutorInfo;
    expect(() => encodeProtobuf('TaskInfo', { ...task, executor: prepared })).toThrow(
      "'executor.value' is not a field of ExecutorInfo",
    );
  });
});
