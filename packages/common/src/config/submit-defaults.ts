import { Config, type ConfigInput, type ConfigLayers } from './config.js';

/** What `firesteel submit` hands over to the contexts that the job creates in its process. */
export type SubmitDefaults = Pick<ConfigLayers, 'commandLine' | 'propertiesFile'>;

let defaults: SubmitDefaults = {};

/** Called by `firesteel submit` before it starts the job. */
export function setSubmitDefaults(given: SubmitDefaults): void {
  defaults = given;
}

/**
 * The configuration of a new context: code over command line over properties file over
 * environment over default.
 * @throws FiresteelError as `Config.fromLayers`
 */
export function resolveConfig(code: ConfigInput, environment = process.env): Config {
  return Config.fromLayers({ ...defaults, code, environment });
}
