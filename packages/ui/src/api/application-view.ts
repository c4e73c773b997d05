import type { ServedApplication } from './application-source.js';
import type { ApplicationDetail, ApplicationView, EnvironmentView } from './types.js';

/** Undefined for one that has not even told its name. */
export function applicationView({ store, state }: ServedApplication): ApplicationView | undefined {
  const { application, endTime, lastEventTime } = store;
  if (application === undefined) return undefined;
  const { appId, appName, master, version, time } = application;
  return {
    id: appId,
    name: appName,
    master,
    version,
    state,
    startTime: time,
    ...(endTime !== undefined && { endTime }),
    lastEventTime,
  };
}

export function applicationDetail(served: ServedApplication): ApplicationDetail | undefined {
  const view = applicationView(served);
  if (view === undefined) return undefined;
  const { store, state } = served;
  const executors = [...store.executors.values()];
  const isRunning = state === 'running';
  const count = <T>(entries: Iterable<T>, fits: (entry: T) => boolean) =>
    isRunning ? [...entries].filter(fits).length : 0;
  return {
    ...view,
    counts: store.counts,
    totals: store.totals.toJSON(),
    activeJobs: count(store.jobs.values(), ({ end }) => end === undefined),
    activeStages: count(store.stages.values(), ({ completed }) => completed === undefined),
    activeTasks: isRunning ? executors.reduce((sum, { active }) => sum + active, 0) : 0,
    cores: executors.reduce(
      (sum, { added, removed }) => sum + (removed === undefined ? added.cores : 0),
      0,
    ),
  };
}

export function environmentView({ store }: ServedApplication): EnvironmentView {
  const { runtime = {}, configuration = [] } = store.application ?? {};
  return { runtime, configuration };
}

/** Up to when what still runs has run. */
export function nowOf({ store, state }: ServedApplication): number {
  return state === 'running' ? Date.now() : (store.endTime ?? store.lastEventTime);
}
