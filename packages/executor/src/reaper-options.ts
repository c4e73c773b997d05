import type { Config } from '@firesteel/common';

/** How long a killed task may take to stop, as the configuration says. */
export function reaperOptions(config: Config): { reapAfterMs?: number } {
  const isEnabled = config.get('task.reaper.enabled');
  return isEnabled ? { reapAfterMs: config.get('task.reaper.killTimeout') } : {};
}
