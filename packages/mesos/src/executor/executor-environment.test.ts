import { expect, test } from 'vitest';
import { takeExecutorEnvironment } from './executor-environment.js';

const variables = () => ({
  MESOS_FRAMEWORK_ID: 'f',
  MESOS_EXECUTOR_ID: 'e',
  MESOS_AGENT_ENDPOINT: '127.0.0.1:5051',
  MESOS_CHECKPOINT: '1',
  MESOS_RECOVERY_TIMEOUT: '15mins',
  MESOS_SUBSCRIPTION_BACKOFF_MAX: '1.5secs',
  MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD: '500ms',
  MESOS_EXECUTOR_AUTHENTICATION_TOKEN: 'token',
});

test('reads what an agent says, and takes the token away', () => {
  const env = variables();
  expect(takeExecutorEnvironment(env)).toEqual({
    frameworkId: 'f',
    executorId: 'e',
    agent: '127.0.0.1:5051',
    token: 'token',
    recovery: { timeoutMs: 900_000, maxBackoffMs: 1_500 },
    shutdownGraceMs: 500,
  });
  expect(env.MESOS_EXECUTOR_AUTHENTICATION_TOKEN).toBeUndefined();
});

test('an executor without checkpoints does not outlive its agent', () => {
  expect(takeExecutorEnvironment({ ...variables(), MESOS_CHECKPOINT: '0' }).recovery).toBe(
    undefined,
  );
});

test('is refused outside of an agent', () => {
  expect(() => takeExecutorEnvironment({})).toThrow(/MESOS_FRAMEWORK_ID/);
});
