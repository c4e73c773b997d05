import type { Config } from '@firesteel/common';
import type { ApplicationControl, ApplicationSource } from './api/application-source.js';
import { applicationView } from './api/application-view.js';
import { Metrics } from './server/metrics.js';
import { UiServer } from './server/ui-server.js';
import type { ApplicationStore } from './store/application-store.js';

/**
 * Serves what is known about the application of this process.
 *
 * @throws FiresteelError PORT_NOT_AVAILABLE
 */
export function serveLiveUi(options: {
  readonly config: Config;
  readonly store: ApplicationStore;
  readonly control: ApplicationControl;
  readonly version: string;
}): Promise<UiServer> {
  const { config, store, control, version } = options;
  const served = { store, state: 'running' as const };
  const source: ApplicationSource = {
    isLive: true,
    list: async () => [applicationView(served)].filter((view) => view !== undefined),
    open: async (appId) => (appId === store.application?.appId ? served : undefined),
  };
  return UiServer.listen({
    source,
    ...(config.get('ui.killEnabled') && { control }),
    metrics: new Metrics(store),
    host: config.get('ui.host'),
    port: config.get('ui.port'),
    token: config.get('ui.token'),
    version,
    keepsProcess: false,
  });
}
