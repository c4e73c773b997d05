import { availableParallelism } from 'node:os';
import { FiresteelError } from '../errors.js';
import { nearest } from '../nearest.js';

/** A master string that was understood. */
export type Master = LocalMaster | LocalClusterMaster | MesosMaster;

/** Threads of the driver's own process. */
export interface LocalMaster {
  readonly kind: 'local';
  /** Tasks that run at the same time, each on a thread of its own. */
  readonly slots: number;
  /** How often a task may fail before its job fails; 1 means no retry. */
  readonly maxTaskFailures: number;
}

/** Executor processes on this host. */
export interface LocalClusterMaster {
  readonly kind: 'local-cluster';
  readonly executors: number;
  /** Tasks that each executor runs at the same time. */
  readonly coresPerExecutor: number;
  /** Heap of the threads of one executor. */
  readonly memoryMibPerExecutor: number;
}

/** Executors on an Apache Mesos cluster. */
interface MesosMaster {
  readonly kind: 'mesos';
  /** What follows `mesos://`: a list of masters, or `zk://…`. */
  readonly address: string;
}

/** Completes "must be …". */
export const masterForms =
  'local, local[N], local[*], local[N,F], local[*,F], local-cluster[executors,cores,MiB], mesos://host:5050,… or mesos://zk://host:2181,…/path';
const later: readonly (readonly [RegExp, string])[] = [
  [/^spark:/i, 'Spark standalone clusters'],
  [/^yarn\b/i, 'YARN'],
  [/^k8s:/i, 'Kubernetes'],
];

/**
 * Reads a master string. `local` has one slot, `local[N]` N slots, `local[*]` one per logical
 * processor; tasks are not retried, unless `F`, the number of failures allowed, follows.
 * `local-cluster[E,C,M]` has E processes of C slots and M MiB each. `mesos://` is followed by what
 * the package `mesos` understands.
 * @throws FiresteelError INVALID_MASTER for anything else.
 */
export function parseMaster(text: string): Master {
  const cluster = CLUSTER.exec(text.trim());
  if (cluster !== null) return localCluster(text, cluster);
  const address = /^mesos:\/\/(\S+)$/.exec(text.trim())?.[1];
  if (address !== undefined) return { kind: 'mesos', address };
  const match = /^local(?:\[\s*(\d+|\*)\s*(?:,\s*(\d+)\s*)?\])?$/.exec(text.trim());
  if (match === null) throw invalidMaster(text, reasonAndAdvice(text));
  const slots = match[1] === undefined ? 1 : match[1] === '*' ? availableParallelism() : +match[1];
  const maxTaskFailures = match[2] === undefined ? 1 : +match[2];
  if (slots < 1 || slots > 1024)
    throw invalidMaster(text, `The number of slots must be 1 to 1024, but it is ${match[1]}.`);
  if (maxTaskFailures < 1)
    throw invalidMaster(text, 'The number of allowed failures of a task must be at least 1.');
  return { kind: 'local', slots, maxTaskFailures };
}

const CLUSTER = /^local-cluster\[\s*(\d+)\s*,\s*(\d+)\s*,\s*(\d+)\s*\]$/;

function localCluster(text: string, match: RegExpExecArray): LocalClusterMaster {
  const [executors, coresPerExecutor, memoryMibPerExecutor] = match.slice(1).map(Number) as [
    number,
    number,
    number,
  ];
  if (executors < 1 || coresPerExecutor < 1 || executors * coresPerExecutor > 1024)
    throw invalidMaster(text, 'Executors times cores must be 1 to 1024.');
  if (memoryMibPerExecutor < 64 * coresPerExecutor)
    throw invalidMaster(text, 'The memory of an executor must be at least 64 MiB for each core.');
  return { kind: 'local-cluster', executors, coresPerExecutor, memoryMibPerExecutor };
}

function invalidMaster(master: string, advice: string): FiresteelError {
  return new FiresteelError(
    'INVALID_MASTER',
    `The master ${JSON.stringify(master)} is not understood. ${advice}`,
    { data: { master } },
  );
}

function reasonAndAdvice(text: string): string {
  const trimmed = text.trim();
  for (const [shape, what] of later) {
    if (shape.test(trimmed))
      return `This release has no support for ${what}; it has threads, local processes and Apache Mesos. Use ${masterForms}.`;
  }
  const number = /\d+/.exec(trimmed)?.[0];
  const candidates = [
    'local',
    'local[*]',
    'local[*,4]',
    'local-cluster[2,1,512]',
    'mesos://host:5050',
  ];
  if (number !== undefined) candidates.unshift(`local[${number}]`);
  const hit = nearest(trimmed.replaceAll(/[({<]/g, '[').replaceAll(/[)}>]/g, ']'), candidates);
  return hit === undefined
    ? `Use ${masterForms}.`
    : `Did you mean ${JSON.stringify(hit)}? Use ${masterForms}.`;
}
