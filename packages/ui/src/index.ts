/** What is known about applications: web pages, REST interface, metrics, event logs, history. */
export type { ApplicationControl } from './api/application-source.js';
export { EventLogWriter } from './event-log/writer.js';
export { defaultLogDirectory, serveHistory } from './history/history-server.js';
export { serveLiveUi } from './live-ui.js';
export { retentionOf } from './retention.js';
export type { UiServer } from './server/ui-server.js';
export { ApplicationStore } from './store/application-store.js';
