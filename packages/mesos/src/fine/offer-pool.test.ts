import { ManualClock } from 'mesos-testkit';
import { expect, test } from 'vitest';
import { offer } from '../testing/test-offers.js';
import { OfferPool } from './offer-pool.js';

/** A pool with tasks that wait, and what it asks of the master. */
function setUp() {
  const clock = new ManualClock();
  const asked: string[] = [];
  const state = { waiting: 1 };
  const pool: OfferPool = new OfferPool({
    framework: {
      clock,
      isConnected: true,
      call: (call) =>
        asked.push(call.type === 'REVIVE' ? `REVIVE ${call.revive?.roles ?? 'all'}` : call.type),
      giveBack: (offers) => asked.push(`give back ${offers.length}`),
    },
    waiting: () => state.waiting,
    decide: () => asked.push('decide'),
  });
  return { clock, asked, state, pool };
}

test('revives at once, and then every 20 ms at most', () => {
  const { clock, asked, pool } = setUp();
  pool.want();
  expect(asked).toEqual(['REVIVE all']);
  pool.want();
  pool.want('a');
  clock.advance(19);
  expect(asked).toHaveLength(1);
  clock.advance(1);
  clock.advance(1_000);
  expect(asked).toEqual(['REVIVE all', 'REVIVE all']);
});

test('revives several roles one after the other, so that each keeps what it has refused', () => {
  const { clock, asked, pool } = setUp();
  for (const role of ['a', 'b', 'a']) pool.want(role);
  for (let i = 0; i < 4; i++) clock.advance(20);
  expect(asked).toEqual(['REVIVE a', 'REVIVE b', 'REVIVE a']);
});

test('asks for nothing any more when nothing waits', () => {
  const { clock, asked, state, pool } = setUp();
  pool.want('a');
  pool.want('b');
  state.waiting = 0;
  clock.advance(20);
  expect(asked).toEqual(['REVIVE a']);
});

test('gives offers back that nobody takes: soon if nothing waits, else after a while', () => {
  const { clock, asked, state, pool } = setUp();
  pool.want();
  pool.add([offer('x', 'cpus:1')]);
  pool.hold();
  clock.advance(9_999);
  expect(asked).toEqual(['REVIVE all']);
  clock.advance(1);
  expect(asked.splice(1)).toEqual(['give back 1', 'decide']);
  state.waiting = 0;
  pool.hold();
  clock.advance(100);
  expect(asked).toEqual(['REVIVE all', 'decide', 'SUPPRESS']);
});
