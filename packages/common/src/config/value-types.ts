import { type Master, masterForms, parseMaster } from './master.js';
import { parseDurationMs, parseSizeBytes } from './units.js';

/** How values of one type are written and read. */
export interface ConfigType<T> {
  /** Completes "must be …" in messages and stands in the documentation. */
  readonly form: string;
  /** Undefined if the text does not have the form; may throw its own FiresteelError. */
  parse(text: string): T | undefined;
  /** For a value that must not leave the driver. */
  readonly isSecret?: true;
}

/** One configuration key: its type, its default and what it does. */
export interface ConfigEntry<T> {
  readonly type: ConfigType<T>;
  /** As it would be written; undefined if the engine derives the value. */
  readonly defaultText: string | undefined;
  readonly doc: string;
}

export type Optional<T> = ConfigEntry<T> & { readonly defaultText: undefined };
export type WithDefault<T> = ConfigEntry<T> & { readonly defaultText: string };

export const text: ConfigType<string> = {
  form: 'a text that is not empty',
  parse: (value) => (value.trim() === '' ? undefined : value),
};

export const master: ConfigType<Master> = {
  form: masterForms,
  parse: parseMaster,
};

export const positiveInteger: ConfigType<number> = {
  form: 'a whole number of 1 or more',
  parse: (value) => wholeNumber(value, 1),
};

export const count: ConfigType<number> = {
  form: 'a whole number of 0 or more',
  parse: (value) => wholeNumber(value, 0),
};

export const port: ConfigType<number> = {
  form: 'a port; 0 is any free port',
  parse: (value) => {
    const number = wholeNumber(value, 0);
    return number === undefined || number > 65_535 ? undefined : number;
  },
};

export const token: ConfigType<string> = {
  form: 'a text of at least 16 characters',
  parse: (value) => (value.length < 16 ? undefined : value),
  isSecret: true,
};

export const cpus: ConfigType<number> = {
  form: 'a number of 0.01 or more, in hundredths, such as 0.5',
  parse: (value) => {
    const number = /^\s*\d*(\.\d{1,2})?0*\s*$/.test(value) ? Number(value) : Number.NaN;
    return number >= 0.01 ? number : undefined;
  },
};

export const portRange: ConfigType<{ readonly from: number; readonly to: number }> = {
  form: 'a port, or a range of ports such as 7000-7020; 0 is any free port',
  parse: (value) => {
    const match = /^\s*(\d{1,5})(?:\s*-\s*(\d{1,5}))?\s*$/.exec(value);
    const from = Number(match?.[1]);
    const to = Number(match?.[2] ?? match?.[1]);
    return from <= to && to <= 65_535 ? { from, to } : undefined;
  },
};

export const messageBytes: ConfigType<number> = {
  form: 'a size from 1m to 1g, such as 128m (a bare number is in bytes)',
  parse: (value) => {
    const bytes = parseSizeBytes(value);
    return bytes === undefined || bytes < 1024 ** 2 || bytes > 1024 ** 3 ? undefined : bytes;
  },
};

export const atLeastOne: ConfigType<number> = {
  form: 'a number of 1 or more',
  parse: (value) => fraction(value, (x) => x >= 1),
};

export const factor: ConfigType<number> = {
  form: 'a whole number of 2 or more',
  parse: (value) => wholeNumber(value, 2),
};

/** Node's timers count in 31 bits: one of more milliseconds would end at once. */
const longestTimerMs = 2 ** 31 - 1;

export const durationMs: ConfigType<number> = {
  form: 'a duration such as 500ms, 3s or 2min (a bare number is in milliseconds)',
  parse: (value) => {
    const ms = parseDurationMs(value);
    return ms && Math.min(ms, longestTimerMs);
  },
};

export const intervalMs: ConfigType<number> = {
  form: 'a duration of 1ms or more, such as 500ms, 3s or 2min (a bare number is in milliseconds)',
  parse: (value) => durationMs.parse(value) || undefined,
};

export const sizeBytes: ConfigType<number> = {
  form: 'a size such as 512k or 48m (a bare number is in bytes)',
  parse: parseSizeBytes,
};

export const heapBytes: ConfigType<number> = {
  form: 'a size of at least 64m, such as 512m or 4g (a bare number is in bytes)',
  parse: (value) => {
    const bytes = parseSizeBytes(value);
    return bytes === undefined || bytes < 64 * 1024 ** 2 ? undefined : bytes;
  },
};

export const share: ConfigType<number> = {
  form: 'a number from 0 to 1',
  parse: (value) => fraction(value, (x) => x >= 0 && x <= 1),
};

export const positiveShare: ConfigType<number> = {
  form: 'a number above 0, up to 1',
  parse: (value) => fraction(value, (x) => x > 0 && x <= 1),
};

export const paths: ConfigType<readonly string[]> = {
  form: 'one or more paths, separated by commas',
  parse: (value) => {
    const paths = value.split(',').map((path) => path.trim());
    return paths.includes('') ? undefined : paths;
  },
};

export const boolean: ConfigType<boolean> = {
  form: 'true or false',
  parse: (value) => {
    const word = value.trim().toLowerCase();
    return word === 'true' ? true : word === 'false' ? false : undefined;
  },
};

/** Spark counts these in MiB, not in bytes. */
export const mebibytes: ConfigType<number> = {
  form: 'a size such as 512m or 4g (a bare number is in MiB)',
  parse: (value) => {
    const bytes = parseSizeBytes(/^\s*\d+\s*$/.test(value) ? `${value.trim()}m` : value);
    return bytes === undefined ? undefined : Math.ceil(bytes / 1024 ** 2);
  },
};

export const secret: ConfigType<string> = { ...text, isSecret: true };

export const containerizer: ConfigType<'docker' | 'mesos'> = {
  form: 'docker or mesos',
  parse: (value) => {
    const name = value.trim().toLowerCase();
    return name === 'docker' || name === 'mesos' ? name : undefined;
  },
};

export const placement: ConfigType<
  'spread' | 'binpack' | 'random' | { readonly spreadBy: string }
> = {
  form: 'spread, binpack, random or spread:attribute',
  parse: (value) => {
    const [, spreadBy] = /^spread:(\S+)$/.exec(value.trim()) ?? [];
    if (spreadBy !== undefined) return { spreadBy };
    const name = value.trim();
    return name === 'spread' || name === 'binpack' || name === 'random' ? name : undefined;
  },
};

export const blockCompression: ConfigType<'none' | 'lz4' | 'zstd'> = {
  form: 'lz4, zstd or none',
  parse: (value) => {
    const name = value.trim().toLowerCase();
    return name === 'lz4' || name === 'zstd' || name === 'none' ? name : undefined;
  },
};

export const schedulingMode: ConfigType<'FIFO' | 'FAIR'> = {
  form: 'FIFO or FAIR',
  parse: (value) => {
    const mode = value.trim().toUpperCase();
    return mode === 'FIFO' || mode === 'FAIR' ? mode : undefined;
  },
};

function fraction(value: string, fits: (x: number) => boolean): number | undefined {
  const number = /^(\d+\.?\d*|\.\d+)$/.test(value.trim()) ? Number(value) : Number.NaN;
  return fits(number) ? number : undefined;
}

function wholeNumber(value: string, min: number): number | undefined {
  const number = /^\d+$/.test(value.trim()) ? Number(value) : Number.NaN;
  return number >= min && number <= 2 ** 31 - 1 ? number : undefined;
}

export function withDefault<T>(
  type: ConfigType<T>,
  defaultText: string,
  doc: string,
): WithDefault<T> {
  return { type, defaultText, doc };
}

export function optional<T>(type: ConfigType<T>, doc: string): Optional<T> {
  return { type, defaultText: undefined, doc };
}
