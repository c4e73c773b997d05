import { expectTypeOf, test } from 'vitest';
import {
  completeMessage,
  decodeProtobuf,
  encodeProtobuf,
  type Offer,
  type SchedulerCall,
  type SchedulerEventFields,
  type TaskStatus,
} from './index.js';

test('what arrives is certain in nothing, a complete message in its member', () => {
  const event = decodeProtobuf('scheduler.Event', new Uint8Array());
  expectTypeOf(event).toEqualTypeOf<SchedulerEventFields>();
  expectTypeOf(event.update?.status).toEqualTypeOf<TaskStatus | undefined>();
  const complete = completeMessage('scheduler.Event', event);
  if (complete?.type === 'OFFERS') {
    expectTypeOf(complete.offers.offers).toEqualTypeOf<readonly Offer[] | undefined>();
    // @ts-expect-error members of other types are not there
    complete.update;
  }
});

test('a call needs the member of its type', () => {
  expectTypeOf({ type: 'REVIVE' } as const).toExtend<SchedulerCall>();
  expectTypeOf({ type: 'ACCEPT' } as const).not.toExtend<SchedulerCall>();
  expectTypeOf({
    type: 'KILL',
    kill: { task_id: { value: 't' } },
  } as const).toExtend<SchedulerCall>();
  // @ts-expect-error 64-bit integers are bigint
  encodeProtobuf('TimeInfo', { nanoseconds: 1 });
  // @ts-expect-error the name of a message is checked
  encodeProtobuf('scheduler.Caller', {});
});
