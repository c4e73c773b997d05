import { expect, test } from 'vitest';
import { describeZooKeeper, parseZooKeeperAddress } from './zookeeper-address.js';

test.each([
  ['zk://a/mesos', { servers: [{ host: 'a', port: 2181 }], path: '/mesos' }],
  ['zk://a', { servers: [{ host: 'a', port: 2181 }], path: '/' }],
  ['zk://a:1/', { servers: [{ host: 'a', port: 1 }], path: '/' }],
  [
    'zk://u:p@x@a:1, [::1]:2/m/n/',
    {
      servers: [
        { host: 'a', port: 1 },
        { host: '::1', port: 2 },
      ],
      path: '/m/n',
      credentials: 'u:p@x',
    },
  ],
])('%s', (text, address) => {
  expect(parseZooKeeperAddress(text)).toEqual(address);
});

test.each([
  'zk://',
  'zk:///mesos',
  'zk://a,/mesos',
  'zk://a:x/mesos',
  'zk://a:70000/mesos',
  'zk://a//mesos',
  'zk://user@a/mesos',
  'mesos://a',
])('refuses %j', (text) => {
  expect(() => parseZooKeeperAddress(text)).toThrow(
    expect.objectContaining({ code: 'INVALID_MASTER' }),
  );
});

test('neither the error nor the description holds the password', () => {
  expect(() => parseZooKeeperAddress('zk://u:hunter2@a:x/m')).not.toThrow(/hunter2/);
  const address = parseZooKeeperAddress('zk://u:hunter2@a,[::1]:2/m');
  expect(describeZooKeeper(address)).toBe('zk://a:2181,[::1]:2/m');
});
