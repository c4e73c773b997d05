// Argument: tasks. What those who follow a job cost for each of its tasks: the events of a job of so
// many tasks that count no rows, fed to the store behind the pages and to the event log, each alone.
import { Config } from '@firesteel/common';
import { ApplicationStore, EventLogWriter, retentionOf } from '@firesteel/ui';
import { FiresteelContext } from 'firesteel';
import { cachePath } from '../../lib/paths.mjs';
import { steady } from '../../lib/steady.mjs';

const tasks = Number(process.argv[2] ?? 20_000);
/** @type {Parameters<Parameters<FiresteelContext['events']['onAny']>[0]>[0][]} */
const events = [];
const sc = await FiresteelContext.create({ master: 'local[2]', conf: { 'ui.enabled': false } });
sc.events.onAny((event) => events.push(event));
const rows = await sc.parallelize([], tasks).count();
await sc.stop();

const retention = retentionOf(Config.fromLayers({}));
const store = await steady(() => {
  const application = new ApplicationStore(retention);
  for (const event of events) application.apply(event);
});
let logs = 0;
const log = await steady(() => {
  const writer = new EventLogWriter(cachePath('event-logs'), `listeners-${process.pid}-${logs++}`);
  for (const event of events) writer.write(event);
  writer.close();
});
const microseconds = (/** @type {number} */ ms) => (ms * 1000) / tasks;
const metrics = {
  storeMicrosecondsPerTask: microseconds(store.cpuMs),
  logMicrosecondsPerTask: microseconds(log.cpuMs),
};
console.log(JSON.stringify({ rows, metrics }));
