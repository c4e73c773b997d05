import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { type Config, configKeys, maskedValue } from '@firesteel/common';
import { type ApplicationStart, systemClock } from '@firesteel/scheduler';

const { version } = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
) as { version: string };

/** A new application, with what may be known about the driver and its configuration. */
export function describeApplication(config: Config): ApplicationStart {
  const { node = '', v8 = '' } = process.versions;
  const time = systemClock.now();
  const kind = config.get('master').kind === 'local' ? 'local' : 'app';
  return {
    kind: 'applicationStart',
    time,
    appId: `${kind}-${Math.floor(time)}-${randomBytes(3).toString('hex')}`,
    appName: config.get('app.name'),
    master: maskedValue('master', config.text('master') ?? ''),
    version,
    runtime: {
      Node: node,
      V8: v8,
      Platform: `${process.platform} ${process.arch}`,
      Processors: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`,
      Memory: `${(totalmem() / 1024 ** 3).toFixed(1)} GiB`,
      'Process id': `${process.pid}`,
      'Working directory': process.cwd(),
    },
    configuration: configKeys.flatMap((key) => {
      const value = config.text(key);
      if (value === undefined) return [];
      return { key, value: maskedValue(key, value), isDefault: !config.has(key) };
    }),
  };
}
