import { FiresteelError } from '../errors.js';
import { didYouMean } from '../nearest.js';
import {
  type ConfigKey,
  type ConfigValue,
  configEntries,
  configKeys,
  environmentName,
  environmentPrefix,
} from './entries.js';
import type { Property } from './properties-file.js';
import { maskedValue } from './secrets.js';

/** Values as job code gives them; numbers and booleans are written out. */
export type ConfigInput = Readonly<Record<string, string | number | boolean | undefined>>;

/** Where values come from; of two layers with one key the one named first holds. */
export interface ConfigLayers {
  /** What the job's code passes to `FiresteelContext.create`. */
  readonly code?: ConfigInput;
  /** `--master`, `--name` and `--conf` of `firesteel submit`. */
  readonly commandLine?: Readonly<Record<string, string>>;
  readonly propertiesFile?: { readonly path: string; readonly properties: readonly Property[] };
  /** Variables `FIRESTEEL_CONF_…`; others are ignored. */
  readonly environment?: NodeJS.ProcessEnv;
}

interface Setting {
  readonly text: string;
  /** How messages name the place of the setting. */
  readonly origin: string;
}

const keyByEnvironmentName = new Map(configKeys.map((key) => [environmentName(key), key]));

/**
 * The configuration of one context. Every key and value of every layer is checked when it is
 * made, also those that another layer overrides: a typing error never passes silently.
 */
export class Config {
  readonly #settings: ReadonlyMap<ConfigKey, Setting>;

  private constructor(settings: ReadonlyMap<ConfigKey, Setting>) {
    this.#settings = settings;
  }

  /**
   * @throws FiresteelError UNKNOWN_CONFIG_KEY with the nearest known name, INVALID_CONFIG_VALUE
   * with the form that is expected, or INVALID_MASTER
   */
  static fromLayers(layers: ConfigLayers): Config {
    const settings = new Map<ConfigKey, Setting>();
    // From the weakest layer to the strongest, each one overwriting.
    for (const [name, value] of Object.entries(layers.environment ?? {})) {
      if (!name.startsWith(environmentPrefix) || value === undefined) continue;
      const key = keyByEnvironmentName.get(name);
      if (key === undefined) throw unknownVariable(name);
      set(settings, key, { text: value, origin: `environment variable ${name}` });
    }
    for (const { key, value, line } of layers.propertiesFile?.properties ?? []) {
      const origin = `${layers.propertiesFile?.path}:${line}`;
      set(settings, knownKey(key, origin), { text: value, origin });
    }
    for (const [key, value] of Object.entries(layers.commandLine ?? {})) {
      set(settings, knownKey(key, 'the command line'), { text: value, origin: 'the command line' });
    }
    for (const [key, value] of Object.entries(layers.code ?? {})) {
      if (value === undefined) continue;
      const origin = "the job's code";
      set(settings, knownKey(key, origin), { text: String(value), origin });
    }
    return new Config(settings);
  }

  /** The value of a key, parsed; its default if no layer sets it. */
  get<K extends ConfigKey>(key: K): ConfigValue<K> {
    const { type, defaultText } = configEntries[key];
    const text = this.#settings.get(key)?.text ?? defaultText;
    return (text === undefined ? undefined : type.parse(text)) as ConfigValue<K>;
  }

  /** A key's value as it was written; its default if no layer sets it. */
  text(key: ConfigKey): string | undefined {
    return this.#settings.get(key)?.text ?? configEntries[key].defaultText;
  }

  /** True if a layer sets the key. */
  has(key: ConfigKey): boolean {
    return this.#settings.has(key);
  }
}

/**
 * The settings of a configuration as environment variables, for an executor that needs the same.
 * Secrets are the driver's alone.
 */
export function environmentOf(config: Config): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const key of configKeys) {
    const isShared = config.has(key) && configEntries[key].type.isSecret === undefined;
    const text = isShared ? config.text(key) : undefined;
    if (text !== undefined) variables[environmentName(key)] = text;
  }
  return variables;
}

function set(settings: Map<ConfigKey, Setting>, key: ConfigKey, setting: Setting): void {
  const { type } = configEntries[key];
  if (type.parse(setting.text) === undefined) {
    const value = maskedValue(key, setting.text);
    throw new FiresteelError(
      'INVALID_CONFIG_VALUE',
      `${key} must be ${type.form}, but ${setting.origin} says ${JSON.stringify(value)}.`,
      { data: { key, value, origin: setting.origin } },
    );
  }
  settings.set(key, setting);
}

function knownKey(written: string, origin: string): ConfigKey {
  const key = written.startsWith('spark.') ? written.slice('spark.'.length) : written;
  if (Object.hasOwn(configEntries, key)) return key as ConfigKey;
  throw new FiresteelError(
    'UNKNOWN_CONFIG_KEY',
    `The configuration key ${JSON.stringify(written)} (${origin}) does not exist.${didYouMean(key, configKeys)} All keys: firesteel submit --help.`,
    { data: { key: written, origin } },
  );
}

function unknownVariable(name: string): FiresteelError {
  return new FiresteelError(
    'UNKNOWN_CONFIG_KEY',
    `The environment variable ${name} belongs to no configuration key.${didYouMean(name, keyByEnvironmentName.keys())} All keys: firesteel submit --help.`,
    { data: { key: name, origin: 'environment' } },
  );
}
