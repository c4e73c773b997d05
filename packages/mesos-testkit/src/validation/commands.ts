import type { CheckInfo, CommandInfo, ContainerInfo, HealthCheck } from '@firesteel/mesos-protocol';

/** Why a command is refused by the master; a missing value is noticed at its start only. */
export function commandError({ environment }: CommandInfo): string | undefined {
  for (const { name, type = 'VALUE', value, secret } of environment?.variables ?? []) {
    const refused = (why: string): string => `Environment variable '${name}' ${why}`;
    if (type === 'UNKNOWN') return "Environment variable of type 'UNKNOWN' is not allowed";
    if (type === 'VALUE' && value === undefined)
      return refused("of type 'VALUE' must have a value set");
    if (type === 'VALUE' && secret !== undefined) {
      return refused("of type 'VALUE' must not have a secret set");
    }
    if (type === 'SECRET' && secret === undefined) {
      return refused("of type 'SECRET' must have a secret set");
    }
    if (type === 'SECRET' && value !== undefined) {
      return refused("of type 'SECRET' must not have a value set");
    }
  }
  return undefined;
}

export function containerError({ type, docker, volumes = [] }: ContainerInfo): string | undefined {
  for (const volume of volumes) {
    const sources = [volume.host_path, volume.image, volume.source].filter((s) => s !== undefined);
    if (sources.length !== 1) {
      return "Exactly one of 'host_path', 'image' or 'source' must be set for volume";
    }
  }
  if (type !== 'DOCKER') return undefined;
  if (docker === undefined) return "DockerInfo 'docker' is not set for DOCKER typed ContainerInfo";
  return docker.parameters?.some(({ key }) => key === 'name')
    ? "Parameter in DockerInfo must not be 'name'"
    : undefined;
}

export function healthCheckError(check: HealthCheck): string | undefined {
  return (
    memberError(check) ??
    timesError(check, [
      'delay_seconds',
      'grace_period_seconds',
      'interval_seconds',
      'timeout_seconds',
    ]) ??
    httpError(check)
  );
}

export function checkError(check: CheckInfo): string | undefined {
  return (
    memberError(check) ??
    timesError(check, ['delay_seconds', 'interval_seconds', 'timeout_seconds']) ??
    httpError(check)
  );
}

function memberError(check: HealthCheck | CheckInfo): string | undefined {
  const { type } = check;
  if (type === undefined || type === 'UNKNOWN')
    return `'${type ?? 'UNKNOWN'}' is not a valid check type`;
  const member = type.toLowerCase() as 'command' | 'http' | 'tcp';
  if (check[member] === undefined) return `Expecting '${member}' to be set for ${type} check`;
  if (type !== 'COMMAND' || check.command === undefined) return undefined;
  const command = 'command' in check.command ? check.command.command : check.command;
  return command.value === undefined
    ? 'Command check must contain a command value'
    : commandError(command);
}

function timesError<T>(check: T, names: readonly (keyof T & string)[]): string | undefined {
  const negative = names.find((name) => Number(check[name] ?? 0) < 0);
  return negative === undefined ? undefined : `Expecting '${negative}' to be non-negative`;
}

function httpError({
  http,
}: {
  readonly http?: { path?: string; scheme?: string };
}): string | undefined {
  if (http?.path !== undefined && !http.path.startsWith('/')) {
    return `The path '${http.path}' of HTTP check must start with '/'`;
  }
  const { scheme } = http ?? {};
  return scheme !== undefined && scheme !== 'http' && scheme !== 'https'
    ? `Unsupported HTTP check scheme: '${scheme}'`
    : undefined;
}
