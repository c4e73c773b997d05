import type { TaskStatus } from '@firesteel/mesos-protocol';

/** How a Mesos task ended. */
export interface TaskEnd {
  readonly reason: string;
  /** Whether the executor or its agent may be to blame, rather than the cluster or the driver. */
  readonly isFailure: boolean;
}

/** Of an update; undefined if the task lives. */
export function taskEndOf(status: TaskStatus): TaskEnd | undefined {
  switch (status.state) {
    case 'TASK_STAGING':
    case 'TASK_STARTING':
    case 'TASK_RUNNING':
    case 'TASK_KILLING':
      return undefined;
    case 'TASK_FAILED':
    case 'TASK_ERROR':
      return { reason: describe(status), isFailure: !isCausedByCluster(status) };
    case 'TASK_DROPPED':
      return { reason: describe(status), isFailure: isCausedByAgent(status) };
    default:
      // Finished and killed by the driver, or lost by an agent or a network.
      return { reason: describe(status), isFailure: false };
  }
}

/** How the process of a Mesos executor ended; `status` is what wait(2) gives, -1 if nobody saw it. */
export function processEnd(status: number | undefined, hostname: string): string {
  const how =
    status === undefined || status < 0
      ? 'has ended'
      : (status & 127) === 0
        ? `has ended with exit code ${(status >> 8) & 255}`
        : `was ended by signal ${status & 127}`;
  return `its process on ${hostname} ${how}`;
}

/**
 * Of tasks that never ran: the agent cannot make a sandbox, for want of room or of the user. Others
 * were dropped because what they were launched with is gone.
 */
function isCausedByAgent({ reason }: TaskStatus): boolean {
  return reason === 'REASON_EXECUTOR_TERMINATED' || reason === 'REASON_GC_ERROR';
}

/** Executors that the cluster takes away say nothing about their agent. */
function isCausedByCluster({ reason }: TaskStatus): boolean {
  return reason === 'REASON_CONTAINER_PREEMPTED' || reason === 'REASON_AGENT_DRAINING';
}

function describe({ state, reason, message }: TaskStatus): string {
  const words = state.replace('TASK_', '').replaceAll('_', ' ').toLowerCase();
  // What a program has printed may be in it, over several lines.
  const text = message?.replace(/\s+/g, ' ').trim();
  const details = [reason, text].filter((text) => text !== undefined && text !== '');
  const end =
    details.length === 0
      ? `its Mesos task is ${words}`
      : `its Mesos task is ${words} (${details.join(': ')})`;
  const [, meaning] = meaningByStatus.find(([pattern]) => pattern.test(text ?? '')) ?? [];
  return meaning === undefined ? end : `${end}, which means that ${meaning}`;
}

/** What `docker run` and shells mean by exit statuses (docs.docker.com/reference/cli/docker). */
const meaningByStatus: readonly (readonly [pattern: RegExp, meaning: string])[] = [
  [
    /Container exited with status 125$/,
    'Docker refused to run the container: look at mesos.network.name and mesos.executor.docker.*',
  ],
  [/exited with status 126$/, 'the program cannot be executed'],
  [/exited with status 127$/, 'the program or the Node that it needs is not there'],
];
