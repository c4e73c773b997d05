import { Config, FiresteelError, readPropertiesFile, setSubmitDefaults } from '@firesteel/common';
import type { Command } from 'commander';

/** The options of a command that configure contexts. */
export interface ContextSettings {
  readonly master: string | undefined;
  readonly name: string | undefined;
  /** `key=value` pairs, in order. */
  readonly conf: readonly string[];
  readonly propertiesFile: string | undefined;
}

/** Adds the options that configure contexts to a command. */
export function withContextOptions(command: Command, defaultName: string): Command {
  return command
    .option('--master <master>', "where tasks run, such as 'local[4]' (default: 'local[*]')")
    .option('--name <name>', `name of the application (default: ${defaultName})`)
    .option('--conf <key=value>', 'a configuration key; may be repeated', collect)
    .option('--properties-file <file>', 'a file of lines key=value');
}

/** What these options were given. */
export function contextSettings(options: ReturnType<Command['opts']>): ContextSettings {
  const { master, name, conf = [], propertiesFile } = options;
  return { master, name, conf, propertiesFile };
}

/** For an option that may be repeated. */
export function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

/**
 * Leaves the configuration for the contexts of this process, after checking all of it.
 *
 * @param defaultName of the application, unless something else names it
 */
export function handOverConfiguration(settings: ContextSettings, defaultName: string): void {
  const commandLine: Record<string, string> = {};
  for (const pair of settings.conf) {
    const equals = pair.indexOf('=');
    if (equals < 1) {
      throw new FiresteelError(
        'INVALID_CONFIG_VALUE',
        `--conf needs key=value, but it is ${JSON.stringify(pair)}. Example: --conf default.parallelism=8`,
        { data: { conf: pair } },
      );
    }
    commandLine[pair.slice(0, equals).trim()] = pair.slice(equals + 1);
  }
  if (settings.master !== undefined) commandLine.master = settings.master;
  if (settings.name !== undefined) commandLine['app.name'] = settings.name;
  const path = settings.propertiesFile;
  const layers = {
    commandLine,
    ...(path === undefined
      ? {}
      : { propertiesFile: { path, properties: readPropertiesFile(path) } }),
  };
  const config = Config.fromLayers({ ...layers, environment: process.env });
  if (!config.has('app.name')) commandLine['app.name'] = defaultName;
  setSubmitDefaults(layers);
}
