import type { ExecutorCallFields, SchedulerCallFields } from '@firesteel/mesos-protocol';

/** What must be there in a call, beyond what its schema demands; the texts are those of Mesos. */

/** Calls without a member of their own, or one that may be left out. */
const withoutMember = new Set(['TEARDOWN', 'REVIVE', 'SUPPRESS', 'HEARTBEAT', 'UNKNOWN']);

const uuidBytes = 16;

/** As Mesos reads it: 16 bytes with a known version in the seventh. */
function isUuid(bytes: Uint8Array): boolean {
  const version = (bytes[6] ?? 0) >>> 4;
  return bytes.byteLength === uuidBytes && version >= 1 && version <= 5;
}

export function schedulerCallError(
  call: SchedulerCallFields,
  principal: string | undefined,
): string | undefined {
  if (call.type === undefined) return expecting('type');
  if (call.type === 'SUBSCRIBE') {
    const info = call.subscribe?.framework_info;
    if (info === undefined) return expecting('subscribe');
    if (info.id?.value !== call.framework_id?.value) {
      return "'framework_id' differs from 'subscribe.framework_info.id'";
    }
    return principalError(principal, info.principal);
  }
  if (call.framework_id === undefined) return expecting('framework_id');
  const missing = missingMember(call.type, call);
  if (missing !== undefined) return missing;
  const uuid = call.acknowledge?.uuid ?? call.acknowledge_operation_status?.uuid;
  if (uuid !== undefined && !isUuid(uuid)) return 'Not a valid UUID';
  if (call.acknowledge_operation_status && !call.acknowledge_operation_status.agent_id) {
    return expecting('agent_id');
  }
  const updated = call.update_framework?.framework_info;
  if (updated !== undefined && updated.id?.value !== call.framework_id.value) {
    return "'framework_id' differs from 'update_framework.framework_info.id'";
  }
  return undefined;
}

export function principalError(
  authenticated: string | undefined,
  stated: string | undefined,
): string | undefined {
  return authenticated !== undefined && stated !== undefined && authenticated !== stated
    ? `Authenticated principal '${authenticated}' does not match principal '${stated}' set in \`FrameworkInfo\``
    : undefined;
}

export function executorCallError(call: ExecutorCallFields): string | undefined {
  if (call.type === undefined) return expecting('type');
  const missing = missingMember(call.type, call);
  if (missing !== undefined) return missing;
  return call.type === 'UPDATE' ? executorUpdateError(call) : undefined;
}

function executorUpdateError(call: ExecutorCallFields): string | undefined {
  const status = call.update!.status;
  const from = `from executor ${call.executor_id.value} of framework ${call.framework_id.value}`;
  if (status.uuid === undefined) return expecting('uuid');
  if (!isUuid(status.uuid)) return 'Not a valid UUID';
  if (status.executor_id !== undefined && status.executor_id.value !== call.executor_id.value) {
    return `ExecutorID in Call: ${call.executor_id.value} does not match ExecutorID in TaskStatus: ${status.executor_id.value}`;
  }
  if (status.source !== 'SOURCE_EXECUTOR') {
    return `Received Call ${from} with invalid source, expecting 'SOURCE_EXECUTOR'`;
  }
  if (status.state === 'TASK_STAGING') {
    return `Received TASK_STAGING ${from} which is not allowed`;
  }
  const check = status.check_status;
  if (check !== undefined && !checkStatusComplete(check)) {
    return "'check_status' must carry the member that its type names";
  }
  return undefined;
}

function checkStatusComplete(check: {
  readonly type?: string;
  readonly command?: unknown;
  readonly http?: unknown;
  readonly tcp?: unknown;
}): boolean {
  const members: Readonly<Record<string, unknown>> = {
    COMMAND: check.command,
    HTTP: check.http,
    TCP: check.tcp,
  };
  return check.type !== undefined && members[check.type] !== undefined;
}

function missingMember(type: string, call: object): string | undefined {
  const member = type.toLowerCase();
  return withoutMember.has(type) || member in call ? undefined : expecting(member);
}

const expecting = (what: string): string => `Expecting '${what}' to be present`;
