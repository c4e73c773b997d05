import { describe, expect, it } from 'vitest';
import { FiresteelError } from '../errors.js';
import { Config, type ConfigLayers } from './config.js';
import { configEntries, configKeys, environmentName } from './entries.js';
import { parseProperties } from './properties-file.js';
import { resolveConfig, setSubmitDefaults } from './submit-defaults.js';

function errorOf(layers: ConfigLayers): FiresteelError {
  try {
    Config.fromLayers(layers);
  } catch (error) {
    if (FiresteelError.is(error)) return error;
    throw error;
  }
  throw new Error('no error');
}

function file(text: string): NonNullable<ConfigLayers['propertiesFile']> {
  return { path: 'job.properties', properties: parseProperties(text, 'job.properties') };
}

describe('Config', () => {
  it('has defaults', () => {
    const config = Config.fromLayers({});
    expect(config.get('task.maxFailures')).toBe(4);
    expect(config.get('default.parallelism')).toBeUndefined();
    expect(config.get('locality.wait')).toBe(3000);
    expect(config.get('master').kind).toBe('local');
    expect(config.text('master')).toBe('local[*]');
    expect(config.has('master')).toBe(false);
  });

  it('parses every default to a value', () => {
    for (const key of configKeys) {
      const { defaultText, type } = configEntries[key];
      if (defaultText !== undefined) expect(type.parse(defaultText), key).toBeDefined();
    }
  });

  it('prefers code over command line over file over environment', () => {
    const code = { 'task.maxFailures': 5 };
    const commandLine = { 'task.maxFailures': '6' };
    const propertiesFile = file('task.maxFailures=7');
    const environment = { FIRESTEEL_CONF_TASK_MAX_FAILURES: '8' };
    const value = (layers: ConfigLayers) => Config.fromLayers(layers).get('task.maxFailures');
    expect(value({ code, commandLine, propertiesFile, environment })).toBe(5);
    expect(value({ commandLine, propertiesFile, environment })).toBe(6);
    expect(value({ propertiesFile, environment })).toBe(7);
    expect(value({ environment })).toBe(8);
    expect(value({ code: { 'task.maxFailures': undefined }, environment })).toBe(8);
  });

  it('accepts the prefix spark. everywhere', () => {
    expect(
      Config.fromLayers({ code: { 'spark.default.parallelism': 3 } }).get('default.parallelism'),
    ).toBe(3);
    expect(
      Config.fromLayers({ propertiesFile: file('spark.master local[2]') }).get('master'),
    ).toMatchObject({ slots: 2 });
  });

  it('names the nearest key', () => {
    const error = errorOf({ code: { 'task.maxFailure': 1 } });
    expect(error.code).toBe('UNKNOWN_CONFIG_KEY');
    expect(error.message).toContain('"task.maxFailure" (the job\'s code) does not exist');
    expect(error.message).toContain('Did you mean "task.maxFailures"?');
    expect(error.data).toMatchObject({ key: 'task.maxFailure' });
  });

  it('does not take names of Object.prototype for keys', () => {
    expect(errorOf({ code: { toString: 'x' } }).code).toBe('UNKNOWN_CONFIG_KEY');
  });

  it('names the nearest environment variable and ignores foreign ones', () => {
    expect(
      Config.fromLayers({ environment: { PATH: '/bin', FIRESTEEL_TEST_X: '1' } }),
    ).toBeDefined();
    const error = errorOf({ environment: { FIRESTEEL_CONF_APPNAME: 'x' } });
    expect(error.code).toBe('UNKNOWN_CONFIG_KEY');
    expect(error.message).toContain('Did you mean "FIRESTEEL_CONF_APP_NAME"?');
  });

  it('says the expected form and the place of a bad value', () => {
    const error = errorOf({ propertiesFile: file('# a\n\nlocality.wait = soon') });
    expect(error.code).toBe('INVALID_CONFIG_VALUE');
    expect(error.message).toBe(
      'locality.wait must be a duration such as 500ms, 3s or 2min (a bare number is in milliseconds), but job.properties:3 says "soon".',
    );
  });

  it('takes a duration for no longer than timers count, and no interval of nothing', () => {
    const code = { 'dynamicAllocation.executorIdleTimeout': '365d' };
    const config = Config.fromLayers({ code });
    expect(config.get('dynamicAllocation.executorIdleTimeout')).toBe(2 ** 31 - 1);
    const error = errorOf({ code: { 'cleaner.periodicGC.interval': '0' } });
    expect(error.message).toContain('must be a duration of 1ms or more');
  });

  it('checks values that another layer overrides', () => {
    const error = errorOf({
      code: { 'default.parallelism': 2 },
      environment: { FIRESTEEL_CONF_DEFAULT_PARALLELISM: 'many' },
    });
    expect(error.code).toBe('INVALID_CONFIG_VALUE');
  });

  it.each([
    ['default.parallelism', '0'],
    ['default.parallelism', '1.5'],
    ['default.parallelism', '-3'],
    ['default.parallelism', '99999999999'],
    ['rdd.limit.scaleUpFactor', '1'],
    ['executor.memory', '10m'],
    ['executor.memory', 'lots'],
    ['memory.fraction', '0'],
    ['memory.fraction', '1.5'],
    ['memory.storageFraction', 'half'],
    ['local.dir', '/tmp,,/var'],
    ['app.name', ' '],
  ])('refuses %s=%s', (key, value) => {
    expect(errorOf({ code: { [key]: value } }).code).toBe('INVALID_CONFIG_VALUE');
  });

  it('reports a bad master as INVALID_MASTER', () => {
    expect(errorOf({ commandLine: { master: 'locl' } }).code).toBe('INVALID_MASTER');
  });

  it('gives each key an environment variable of its own', () => {
    expect(environmentName('rdd.limit.scaleUpFactor')).toBe(
      'FIRESTEEL_CONF_RDD_LIMIT_SCALE_UP_FACTOR',
    );
    expect(new Set(configKeys.map(environmentName)).size).toBe(configKeys.length);
  });
});

describe('resolveConfig', () => {
  it('takes what submit handed over', () => {
    setSubmitDefaults({ commandLine: { 'app.name': 'from submit' } });
    try {
      expect(resolveConfig({}, {}).get('app.name')).toBe('from submit');
      expect(resolveConfig({ 'app.name': 'from code' }, {}).get('app.name')).toBe('from code');
    } finally {
      setSubmitDefaults({});
    }
    expect(resolveConfig({}, {}).get('app.name')).toBe('firesteel');
  });
});
