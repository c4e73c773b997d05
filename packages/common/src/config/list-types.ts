import type { ConfigType } from './value-types.js';

const maxPort = 65_535;

/** A directory of the host, or of the sandbox, that a container sees. */
export interface VolumeMount {
  /** Undefined for a directory of the container alone. */
  readonly hostPath: string | undefined;
  readonly containerPath: string;
  readonly isReadOnly: boolean;
}

/** A port of the host that leads to one of a container. */
export interface PortMap {
  /** 0 for any that is free. */
  readonly hostPort: number;
  readonly containerPort: number;
  readonly protocol: 'tcp' | 'udp';
}

export type Pairs = readonly (readonly [name: string, value: string])[];

export const textList: ConfigType<readonly string[]> = {
  form: 'one or more texts, separated by commas; \\, is a comma inside a text',
  parse: (value) => listOf(value, (part) => (part === '' ? undefined : part)),
};

export const secretList: ConfigType<readonly string[]> = { ...textList, isSecret: true };

export const labels: ConfigType<Pairs> = {
  form: 'name:value pairs, separated by commas; \\, and \\: stand for themselves',
  parse: (value) => pairsOf(value, ':'),
};

export const assignments: ConfigType<Pairs> = {
  form: 'name=value pairs, separated by commas; \\, is a comma inside a value',
  parse: (value) => pairsOf(value, '='),
};

export const volumes: ConfigType<readonly VolumeMount[]> = {
  form: '[host path:]container path[:ro or :rw], separated by commas',
  parse: (value) => listOf(value, volumeOf),
};

export const portMaps: ConfigType<readonly PortMap[]> = {
  form: 'host port:container port[:tcp or :udp], separated by commas',
  parse: (value) => listOf(value, portMapOf),
};

/** Undefined if one part has not the form. */
function listOf<T>(value: string, partOf: (part: string) => T | undefined): T[] | undefined {
  const parts = splitAt(value, ',').map((part) => partOf(part.replaceAll('\\,', ',').trim()));
  return parts.some((part) => part === undefined) ? undefined : (parts as T[]);
}

function pairsOf(value: string, separator: ':' | '='): Pairs | undefined {
  return listOf(value, (part) => {
    const [name = '', ...rest] = separator === ':' ? splitAt(part, ':') : splitOnce(part, '=');
    if (name.trim() === '' || rest.length !== 1) return undefined;
    return [name, rest[0] as string].map((text) =>
      text.replaceAll(`\\${separator}`, separator).trim(),
    ) as [string, string];
  });
}

function volumeOf(part: string): VolumeMount | undefined {
  const pieces = part.split(':');
  const last = pieces.at(-1);
  const mode = last === 'ro' || last === 'rw' ? pieces.pop() : 'rw';
  if (pieces.length < 1 || pieces.length > 2 || pieces.includes('')) return undefined;
  const containerPath = pieces.pop() as string;
  return { hostPath: pieces[0], containerPath, isReadOnly: mode === 'ro' };
}

function portMapOf(part: string): PortMap | undefined {
  const [, host, container, protocol = 'tcp'] = /^(\d+):(\d+)(?::(tcp|udp))?$/.exec(part) ?? [];
  const [hostPort, containerPort] = [Number(host), Number(container)];
  if (!(hostPort <= maxPort && containerPort > 0 && containerPort <= maxPort)) return undefined;
  return { hostPort, containerPort, protocol: protocol as PortMap['protocol'] };
}

/** Cuts at separators without a backslash before them. */
function splitAt(value: string, separator: string): string[] {
  return value.split(new RegExp(`(?<!\\\\)${separator}`));
}

function splitOnce(value: string, separator: string): string[] {
  const at = value.indexOf(separator);
  return at < 0 ? [value] : [value.slice(0, at), value.slice(at + 1)];
}
