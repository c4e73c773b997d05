import { expect, it } from 'vitest';
import { maskedValue } from './secrets.js';

it.each([
  ['ui.token', 'abc', '********'],
  ['mesos.secret', 'abc', '********'],
  ['my.PASSWORD.file', 'abc', '********'],
  ['s3.access-key', 'abc', '********'],
  ['s3.accessKey', 'abc', '********'],
  ['master', 'mesos://zk://user:pass@host:2181/mesos', 'mesos://zk://********@host:2181/mesos'],
  ['executorEnv', 'TZ=UTC,AWS_SECRET_KEY=abc', 'TZ=UTC,AWS_SECRET_KEY=********'],
  ['executorEnv', 'DB_PASSWORD=a\\,b c,TZ=UTC', 'DB_PASSWORD=********,TZ=UTC'],
  ['mesos.executor.docker.parameters', 'env=API_TOKEN=abc', 'env=API_TOKEN=********'],
  ['options', 'x=1 -Dpassword=abc', 'x=1 -Dpassword=********'],
  ['master', 'local[4]', 'local[4]'],
  ['ssl.keyFile', '/etc/key.pem', '/etc/key.pem'],
  ['mail', 'somebody@example.org', 'somebody@example.org'],
])('shows %s=%s as %s', (name, value, shown) => {
  expect(maskedValue(name, value)).toBe(shown);
});
