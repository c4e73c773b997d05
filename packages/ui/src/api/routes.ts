import { metricNames } from '../store/task-metrics.js';
import { type TaskColumn, taskStatuses } from '../store/task-table.js';
import { timelineOf } from '../store/task-timeline.js';
import type { ApplicationSource, ServedApplication } from './application-source.js';
import { applicationDetail, environmentView, nowOf } from './application-view.js';
import { jobDetail, jobViews } from './job-view.js';
import { stageDetail, stageViews, type TaskPage, taskList } from './stage-view.js';
import { executorViews, rddDetail, rddView } from './storage-view.js';
import type { JobStatus, StageStatus } from './types.js';

/** A parameter that cannot be understood; the message is for whoever asked. */
export class BadQuery extends Error {}

const MAX_TASKS_PER_PAGE = 1000;
const MAX_TIMELINE_STEPS = 4000;

type Answer = object | undefined;
type Handler = (
  served: ServedApplication,
  ids: readonly number[],
  query: URLSearchParams,
) => Answer;

/** Paths below `/api/v1/applications/<id>`; `#` stands for a number. */
const handlers: Readonly<Record<string, Handler>> = {
  '': (served) => applicationDetail(served),
  jobs: (served, _ids, query) => jobViews(served, statusesOf(query, jobStatuses)),
  'jobs/#': (served, [id]) => {
    const job = served.store.jobs.get(id as number);
    return job && jobDetail(job, served);
  },
  stages: (served, _ids, query) => stageViews(served, statusesOf(query, attemptStatuses)),
  'stages/#': (served, [id]) => {
    const attempts = served.store.attemptsOf(id as number);
    return attempts.length === 0
      ? undefined
      : attempts.map((attempt) => stageDetail(attempt, served));
  },
  'stages/#/#': (served, ids) => {
    const stage = stageOf(served, ids);
    return stage && stageDetail(stage, served);
  },
  'stages/#/#/taskSummary': (served, ids, query) =>
    stageOf(served, ids)?.distribution.summary(quantilesOf(query)),
  'stages/#/#/taskList': (served, ids, query) => {
    const stage = stageOf(served, ids);
    return stage && taskList(stage.tasks, taskPageOf(query), served);
  },
  'stages/#/#/taskTimeline': (served, ids, query) => {
    const tasks = stageOf(served, ids)?.tasks;
    const steps = numberOf(query, 'steps', 1000, 1, MAX_TIMELINE_STEPS);
    return tasks && timelineOf(tasks, steps, nowOf(served));
  },
  executors: (served) => executorViews(served).filter(({ isActive }) => isActive),
  allexecutors: (served) => executorViews(served),
  'storage/rdd': ({ store }) =>
    [...store.cachedRdds.all].filter(({ partitions }) => partitions.size > 0).map(rddView),
  'storage/rdd/#': ({ store }, [id]) => {
    const rdd = store.cachedRdds.get(id as number);
    return rdd && rddDetail(rdd);
  },
  environment: (served) => environmentView(served),
};

/**
 * The answer to a request of the REST interface; undefined if there is nothing of that name.
 *
 * @param path below `/api/v1/applications`, cut at its slashes
 * @throws BadQuery
 */
export async function answer(
  source: ApplicationSource,
  path: readonly string[],
  query: URLSearchParams,
): Promise<Answer> {
  const [appId, ...rest] = path;
  if (appId === undefined) return source.list();
  const pattern = rest.map((part) => (isNumber(part) ? '#' : part)).join('/');
  if (!Object.hasOwn(handlers, pattern)) return undefined;
  const served = await source.open(appId);
  return served && (handlers[pattern] as Handler)(served, rest.filter(isNumber).map(Number), query);
}

function isNumber(part: string): boolean {
  return /^\d{1,15}$/.test(part);
}

function stageOf({ store }: ServedApplication, [id, attempt]: readonly number[]) {
  return store.stage(id as number, attempt as number);
}

const jobStatuses: readonly JobStatus[] = ['running', 'succeeded', 'failed', 'unknown'];
const attemptStatuses: readonly StageStatus[] = ['active', 'complete', 'failed', 'unknown'];

/** What `?status=`, which may be repeated, asks for; nothing for all. */
function statusesOf<S extends string>(query: URLSearchParams, known: readonly S[]): S[] {
  return query.getAll('status').map((wanted) => {
    const status = known.find((name) => name === wanted);
    if (status !== undefined) return status;
    throw new BadQuery(`status must be one of ${known.join(', ')}`);
  });
}

function quantilesOf(query: URLSearchParams): number[] {
  const text = query.get('quantiles') ?? '0.05,0.25,0.5,0.75,0.95';
  return text.split(',').map((part) => {
    const value = part.trim() === '' ? Number.NaN : Number(part);
    if (value >= 0 && value <= 1) return value;
    throw new BadQuery(`quantiles must be numbers from 0 to 1, separated by commas: ${text}`);
  });
}

const sortColumns: readonly TaskColumn[] = [
  'taskId',
  'partition',
  'attempt',
  'slot',
  'startTime',
  'durationMs',
  ...metricNames,
];

function taskPageOf(query: URLSearchParams): TaskPage {
  const sortBy = query.get('sortBy') ?? 'taskId';
  const column = sortColumns.find((name) => name === sortBy.replace(/^-/, ''));
  if (column === undefined)
    throw new BadQuery(
      `sortBy must be one of ${sortColumns.join(', ')}, with - in front for the largest first`,
    );
  const [status] = statusesOf(query, taskStatuses);
  return {
    offset: numberOf(query, 'offset', 0, 0, Number.MAX_SAFE_INTEGER),
    length: numberOf(query, 'length', 20, 1, MAX_TASKS_PER_PAGE),
    sortBy: column,
    isDescending: sortBy.startsWith('-'),
    status,
  };
}

function numberOf(
  query: URLSearchParams,
  name: string,
  fallback: number,
  min: number,
  max: number,
): number {
  const text = query.get(name);
  if (text === null) return fallback;
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new BadQuery(`${name} must be a whole number from ${min} to ${max}`);
}
