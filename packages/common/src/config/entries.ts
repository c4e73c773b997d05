import { allocationEntries } from './allocation-entries.js';
import { faultEntries } from './fault-entries.js';
import { assignments } from './list-types.js';
import { mesosEntries } from './mesos-entries.js';
import { monitoringEntries } from './monitoring-entries.js';
import {
  blockCompression,
  boolean,
  count,
  cpus,
  durationMs,
  factor,
  heapBytes,
  intervalMs,
  master,
  mebibytes,
  messageBytes,
  type Optional,
  optional,
  paths,
  port,
  portRange,
  positiveInteger,
  positiveShare,
  schedulingMode,
  share,
  sizeBytes,
  text,
  type WithDefault,
  withDefault,
} from './value-types.js';

/** Every configuration key. Names are Spark's without the prefix `spark.`. */
export const configEntries = {
  master: withDefault(
    master,
    'local[*]',
    'Where tasks run. local: one thread; local[N]: N threads; local[*]: one per logical processor; with F, a task may fail F times. local-cluster: executor processes on this host, each with that many cores and MiB of memory. mesos: executors on an Apache Mesos cluster, whose masters are given or found by ZooKeeper.',
  ),
  'app.name': withDefault(
    text,
    'firesteel',
    'The name of the application in messages and progress. `firesteel submit` takes the name of the job file.',
  ),
  'default.parallelism': optional(
    positiveInteger,
    'Partitions of parallelize, range and shuffles that are not told how many. Without it, the number of slots.',
  ),
  'task.maxFailures': withDefault(
    positiveInteger,
    '4',
    'How often one task may fail before its job fails. The local masters ignore it: they allow 1 failure, or the F of local[N,F].',
  ),
  'task.maxDirectResultSize': withDefault(
    sizeBytes,
    '1m',
    'Up to which size the result of a task comes with the message that the task has ended. The driver reads a larger one as a block.',
  ),
  'driver.maxResultSize': withDefault(
    sizeBytes,
    '1g',
    'How large the results of one job may be together, encoded; 0 for any size.',
  ),
  'stage.maxConsecutiveAttempts': withDefault(
    positiveInteger,
    '4',
    'How often in a row a stage may lose its input and start again before its job fails.',
  ),
  'scheduler.mode': withDefault(
    schedulingMode,
    'FIFO',
    'How jobs of one context share the slots: FIFO, the oldest job first; FAIR, shares for the pools that jobs choose.',
  ),
  'scheduler.allocation.file': optional(
    text,
    'A JSON file that describes pools for the mode FAIR: {"pools": {"reports": {"schedulingMode": "FAIR", "weight": 2, "minShare": 3}}}, in which each field may be left out.',
  ),
  'task.cpus': withDefault(
    cpus,
    '1',
    'The cpus that a task takes: local[N] and executors run as many tasks at the same time as fit their cores. With mesos.coarse=false: the cpus of the Mesos task that each task is.',
  ),
  'locality.wait': withDefault(
    durationMs,
    '3s',
    'How long a task waits, while slots idle, for one where its cached partition is before it runs in another process on the same host; and as long again before it runs on another host.',
  ),
  'locality.wait.process': optional(
    durationMs,
    'The first of these waits. Without it, locality.wait.',
  ),
  'locality.wait.node': optional(durationMs, 'The second one. Without it, locality.wait.'),
  'scheduler.barrier.maxConcurrentTasksCheck.interval': withDefault(
    intervalMs,
    '15s',
    'With maxFailures: how long a barrier stage waits for as many slots as it has tasks. The local masters fail at once.',
  ),
  'scheduler.barrier.maxConcurrentTasksCheck.maxFailures': withDefault(
    positiveInteger,
    '40',
    'After how many intervals a barrier stage without enough slots fails.',
  ),
  'rdd.limit.initialNumPartitions': withDefault(
    positiveInteger,
    '1',
    'How many partitions take() reads first.',
  ),
  'rdd.limit.scaleUpFactor': withDefault(
    factor,
    '4',
    'By which factor take() grows the number of partitions that it reads, until it has enough rows.',
  ),
  'executor.memory': optional(
    heapBytes,
    'The memory of an executor process, over all of its threads; with a local master, of the process of the driver. The heap of each thread is limited to its part of it, at least 64 MiB. Without it, on Mesos 1g; else half of the memory of the machine, and the heap limit that Node chooses.',
  ),
  'executor.memoryOverhead': optional(
    mebibytes,
    'What an executor needs besides executor.memory. Without it, the larger of the next two. Mesos masters only, like all keys down to executorEnv.',
  ),
  'executor.memoryOverheadFactor': withDefault(
    positiveShare,
    '0.1',
    'The part of executor.memory that an executor needs besides.',
  ),
  'executor.minMemoryOverhead': withDefault(
    mebibytes,
    '384m',
    'The least that an executor needs besides executor.memory.',
  ),
  'executor.cores': optional(
    positiveInteger,
    'The cpus of an executor, each for one task at a time. Without it, an executor takes all cpus that its agent offers.',
  ),
  'executor.instances': optional(
    positiveInteger,
    'Executors at most. Without it, as many as fit into cores.max.',
  ),
  'cores.max': optional(
    positiveInteger,
    'Cpus of all executors at most. Without it, all that the cluster offers.',
  ),
  'executor.uri': optional(
    text,
    'An archive made by firesteel pack, which is fetched and unpacked for each executor: a path of the agents, or http, https, ftp, hdfs.',
  ),
  'executor.bindAddress': optional(
    text,
    'The address that executors listen on for one another. Without it, 127.0.0.1 if driver.bindAddress is on the loopback interface, else 0.0.0.0.',
  ),
  executorEnv: optional(assignments, 'Environment variables of executors.'),
  'memory.fraction': withDefault(
    positiveShare,
    '0.6',
    'The part of executor.memory, less memory.reserved, that cached blocks and the tables of tasks may use together; the rest is for what user functions hold.',
  ),
  'memory.storageFraction': withDefault(
    share,
    '0.5',
    'The part of that memory which tasks leave to cached blocks; above it, they push cached blocks out.',
  ),
  'memory.reserved': optional(
    sizeBytes,
    'What Node and the engine take of executor.memory, which must be half as much again at least. Without it, 64m and 32m for each thread. With 0, only what Firesteel knows that it holds counts, and tasks do not spill sooner when the process takes more than executor.memory.',
  ),
  'local.dir': optional(
    paths,
    'Where cached blocks on disk and spilled data go; several directories share the load, and one that cannot be written is left out. Without it, the directory for temporary files of the system.',
  ),
  'io.compression.codec': withDefault(
    blockCompression,
    'lz4',
    'How map outputs and spilled data are compressed on local disks: lz4, zstd or none.',
  ),
  files: optional(
    paths,
    'Files and directories that every task finds with FiresteelFiles.get(name), as if sc.addFile had added them; --files of firesteel submit. A directory is added with all that is in it.',
  ),
  'files.maxSize': withDefault(
    sizeBytes,
    '1g',
    'The largest package or added file that is sent to executors.',
  ),
  'executor.heartbeatInterval': withDefault(
    intervalMs,
    '10s',
    'How often an executor process tells the driver that it is alive.',
  ),
  'executor.decommission.forceKillTimeout': withDefault(
    durationMs,
    '10min',
    'How long an executor that is told to leave may take to finish its tasks and to hand over its blocks; then it is ended.',
  ),
  'network.timeout': withDefault(
    durationMs,
    '120s',
    'After how long without a sign of life an executor counts as lost; an executor that hears nothing of its driver for so long ends.',
  ),
  'driver.bindAddress': withDefault(
    text,
    '127.0.0.1',
    'The address that the driver listens on for executors.',
  ),
  'driver.host': optional(
    text,
    'The name or address by which executors reach the driver. Without it, driver.bindAddress, or the name of this host if that is every address.',
  ),
  'driver.port': withDefault(portRange, '0', 'Where the driver listens for executors.'),
  'blockManager.port': withDefault(portRange, '0', 'Where executors serve their blocks.'),
  'app.id': optional(
    text,
    'The unique id of the application, which its driver gives to executors; by hand only for executors that are started by hand and use a shuffle service.',
  ),
  'shuffle.service.enabled': withDefault(
    boolean,
    'false',
    'Whether map outputs are given to the shuffle service of each host, which keeps them when executors end.',
  ),
  'shuffle.service.port': withDefault(
    port,
    '7337',
    'Where the shuffle services listen, the same on every host.',
  ),
  'shuffle.service.dir': optional(
    text,
    'The directory that a shuffle service shares with the executors of its host. Without it, one for each user in the directory for temporary files.',
  ),
  'cleaner.periodicGC.interval': withDefault(
    intervalMs,
    '10min',
    'How often the driver collects its garbage even if nothing else asks for it, so that the shuffle files, cached blocks and broadcasts of RDDs that nobody holds go.',
  ),
  'shuffle.cleaner.interval': withDefault(
    intervalMs,
    '30s',
    'How often a shuffle service looks for applications that have been silent for network.timeout, and removes their files.',
  ),
  'shuffle.io.maxRetries': withDefault(
    count,
    '3',
    'How often a read of blocks from another executor is tried again after it failed.',
  ),
  'shuffle.io.retryWait': withDefault(durationMs, '200ms', 'How long a read waits in between.'),
  'rpc.message.maxSize': withDefault(
    messageBytes,
    '128m',
    'The largest message between the driver and an executor.',
  ),
  'ssl.certFile': optional(
    text,
    'The certificate of this process in PEM form. With ssl.keyFile and ssl.caFile it puts all connections between driver and executors under TLS.',
  ),
  'ssl.keyFile': optional(text, 'The private key of ssl.certFile in PEM form.'),
  'ssl.caFile': optional(
    text,
    'The authority in PEM form that must have signed the certificates of both sides.',
  ),
  ...allocationEntries,
  ...faultEntries,
  ...mesosEntries,
  ...monitoringEntries,
} as const;

export type ConfigKey = keyof typeof configEntries;

/** The parsed type of a key's value. Durations are in milliseconds, sizes in bytes. */
export type ConfigValue<K extends ConfigKey> = (typeof configEntries)[K] extends infer E
  ? E extends Optional<infer T>
    ? T | undefined
    : E extends WithDefault<infer T>
      ? T
      : never
  : never;

export const configKeys = Object.keys(configEntries) as ConfigKey[];

/** The environment variable of a key: `task.maxFailures` is `FIRESTEEL_CONF_TASK_MAX_FAILURES`. */
export function environmentName(key: ConfigKey): string {
  const words = key.replaceAll('.', '_').replaceAll(/([a-z])([A-Z])/g, '$1_$2');
  return `${environmentPrefix}${words.toUpperCase()}`;
}

export const environmentPrefix = 'FIRESTEEL_CONF_';
