import type { Registry } from 'prom-client';
import type { ApplicationStore } from '../store/application-store.js';
import { type MetricName, metricNames } from '../store/task-metrics.js';

/** Seconds and bytes are what Prometheus counts in. */
const taskCounters: Readonly<Record<MetricName, readonly [name: string, help: string]>> = {
  runTimeMs: ['task_run_seconds', 'Time that successful tasks have run'],
  gcTimeMs: ['task_gc_seconds', 'Time that threads collected garbage during tasks'],
  fetchWaitMs: ['task_fetch_wait_seconds', 'Time that tasks waited for blocks of others'],
  rowsRead: ['rows_read', 'Rows read from sources'],
  bytesRead: ['bytes_read', 'Bytes read from sources'],
  shuffleRowsRead: ['shuffle_rows_read', 'Rows read from shuffles'],
  shuffleBytesRead: ['shuffle_bytes_read', 'Bytes read from shuffles'],
  shuffleBlockBytesRead: [
    'shuffle_block_bytes_read',
    'Bytes read from shuffles, before compression',
  ],
  shuffleRowsWritten: ['shuffle_rows_written', 'Rows written to shuffles'],
  shuffleBytesWritten: ['shuffle_bytes_written', 'Bytes written to shuffles'],
  rowsWritten: ['rows_written', 'Rows written to outputs'],
  bytesWritten: ['bytes_written', 'Bytes written to outputs'],
  memoryBytesSpilled: ['memory_bytes_spilled', 'Bytes in memory that were written to disk'],
  diskBytesSpilled: ['disk_bytes_spilled', 'Bytes on disk that made room in memory'],
  peakExecutionBytes: ['peak_execution_bytes', 'The most memory that one task has held'],
};

/** The metrics of an application, and of the process that serves them, as Prometheus reads them. */
export class Metrics {
  readonly #store: ApplicationStore;
  #registry: Promise<Registry> | undefined;

  constructor(store: ApplicationStore) {
    this.#store = store;
  }

  async text(): Promise<{ readonly content: string; readonly type: string }> {
    this.#registry ??= this.#register();
    const registry = await this.#registry;
    return { content: await registry.metrics(), type: registry.contentType };
  }

  /** Loaded by the first who asks, because most applications are never asked. */
  async #register(): Promise<Registry> {
    const { default: client } = await import('prom-client');
    const { Counter, Gauge, Registry } = client;
    const registry = new Registry();
    const store = this.#store;
    const { appId = '', appName = '' } = store.application ?? {};
    registry.setDefaultLabels({ app_id: appId, app_name: appName });
    client.collectDefaultMetrics({ register: registry });

    const counter = (name: string, help: string, read: () => number) =>
      new Counter({
        name: `firesteel_${name}_total`,
        help,
        registers: [registry],
        collect() {
          this.reset();
          this.inc(read());
        },
      });
    const gauge = (name: string, help: string, read: () => number) =>
      new Gauge({
        name: `firesteel_${name}`,
        help,
        registers: [registry],
        collect() {
          this.set(read());
        },
      });
    const { counts } = store;
    counter('jobs_succeeded', 'Jobs that succeeded', () => counts.jobsSucceeded);
    counter('jobs_failed', 'Jobs that failed or were cancelled', () => counts.jobsFailed);
    counter('stages_completed', 'Stage attempts that completed', () => counts.stagesCompleted);
    counter('stages_failed', 'Stage attempts that failed', () => counts.stagesFailed);
    counter('tasks_succeeded', 'Task attempts that succeeded', () => counts.tasksSucceeded);
    counter('tasks_failed', 'Task attempts that failed', () => counts.tasksFailed);
    counter('tasks_killed', 'Task attempts that were killed', () => counts.tasksKilled);
    gauge('jobs_active', 'Jobs that run', () => open(store.jobs.values(), ({ end }) => end));
    gauge('stages_active', 'Stages that run', () =>
      open(store.stages.values(), ({ completed }) => completed),
    );
    gauge('tasks_active', 'Tasks that run', () =>
      live(store).reduce((sum, { active }) => sum + active, 0),
    );
    gauge('executors', 'Executors that live', () => live(store).length);
    gauge('cores', 'Cores of executors that live', () =>
      live(store).reduce((sum, { added }) => sum + added.cores, 0),
    );
    for (const place of ['memory', 'disk'] as const)
      gauge(`cached_${place}_bytes`, `Cached partitions, in bytes of ${place}`, () =>
        cachedBytes(store, `${place}Bytes`),
      );
    for (const metric of metricNames) {
      const [name, help] = taskCounters[metric];
      const read = () => store.totals.get(metric) / (metric.endsWith('Ms') ? 1000 : 1);
      if (metric === 'peakExecutionBytes') gauge(name, help, read);
      else counter(name, help, read);
    }
    return registry;
  }
}

function open<T>(entries: Iterable<T>, end: (entry: T) => unknown): number {
  let count = 0;
  for (const entry of entries) if (end(entry) === undefined) count++;
  return count;
}

function live({ executors }: ApplicationStore) {
  return [...executors.values()].filter(({ removed }) => removed === undefined);
}

function cachedBytes(store: ApplicationStore, place: 'memoryBytes' | 'diskBytes'): number {
  let bytes = 0;
  for (const { partitions } of store.cachedRdds.all)
    for (const copies of partitions.values())
      for (const copy of copies.values()) bytes += copy[place];
  return bytes;
}
