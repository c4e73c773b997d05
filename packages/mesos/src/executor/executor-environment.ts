import { FiresteelError } from '@firesteel/common';

/** What an agent tells an executor that it starts. */
export interface ExecutorEnvironment {
  readonly frameworkId: string;
  readonly executorId: string;
  /** `host:port` */
  readonly agent: string;
  /** To be shown to the agent, where it asks for one. */
  readonly token?: string;
  /** How the executor may live on while its agent is away; undefined if it may not. */
  readonly recovery?: { readonly timeoutMs: number; readonly maxBackoffMs: number };
  /** From being told to end until being killed. */
  readonly shutdownGraceMs: number;
}

/**
 * Reads the variables of an executor (mesos: docs/executor-http-api.md, slave.cpp), and takes the
 * token out of them, so that tasks do not see it.
 * @throws INVALID_ARGUMENT for a process that no agent has started
 */
export function takeExecutorEnvironment(variables: NodeJS.ProcessEnv): ExecutorEnvironment {
  const required = (name: string): string => {
    const value = variables[name];
    if (value !== undefined && value !== '') return value;
    throw new FiresteelError(
      'INVALID_ARGUMENT',
      `The environment variable ${name} is missing: only an agent of Mesos starts executors with --mesos.`,
      { data: { variable: name } },
    );
  };
  const token = variables.MESOS_EXECUTOR_AUTHENTICATION_TOKEN;
  delete variables.MESOS_EXECUTOR_AUTHENTICATION_TOKEN;
  return {
    frameworkId: required('MESOS_FRAMEWORK_ID'),
    executorId: required('MESOS_EXECUTOR_ID'),
    agent: required('MESOS_AGENT_ENDPOINT'),
    ...(token !== undefined && { token }),
    // The variable is there in any case: its value counts.
    ...(variables.MESOS_CHECKPOINT === '1' && {
      recovery: {
        timeoutMs: durationMs(variables.MESOS_RECOVERY_TIMEOUT) ?? 15 * 60_000,
        maxBackoffMs: durationMs(variables.MESOS_SUBSCRIPTION_BACKOFF_MAX) ?? 2_000,
      },
    }),
    shutdownGraceMs: durationMs(variables.MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD) ?? 5_000,
  };
}

const unitMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  ms: 1,
  secs: 1_000,
  mins: 60_000,
  hrs: 3_600_000,
  days: 86_400_000,
  weeks: 604_800_000,
};

/** Mesos writes durations like `15mins` and `1.5secs`. */
function durationMs(text: string | undefined): number | undefined {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)([a-z]+)$/.exec(text ?? '') ?? [];
  const factor = unitMs[unit];
  return number === undefined || factor === undefined ? undefined : Number(number) * factor;
}
