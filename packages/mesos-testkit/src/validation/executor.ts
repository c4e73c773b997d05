import { type ExecutorInfo, messageText } from '@firesteel/mesos-protocol';
import { commandError, containerError } from './commands.js';
import { idError } from './ids.js';
import { resourcesError, togetherError } from './resources.js';

/**
 * Why an executor is refused; undefined if it is fine.
 * @param existing the description of the running executor with this id on the agent
 */
export function executorError(
  executor: ExecutorInfo,
  frameworkId: string,
  existing: ExecutorInfo | undefined,
): string | undefined {
  const { type, command, resources = [], shutdown_grace_period: grace, container } = executor;
  if (type === 'UNKNOWN') return 'Unknown executor type';
  if (type === 'DEFAULT' && command !== undefined) {
    return "'ExecutorInfo.command' must not be set for 'DEFAULT' executor";
  }
  if (type === 'DEFAULT' && container !== undefined && container.type !== 'MESOS') {
    return "'ExecutorInfo.container.type' must be 'MESOS' for 'DEFAULT' executor";
  }
  if (type === 'CUSTOM' && command === undefined) {
    return "'ExecutorInfo.command' must be set for 'CUSTOM' executor";
  }
  const id = idError(executor.executor_id.value);
  if (id !== undefined) return `Executor uses invalid ID: ${id}`;
  if (executor.framework_id?.value !== frameworkId) {
    return `ExecutorInfo has an invalid FrameworkID (Actual: ${executor.framework_id?.value ?? ''} vs Expected: ${frameworkId})`;
  }
  if (grace !== undefined && grace.nanoseconds < 0n) {
    return "ExecutorInfo's 'shutdown_grace_period' must be non-negative";
  }
  const invalid = resourcesError(resources) ?? togetherError(resources);
  if (invalid !== undefined) return `Executor uses invalid resources: ${invalid}`;
  if (resources.some(({ shared }) => shared !== undefined)) {
    return 'Executor resources must not be shared';
  }
  const commandInvalid = command === undefined ? undefined : commandError(command);
  if (commandInvalid !== undefined) {
    return `Executor's \`CommandInfo\` is invalid: ${commandInvalid}`;
  }
  const containerInvalid = container === undefined ? undefined : containerError(container);
  if (containerInvalid !== undefined) {
    return `Executor's \`ContainerInfo\` is invalid: ${containerInvalid}`;
  }
  return existing === undefined || identity(existing) === identity(executor)
    ? undefined
    : incompatible(existing, executor);
}

const rule = '-'.repeat(60);

function incompatible(existing: ExecutorInfo, executor: ExecutorInfo): string {
  return [
    'ExecutorInfo is not compatible with existing ExecutorInfo with same ExecutorID.',
    rule,
    'Existing ExecutorInfo:',
    messageText('ExecutorInfo', existing),
    rule,
    'ExecutorInfo:',
    messageText('ExecutorInfo', executor),
    `${rule}\n`,
  ].join('\n');
}

/** What must be equal for two descriptions to mean the same executor. */
function identity(executor: ExecutorInfo): string {
  const {
    labels: _labels,
    shutdown_grace_period: _grace,
    command,
    resources,
    ...compared
  } = executor;
  const uris = (command?.uris ?? []).map(({ cache: _cache, ...uri }) => canonical(uri)).sort();
  return canonical({
    ...compared,
    command: { ...command, uris },
    resources: (resources ?? []).map(canonical).sort(),
  });
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, member) => {
    if (typeof member === 'bigint') return String(member);
    if (member instanceof Uint8Array) return Buffer.from(member).toString('base64');
    if (typeof member !== 'object' || member === null || Array.isArray(member)) return member;
    return Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
