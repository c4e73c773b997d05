import { describe, expect, it } from 'vitest';
import { jobDetail, jobViews } from '../api/job-view.js';
import { stageDetail, stageViews, taskList } from '../api/stage-view.js';
import { executorViews } from '../api/storage-view.js';
import {
  applicationStart,
  jobEnd,
  jobStart,
  stageCompleted,
  stageSubmitted,
  taskEnd,
  taskStart,
} from '../testing/events.js';
import { ApplicationStore, type Retention } from './application-store.js';
import { timelineOf } from './task-timeline.js';

const all: Retention = { jobs: 100, stages: 100, tasks: 1000 };

function storeOf(
  events: Iterable<Parameters<ApplicationStore['apply']>[0]>,
  retention: Retention = all,
): ApplicationStore {
  const store = new ApplicationStore(retention);
  for (const event of [applicationStart(), ...events]) store.apply(event);
  return store;
}

const running = (store: ApplicationStore) => ({ store, state: 'running' as const });

const page = {
  offset: 0,
  length: 20,
  sortBy: 'taskId',
  isDescending: false,
  status: undefined,
} as const;

it('follows a job through its stages and tasks', () => {
  const store = storeOf([
    jobStart({ stageIds: [0, 1] }),
    stageSubmitted(),
    taskStart(0),
    taskStart(1),
    taskEnd(0, { rowsRead: 7 }),
    taskEnd(1, { outcome: 'exception', reason: 'Error: bad row', metrics: undefined }),
    taskStart(2, { partition: 1, attempt: 1 }),
  ]);
  const job = store.jobs.get(0);
  expect(job && jobDetail(job, running(store))).toMatchObject({
    status: 'running',
    numTasks: 4,
    numActiveTasks: 1,
    numCompletedTasks: 1,
    numFailedTasks: 1,
    stages: [
      { stageId: 0, attempt: 0, status: 'active', totals: { rowsRead: 7 } },
      { stageId: 1, status: 'pending', numTasks: 2 },
    ],
  });
  store.apply(stageCompleted({ failureReason: 'its job failed' }));
  store.apply(jobEnd(0, new TypeError('bad row')));
  expect(jobViews(running(store), ['failed'])).toMatchObject([
    { jobId: 0, failureReason: 'TypeError: bad row', completionTime: 2000, durationMs: 1000 },
  ]);
  expect(executorViews(running(store))).toMatchObject([
    { id: 'driver', numActiveTasks: 1, numCompletedTasks: 1, numFailedTasks: 1 },
  ]);
});

it('shows what a crash has interrupted as unknown', () => {
  const store = storeOf([jobStart(), stageSubmitted(), taskStart(0)]);
  const crashed = { store, state: 'crashed' } as const;
  expect(jobViews(crashed, [])).toMatchObject([
    { status: 'unknown', durationMs: 100, numActiveTasks: 0 },
  ]);
  expect(stageViews(crashed, [])).toMatchObject([{ status: 'unknown', numActiveTasks: 0 }]);
  const tasks = store.stage(0, 0)?.tasks;
  expect(taskList(tasks, page, crashed).tasks).toMatchObject([{ status: 'unknown' }]);
});

it('shows the stages that run again because what they wrote was lost', () => {
  const store = storeOf([
    jobStart({ stageIds: [5] }),
    stageSubmitted({ stageId: 5, parentShuffleIds: [3] }),
    stageCompleted({ stageId: 5, failureReason: 'map output lost' }),
    stageSubmitted({ stageId: 2, shuffleId: 3 }),
  ]);
  const job = store.jobs.get(0);
  expect(job && jobDetail(job, running(store)).stages.map(({ stageId }) => stageId)).toEqual([
    2, 5,
  ]);
});

describe('what has ended', () => {
  it('is forgotten, oldest first, when there is too much of it', () => {
    const events = Array.from({ length: 5 }, (_, id) => [
      jobStart({ jobId: id, stageIds: [id] }),
      stageSubmitted({ stageId: id, jobIds: [id] }),
      stageCompleted({ stageId: id }),
      // Job 0 goes on.
      ...(id === 0 ? [] : [jobEnd(id)]),
    ]).flat();
    const store = storeOf(events, { jobs: 3, stages: 2, tasks: 10 });
    expect([...store.jobs.keys()]).toEqual([0, 3, 4]);
    expect([...store.stages.keys()]).toEqual(['3.0', '4.0']);
    expect(store.counts).toMatchObject({ jobsSucceeded: 4, stagesCompleted: 5 });
  });

  it('keeps how its tasks differed when the tasks are forgotten', () => {
    const tasks = (stageId: number, count: number) => [
      stageSubmitted({ stageId, numTasks: count }),
      ...Array.from({ length: count }, (_, id) => {
        const of = { stageId, partition: id };
        return [
          taskStart(100 * stageId + id, of),
          taskEnd(100 * stageId + id, { ...of, durationMs: id }),
        ];
      }).flat(),
    ];
    const store = storeOf([...tasks(0, 21), stageCompleted(), ...tasks(1, 21)], {
      ...all,
      tasks: 30,
    });
    const [old, current] = [store.stage(0, 0), store.stage(1, 0)];
    expect([old?.tasks, current?.tasks?.size]).toEqual([undefined, 21]);
    expect(old?.distribution.summary([0, 0.5, 0.9, 1])).toMatchObject({
      numTasks: 21,
      durationMs: [0, 10, 18, 20],
    });
    expect(old && stageDetail(old, running(store))).toMatchObject({ hasTasks: false });
  });
});

it('keeps the newest tasks of a stage with too many', () => {
  const events = Array.from({ length: 25 }, (_, id) => [taskStart(id), taskEnd(id)]).flat();
  const store = storeOf([stageSubmitted(), ...events], { ...all, tasks: 10 });
  const tasks = store.stage(0, 0)?.tasks;
  const list = taskList(tasks, page, running(store));
  expect(list.tasks.map(({ taskId }) => taskId)).toEqual([15, 16, 17, 18, 19, 20, 21, 22, 23, 24]);
  expect(store.stage(0, 0)).toMatchObject({ active: 0, succeeded: 25 });
});

it('finds the task that takes far longer than the others', () => {
  const events = Array.from({ length: 9 }, (_, id) => {
    const isSlow = id === 4;
    return [
      taskStart(id),
      taskEnd(id, { durationMs: isSlow ? 900 : 100, rowsRead: isSlow ? 5000 : 10 }),
    ];
  }).flat();
  const store = storeOf([stageSubmitted(), ...events]);
  expect(store.stage(0, 0)?.distribution.summary([0.5]).skew).toEqual({
    taskId: 4,
    partition: 4,
    durationMs: 900,
    medianMs: 100,
    rows: 5000,
    medianRows: 10,
  });
});

it('sorts, filters and pages tasks', () => {
  const events = [3, 1, 2].flatMap((duration, id) => [
    taskStart(id),
    taskEnd(id, {
      durationMs: duration,
      outcome: id === 1 ? 'lost' : 'success',
      reason: id === 1 ? 'killed' : undefined,
    }),
  ]);
  const store = storeOf([stageSubmitted(), ...events]);
  const tasks = store.stage(0, 0)?.tasks;
  const listOf = (changes: object) => taskList(tasks, { ...page, ...changes }, running(store));
  const idsOf = (changes: object) => listOf(changes).tasks.map(({ taskId }) => taskId);
  expect(idsOf({ sortBy: 'durationMs' })).toEqual([1, 2, 0]);
  expect(idsOf({ sortBy: 'durationMs', isDescending: true, length: 2 })).toEqual([0, 2]);
  expect(idsOf({ status: 'lost' })).toEqual([1]);
  expect(listOf({ offset: 1, length: 1 })).toMatchObject({
    numTasks: 3,
    tasks: [{ taskId: 1, reason: 'killed', status: 'lost' }],
  });
});

it('draws short tasks of a slot together, but shows failures and gaps', () => {
  const task = (id: number, time: number, durationMs: number, outcome: 'success' | 'exception') => [
    taskStart(id, { slot: 0, time }),
    taskEnd(id, { slot: 0, time: time + durationMs, durationMs, outcome }),
  ];
  const store = storeOf([
    stageSubmitted(),
    ...task(0, 0, 4, 'success'),
    ...task(1, 4, 4, 'exception'),
    ...task(2, 8, 4, 'success'),
    ...task(3, 200, 800, 'success'),
  ]);
  const tasks = store.stage(0, 0)?.tasks;
  const timeline = tasks && timelineOf(tasks, 100, 1000);
  expect(timeline).toMatchObject({
    startTime: 0,
    endTime: 1000,
    lanes: [{ slot: 0, executorId: 'driver' }],
    segments: [
      { fromMs: 0, toMs: 12, numTasks: 3, status: 'exception', taskId: 0 },
      { fromMs: 200, toMs: 1000, numTasks: 1, status: 'success', taskId: 3 },
    ],
  });
});

it('knows who holds what of persisted RDDs', () => {
  const block = {
    kind: 'blockUpdated',
    time: 1,
    rddId: 1,
    slot: undefined,
    storageLevel: 'MEMORY_ONLY',
    isStored: true,
    memoryBytes: 10,
    diskBytes: 0,
  } as const;
  const callSite = { method: 'map', file: 'job.ts', line: 3 };
  const operator = { rddId: 1, callSite, parentIds: [], numPartitions: 2 };
  const store = storeOf([
    stageSubmitted({ operators: [{ ...operator, storageLevel: 'MEMORY_ONLY' }] }),
    { ...block, partition: 0, executorId: 'a' },
    { ...block, partition: 1, executorId: 'a' },
    { ...block, partition: 1, executorId: 'b' },
  ]);
  const held = () => [...(store.cachedRdds.get(1)?.partitions.keys() ?? [])];
  expect(store.cachedRdds.get(1)).toMatchObject({ name: 'map at job.ts:3', numPartitions: 2 });
  expect(held()).toEqual([0, 1]);
  store.apply({ kind: 'executorRemoved', time: 2, executorId: 'a', reason: 'killed' });
  expect(held()).toEqual([1]);
  store.apply({ ...block, partition: 1, executorId: 'b', isStored: false });
  expect(held()).toEqual([]);
});
