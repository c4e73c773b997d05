import { expect, test } from 'vitest';
import { failureOf } from './master-failure.js';

const answer = { master: 'm:5050', call: 'KILL', location: undefined, text: '' };

test.each([
  [
    { status: 307, location: '//n:5050/x' },
    { kind: 'redirected', location: '//n:5050/x' },
  ],
  [
    { status: 503, text: 'No leader elected' },
    { kind: 'unavailable', why: 'm:5050 answers 503: No leader elected' },
  ],
  [{ status: 404 }, { kind: 'unavailable', why: 'm:5050 answers 404: no reason given' }],
  [
    { status: 400, text: 'Framework cannot be found' },
    { kind: 'unsubscribed', why: 'm:5050 answers 400: Framework cannot be found' },
  ],
  [
    { status: 403, text: 'Framework is not subscribed' },
    { kind: 'unsubscribed', why: 'm:5050 answers 403: Framework is not subscribed' },
  ],
])('%j', (given, failure) => {
  expect(failureOf({ ...answer, ...given })).toEqual(failure);
});

test.each([
  [{ status: 401, text: '401 Unauthorized.' }, 'MESOS_UNAUTHORIZED'],
  [{ status: 400, text: 'Failed to parse body into Call protobuf' }, 'MESOS_CALL_REFUSED'],
  [{ status: 307 }, 'MESOS_CALL_REFUSED'],
  [{ status: 415 }, 'MESOS_CALL_REFUSED'],
  [{ status: 403, call: 'SUBSCRIBE' }, 'MESOS_CALL_REFUSED'],
])('%j is refused with %s', (given, code) => {
  expect(failureOf({ ...answer, ...given })).toMatchObject({
    kind: 'refused',
    error: { code, data: { master: 'm:5050', status: given.status } },
  });
});
