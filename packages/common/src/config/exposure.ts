import { FiresteelError } from '../errors.js';
import type { Config } from './config.js';

/** Whether an address or name can be reached from this machine only. */
export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/**
 * Pages that others can reach must ask for a token.
 *
 * @throws FiresteelError INVALID_CONFIG_VALUE
 */
export function assertUiIsGuarded(config: Config): void {
  const host = config.get('ui.host');
  if (isLoopbackHost(host) || config.get('ui.token') !== undefined) return;
  throw new FiresteelError(
    'INVALID_CONFIG_VALUE',
    `ui.host is ${host}, which others can reach: set ui.token, for example by the environment variable FIRESTEEL_CONF_UI_TOKEN, or take 127.0.0.1.`,
    { data: { key: 'ui.host', value: host } },
  );
}
