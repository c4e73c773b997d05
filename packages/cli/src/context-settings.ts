import { Config, FiresteelError, readPropertiesFile, setSubmitDefaults } from '@firesteel/common';
import type { Command } from 'commander';
import { type LogOptions, logOptions, startLogging } from './logging.js';
import type { ProgressOptions } from './terminal-progress.js';

/** The options of a command that configure contexts. */
export interface ContextSettings extends ProgressOptions {
  readonly master: string | undefined;
  readonly name: string | undefined;
  /** `key=value` pairs, in order. */
  readonly conf: readonly string[];
  readonly propertiesFile: string | undefined;
  /** Of files that every task finds. */
  readonly files: readonly string[];
  /** Absent if nothing was asked for: warnings are then printed by Node. */
  readonly log?: LogOptions;
}

/** Adds the options that configure contexts, and what is told about them, to a command. */
export function withContextOptions(command: Command, defaultName: string): Command {
  command
    .option('--master <master>', "where tasks run, such as 'local[4]' (default: 'local[*]')")
    .option('--name <name>', `name of the application (default: ${defaultName})`);
  return withConfigOptions(command)
    .option('--files <paths>', 'files for tasks, separated by commas; may be repeated', collect)
    .option('--progress', 'show progress also where stderr is no terminal, and in CI')
    .option('--verbose', 'log stages, as --log-level info does')
    .option('--log-level <level>', 'what to log: off, warn, info or debug')
    .option('--log-format <format>', 'pretty or json, one object a line');
}

/** Adds the options that set configuration keys to a command. */
export function withConfigOptions(command: Command): Command {
  return command
    .option('--conf <key=value>', 'a configuration key; may be repeated', collect)
    .option('--properties-file <file>', 'a file of lines key=value');
}

/** What these options were given. */
export function contextSettings(options: ReturnType<Command['opts']>): ContextSettings {
  const { master, name, conf = [], propertiesFile, files = [] } = options;
  const log = options as Parameters<typeof logOptions>[0];
  return {
    master,
    name,
    conf,
    propertiesFile,
    files,
    quiet: options.quiet === true,
    progress: options.progress === true,
    ...(log.verbose || log.logLevel || log.logFormat ? { log: logOptions(log) } : {}),
  };
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
  if (settings.log !== undefined) startLogging(settings.log);
  const layers = configLayers(settings.conf, settings.propertiesFile);
  const { commandLine } = layers;
  if (settings.master !== undefined) commandLine.master = settings.master;
  if (settings.files.length > 0) commandLine.files = settings.files.join(',');
  if (settings.name !== undefined) commandLine['app.name'] = settings.name;
  const config = Config.fromLayers({ ...layers, environment: process.env });
  if (!config.has('app.name')) commandLine['app.name'] = defaultName;
  setSubmitDefaults(layers);
}

/**
 * The configuration of a command that starts no context, with the options of `withConfigOptions`.
 *
 * @throws FiresteelError for keys and values as `Config.fromLayers` does
 */
export function serviceConfig(options: ReturnType<Command['opts']>): Config {
  const layers = configLayers(options.conf ?? [], options.propertiesFile);
  return Config.fromLayers({ ...layers, environment: process.env });
}

/**
 * What `--conf` and `--properties-file` were given.
 *
 * @throws FiresteelError INVALID_CONFIG_VALUE for anything but `key=value`
 */
function configLayers(conf: readonly string[], path: string | undefined) {
  return {
    commandLine: keyValuePairs(conf),
    ...(path !== undefined && { propertiesFile: { path, properties: readPropertiesFile(path) } }),
  };
}

function keyValuePairs(conf: readonly string[]): Record<string, string> {
  const pairs: Record<string, string> = {};
  for (const pair of conf) {
    const equals = pair.indexOf('=');
    if (equals < 1) {
      throw new FiresteelError(
        'INVALID_CONFIG_VALUE',
        `--conf needs key=value, but it is ${JSON.stringify(pair)}. Example: --conf default.parallelism=8`,
        { data: { conf: pair } },
      );
    }
    pairs[pair.slice(0, equals).trim()] = pair.slice(equals + 1);
  }
  return pairs;
}
