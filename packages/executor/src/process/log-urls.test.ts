import { expect, it } from 'vitest';
import { logUrlsOf } from './log-urls.js';

const agent = { MESOS_AGENT_ENDPOINT: '10.0.0.1:5051', MESOS_DIRECTORY: '/var/mesos/runs/a b' };

it('knows no addresses where nobody tells any', () => {
  expect(logUrlsOf({ FIRESTEEL_LOG_URL_STDERR: 'javascript:alert(1)' })).toEqual({});
});

it('takes the addresses that the environment gives', () => {
  expect(logUrlsOf({ FIRESTEEL_LOG_URL_STDERR: 'https://logs/1' })).toEqual({
    stderr: 'https://logs/1',
  });
});

it('finds the files of a sandbox on its Mesos agent', () => {
  const files = 'http://10.0.0.1:5051/files/download?path=%2Fvar%2Fmesos%2Fruns%2Fa%20b%2F';
  expect(logUrlsOf(agent)).toEqual({ stdout: `${files}stdout`, stderr: `${files}stderr` });
  expect(logUrlsOf({ ...agent, FIRESTEEL_LOG_URL_STDERR: 'http://logs/1' }).stderr).toBe(
    'http://logs/1',
  );
  expect(logUrlsOf({ ...agent, LIBPROCESS_SSL_ENABLED: '1' }).stdout).toMatch(/^https:/);
});
