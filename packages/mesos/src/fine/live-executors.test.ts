import { Config } from '@firesteel/common';
import type { TaskStatus } from '@firesteel/mesos-protocol';
import { expect, it } from 'vitest';
import { executorContainer } from '../command/container.js';
import { distributionOf } from '../command/distribution.js';
import { AgentResources } from '../offers/agent-resources.js';
import { taskSizes } from '../testing/task-sizes.js';
import { offer } from '../testing/test-offers.js';
import { FineExecutor } from './fine-executor.js';
import { LiveExecutors } from './live-executors.js';

const config = Config.fromLayers({ code: {} });
const kinds = { cpusAreRevocable: false, memoryIsRevocable: false };

/** Executor 1 on agent `a`, which has been launched, and what is heard of its end. */
function launched() {
  const heard: string[] = [];
  const executors = new LiveExecutors({
    ended: (executor, reason, isItsFault) =>
      heard.push(`${executor.id} ended${isItsFault ? ' by its fault' : ''}: ${reason}`),
    failed: ({ id }, reason) => heard.push(`${id} failed: ${reason}`),
    taskOver: (taskId) => heard.push(`task ${taskId} is over`),
    stray: (taskId, agentId) => heard.push(`stray ${taskId} on ${agentId}`),
  });
  const resources = new AgentResources([offer('a', 'cpus:9;mem:4096')]);
  const executor = new FineExecutor(
    '1',
    { offers: [], resources, agentId: 'a', hostname: 'a', role: '*', kinds, gpus: 0, tasks: 4 },
    { arguments: [], environment: {} },
    taskSizes,
    {
      appName: 'app',
      heapMiB: 256,
      distribution: distributionOf(config, ['firesteel']),
      container: executorContainer(config),
      variables: [],
      labels: undefined,
      bindAddress: '0.0.0.0',
    },
  );
  executors.add(executor);
  const launch = (taskId: number): void =>
    executors.addTask(executor.task({ taskId, name: 't' }, resources), executor, 1);
  const fail = (): void =>
    executors.failed({ agent_id: { value: 'a' }, executor_id: { value: '1' }, status: 9 });
  const update = (id: string, state: TaskStatus['state'], more: Partial<TaskStatus> = {}) =>
    executors.updated({
      task_id: { value: id },
      agent_id: { value: 'a' },
      state,
      source: 'SOURCE_AGENT',
      ...more,
    });
  return { executors, executor, heard, launch, fail, update };
}

/** One that has registered, and has had a task. */
function working() {
  const all = launched();
  all.executor.isReady = true;
  all.executor.hasWorked = true;
  all.update('executor-1', 'TASK_FINISHED', { source: 'SOURCE_EXECUTOR' });
  return all;
}

const killed = 'its process on a was ended by signal 9';

it('blames nobody for an executor that the cluster takes back', () => {
  const { executor, launch, fail, update, heard } = working();
  launch(7);
  launch(8);
  fail();
  const reason = 'REASON_CONTAINER_PREEMPTED';
  for (const id of ['7', '8']) expect(update(id, 'TASK_GONE', { reason })).toBe(executor);
  expect(heard).toEqual([`1 ended: ${killed}`, 'task 7 is over', 'task 8 is over']);
});

it('blames an executor once, when its agent says how its tasks ended', () => {
  const { launch, fail, update, heard } = working();
  launch(7);
  launch(8);
  fail();
  update('7', 'TASK_FINISHED', { source: 'SOURCE_EXECUTOR' });
  update('8', 'TASK_FAILED', { reason: 'REASON_EXECUTOR_TERMINATED' });
  expect(heard).toEqual([
    `1 ended: ${killed}`,
    'task 7 is over',
    'task 8 is over',
    `1 failed: its Mesos task is failed (REASON_EXECUTOR_TERMINATED) on a; ${killed}`,
  ]);
});

it.each([
  [true, '1 ended: '],
  [false, '1 ended by its fault: '],
])('where no task tells, what counts is whether it has ever worked: %s', (hasWorked, text) => {
  const { executor, fail, heard } = working();
  executor.hasWorked = hasWorked;
  fail();
  expect(heard).toEqual([`${text}${killed}`]);
});

it.each<[TaskStatus['reason'], boolean]>([
  ['REASON_CONTAINER_LAUNCH_FAILED', true],
  ['REASON_CONTAINER_PREEMPTED', false],
])('one that never comes to work ends with its first task: %s', (reason, isItsFault) => {
  const { executors, fail, update, heard } = launched();
  fail();
  update('executor-1', 'TASK_FAILED', { reason });
  const fault = isItsFault ? ' by its fault' : '';
  expect(heard).toEqual([`1 ended${fault}: its Mesos task is failed (${reason}) on a; ${killed}`]);
  expect([executors.count, executors.hasTasks]).toEqual([0, false]);
});

it('one that was asked to end does nothing wrong when it does', () => {
  const { executors, launch, fail, update, heard } = working();
  launch(7);
  executors.remove('1');
  fail();
  update('7', 'TASK_FAILED', { reason: 'REASON_EXECUTOR_TERMINATED' });
  expect(heard).toEqual(['task 7 is over']);
});

it('executors end with their agent, and tasks that nobody knows of are strays', () => {
  const { executors, update, heard } = working();
  executors.failed({ agent_id: { value: 'a' } });
  update('99', 'TASK_RUNNING');
  expect(heard).toEqual(['1 ended: its agent a is lost', 'stray 99 on a']);
});
