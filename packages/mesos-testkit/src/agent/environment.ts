import type { Environment } from '@firesteel/mesos-protocol';
import { durationText } from '../timings.js';

const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export interface ExecutorSurroundings {
  readonly frameworkId: string;
  readonly executorId: string;
  readonly agentId: string;
  /** `ip:port` of the agent. */
  readonly agentAddress: string;
  readonly sandbox: string;
  readonly checkpoint: boolean;
  readonly recoveryTimeoutMs: number;
  readonly subscriptionBackoffMaxMs: number;
  readonly shutdownGracePeriodMs: number;
  /** The agent's flag `executor_environment_variables`. */
  readonly agentVariables: Readonly<Record<string, string>>;
  /** For `Authorization: Bearer`, if the agent hands tokens out. */
  readonly authenticationToken?: string | undefined;
}

/** The complete environment of an executor; nothing of this process's own is inherited. */
export function executorEnvironment(
  surroundings: ExecutorSurroundings,
  own: Environment | undefined,
): Record<string, string> {
  const { agentAddress, sandbox, checkpoint } = surroundings;
  return {
    PATH: defaultPath,
    ...surroundings.agentVariables,
    MESOS_FRAMEWORK_ID: surroundings.frameworkId,
    MESOS_EXECUTOR_ID: surroundings.executorId,
    MESOS_AGENT_ENDPOINT: agentAddress,
    MESOS_SLAVE_ID: surroundings.agentId,
    MESOS_SLAVE_PID: `slave(1)@${agentAddress}`,
    MESOS_DIRECTORY: sandbox,
    MESOS_SANDBOX: sandbox,
    MESOS_CHECKPOINT: checkpoint ? '1' : '0',
    ...(checkpoint && {
      MESOS_RECOVERY_TIMEOUT: durationText(surroundings.recoveryTimeoutMs),
      MESOS_SUBSCRIPTION_BACKOFF_MAX: durationText(surroundings.subscriptionBackoffMaxMs),
    }),
    MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD: durationText(surroundings.shutdownGracePeriodMs),
    MESOS_HTTP_COMMAND_EXECUTOR: '0',
    LIBPROCESS_PORT: '0',
    LIBPROCESS_IP: agentAddress.slice(0, agentAddress.lastIndexOf(':')),
    ...(surroundings.authenticationToken !== undefined && {
      MESOS_EXECUTOR_AUTHENTICATION_TOKEN: surroundings.authenticationToken,
    }),
    ...variablesOf(own),
  };
}

export function variablesOf(environment: Environment | undefined): Record<string, string> {
  return Object.fromEntries(
    (environment?.variables ?? []).map(({ name, value, secret }) => [
      name,
      value ?? Buffer.from(secret?.value?.data ?? []).toString(),
    ]),
  );
}
