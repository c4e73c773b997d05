/** What bounds the number of executors, and how fast it grows. Times in milliseconds. */
export interface TargetSettings {
  readonly minExecutors: number;
  readonly maxExecutors: number;
  readonly initialExecutors: number;
  readonly slotsPerExecutor: number;
  /** Below 1, fewer executors than would run all tasks at once. */
  readonly executorAllocationRatio: number;
  /** How long tasks wait until the first executors are added, and until more are. */
  readonly backlogTimeoutMs: number;
  readonly sustainedBacklogTimeoutMs: number;
}

/** What there is to do, and by how many. */
export interface Backlog {
  readonly waitingTasks: number;
  readonly runningTasks: number;
  readonly liveExecutors: number;
}

export interface TargetState {
  /** How many executors there should be. */
  readonly target: number;
  /** How many are added next: it doubles as long as tasks go on waiting. */
  readonly step: number;
  /** When they are added; undefined while no task waits. */
  readonly addAtMs: number | undefined;
  /** Until the first task, the initial executors stay. */
  readonly hasBegun: boolean;
}

export function initialTarget({ initialExecutors }: TargetSettings): TargetState {
  return { target: initialExecutors, step: 1, addAtMs: undefined, hasBegun: false };
}

/**
 * The next number of executors, by the rules of Spark's ExecutorAllocationManager: it grows by 1, 2,
 * 4 … while tasks wait, so that short backlogs cost little and long ones are met soon; it shrinks at
 * once to what the tasks that are left can use. Pure: time comes with the call.
 */
export function nextTarget(
  state: TargetState,
  backlog: Backlog,
  settings: TargetSettings,
  nowMs: number,
): TargetState {
  const { minExecutors, maxExecutors, sustainedBacklogTimeoutMs, backlogTimeoutMs } = settings;
  const { waitingTasks, runningTasks, liveExecutors } = backlog;
  const hasBegun = state.hasBegun || waitingTasks + runningTasks > 0;
  if (!hasBegun) return state;
  const needed = executorsFor(backlog, settings);
  const addAtMs = waitingTasks === 0 ? undefined : (state.addAtMs ?? nowMs + backlogTimeoutMs);
  if (needed < state.target)
    return { target: Math.max(needed, minExecutors), step: 1, addAtMs, hasBegun };
  if (addAtMs === undefined) return { ...state, step: 1, addAtMs, hasBegun };
  if (nowMs < addAtMs) return { ...state, addAtMs, hasBegun };
  const wanted = Math.min(Math.max(state.target, liveExecutors) + state.step, needed);
  const target = Math.min(Math.max(wanted, minExecutors), maxExecutors);
  const step = target - state.target === state.step ? 2 * state.step : 1;
  return { target, step, addAtMs: nowMs + sustainedBacklogTimeoutMs, hasBegun };
}

function executorsFor({ waitingTasks, runningTasks }: Backlog, settings: TargetSettings): number {
  const { executorAllocationRatio, slotsPerExecutor } = settings;
  return Math.ceil(((waitingTasks + runningTasks) * executorAllocationRatio) / slotsPerExecutor);
}
