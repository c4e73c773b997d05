import { FiresteelError } from '../errors.js';
import type { Config } from './config.js';

/**
 * How many tasks run at the same time on so many cpus, at `task.cpus` each.
 *
 * @throws FiresteelError INVALID_CONFIG_VALUE if there is no room for any
 */
export function taskSlots(config: Config, cores: number): number {
  const cpusPerTask = config.get('task.cpus');
  // In hundredths, which is what the key is in: 0.3 goes ten times into 3.
  const slots = Math.floor(Math.round(cores * 100) / Math.round(cpusPerTask * 100));
  if (slots >= 1) return slots;
  throw new FiresteelError(
    'INVALID_CONFIG_VALUE',
    `task.cpus is ${cpusPerTask}, but an executor has ${cores} cpus, so that no task could ever run. Lower it, or give executors more.`,
    { data: { key: 'task.cpus', value: cpusPerTask, cores } },
  );
}
