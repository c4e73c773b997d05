/**
 * Every error code of Firesteel, in one place. A code is part of the interface: it never changes
 * its meaning, and user code may branch on it.
 */
export const errorCodes = {
  // input and configuration
  INVALID_ARGUMENT: 'a parameter of a public call is out of its domain',
  UNKNOWN_CONFIG_KEY: 'a configuration key does not exist',
  INVALID_CONFIG_VALUE: 'a configuration value cannot be parsed or is out of range',
  INVALID_MASTER: 'the master string is not understood',
  UNKNOWN_OPTION: 'a command line option does not exist',
  JOB_FILE_INVALID: 'the job file is missing or does not compile',
  // lifecycle
  CONTEXT_STOPPED: 'the context was stopped before the call',
  CONTEXT_EXISTS: 'another context is live in this process',
  RDD_IN_TASK: 'an RDD or context was used inside a task',
  // data
  PATH_NOT_FOUND: 'an input path does not exist',
  PATH_NOT_READABLE: 'an input path cannot be read',
  PATH_EMPTY: 'an input directory or glob holds no files',
  UNKNOWN_FILE_SYSTEM: 'no file system is known for the scheme of a path',
  CORRUPT_INPUT: 'an input file is damaged',
  OUTPUT_EXISTS: 'an output directory exists already',
  OUTPUT_FAILED: 'an output file could not be written',
  CHECKPOINT_DIRECTORY_NOT_SET: 'an RDD was to be checkpointed without a directory for it',
  CHECKPOINT_LOST: 'rows that localCheckpoint kept on an executor are gone',
  LOCAL_DISK_FAILED: 'a file under local.dir could not be written or read',
  EMPTY_COLLECTION: 'an action that needs a row found none',
  NOT_A_PAIR: 'a pair operator met a row that is not a [key, value] pair',
  ZIP_LENGTHS_DIFFER: 'zip met two partitions of different lengths',
  NOT_A_NUMBER: 'a numeric operator met a row that is not a number',
  UNSUPPORTED_KEY: 'a key is of a kind that has no canonical equality',
  UNSUPPORTED_VALUE: 'a row is of a kind that cannot travel between threads',
  BLOCK_CORRUPT: 'an encoded block does not match its checksum or format',
  ASYNC_FUNCTION: 'an async function was given to a synchronous operator',
  // closures
  CLOSURE_NOT_SERIALIZABLE: 'a function captures something that cannot travel',
  CLOSURE_REVIVE_FAILED: 'a captured function could not be revived on an executor',
  // shared variables
  BROADCAST_DESTROYED: 'a broadcast was used after destroy()',
  ACCUMULATOR_NOT_REGISTERED: 'a function captures an accumulator that is not registered',
  ACCUMULATOR_INVALID: 'an accumulator class does not keep its contract',
  DRIVER_ONLY: 'a shared variable was used in a task in a way that only the driver may',
  // jobs
  LINEAGE_TOO_DEEP: 'too many unions or in-place combines stand behind one another in a stage',
  BARRIER_UNSUPPORTED: 'a barrier stage or its context was used in a way that cannot work',
  BARRIER_SLOTS: 'there are fewer slots than a barrier stage has tasks',
  BARRIER_BROKEN: 'the tasks of a barrier stage did not wait for one another',
  PIPE_FAILED: 'the command of pipe could not be started or ended with an error',
  JOB_CANCELLED: 'the job was cancelled',
  GROUP_TOO_LARGE:
    'the values of a key do not fit into memory, and are used in a way that needs them there',
  RESULT_TOO_LARGE:
    'the results of a job exceed driver.maxResultSize or what one array or Map can hold, or the rows that one task gathers its memory',
  TASK_FAILED: 'a task failed as often as it may',
  EXECUTOR_LOST: 'an executor thread or process was lost',
  EXECUTORS_EXCLUDED: 'a task can run nowhere, because executors are excluded after failures',
  ROWS_NOT_REPEATABLE: 'rows were lost that cannot be computed again as results have seen them',
  SHUFFLE_FETCH_FAILED: 'a shuffle block is missing',
  SHUFFLE_BLOCK_CORRUPT: 'a shuffle block is not what was written',
  // processes and connections
  AUTHENTICATION_FAILED: 'a peer did not prove that it belongs to the application',
  CONNECTION_LOST: 'a peer cannot be reached, or the connection with it has ended',
  REQUEST_TIMEOUT: 'a peer did not reply in time',
  SHUFFLE_SERVICE_UNAVAILABLE: 'the shuffle service of a host does not take an executor',
  FILES_TOO_LARGE: 'a package or an added file exceeds the limit of what is sent to executors',
  FILES_NOT_SHIPPED:
    'a package or an added file did not come to an executor as it is on the driver',
  NATIVE_ADDON_MISMATCH: 'the native add-ons of a package do not fit the platform of an executor',
  MESSAGE_TOO_LARGE: 'a message between two processes exceeds the limit',
  PORT_NOT_AVAILABLE: 'a port cannot be listened on',
  // Mesos
  MESOS_MESSAGE_INVALID: 'a message of the Mesos API breaks its schema',
  MESOS_STREAM_CORRUPT: 'a stream of the Mesos API cannot be cut into records',
  MESOS_MASTER_UNREACHABLE: 'no Mesos master took the framework in time',
  MESOS_UNAUTHORIZED: 'a Mesos master refused the principal or its secret',
  MESOS_SUBSCRIPTION_REFUSED: 'a Mesos master refused to register the framework',
  MESOS_FRAMEWORK_LOST:
    'the framework was removed from the Mesos cluster or taken over by another scheduler',
  MESOS_DISCONNECTED: 'no Mesos master is connected, or none was again within the failover timeout',
  MESOS_CALL_REFUSED: 'a Mesos master refused a call',
  ZOOKEEPER_REFUSED: 'ZooKeeper does not let the masters of a zk:// address be read',
  INTERNAL: 'a fault in Firesteel itself',
} as const;

export type ErrorCode = keyof typeof errorCodes;

const brand = Symbol.for('firesteel.error');

/** The base of every error that Firesteel throws; `code` is stable, `data` says what it is about. */
export class FiresteelError extends Error {
  readonly code: ErrorCode;
  /** The facts of the message in machine readable form; plain values only. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly [brand] = true;

  constructor(
    code: ErrorCode,
    message: string,
    options: { cause?: unknown; data?: Record<string, unknown> } = {},
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.name = 'FiresteelError';
    this.code = code;
    this.data = options.data ?? {};
  }

  /** True for errors of any copy of this package in the process, unlike a plain `instanceof`. */
  static is(error: unknown, code?: ErrorCode): error is FiresteelError {
    return (
      typeof error === 'object' &&
      error !== null &&
      brand in error &&
      (code === undefined || (error as FiresteelError).code === code)
    );
  }
}

/** Thrown for a parameter outside its domain; `what` names the parameter, `rule` the domain. */
export function invalidArgument(what: string, rule: string, got: unknown): FiresteelError {
  return new FiresteelError(
    'INVALID_ARGUMENT',
    `${what} must be ${rule}, but it is ${shown(got)}.`,
    {
      data: { parameter: what },
    },
  );
}

/** Thrown for a row that `method`, such as `sum`, cannot calculate with. */
export function notANumber(row: unknown, method: string): FiresteelError {
  return new FiresteelError(
    'NOT_A_NUMBER',
    `${method}() needs rows that are numbers, but met ${shown(row)}. Map the rows to numbers first, for example .map(Number).`,
  );
}

/** A short, single line rendering of any value for messages. */
export function shown(value: unknown, maxLength = 80): string {
  let text: string;
  if (typeof value === 'string') text = JSON.stringify(value);
  else if (typeof value === 'function') text = `function ${value.name || '(anonymous)'}`;
  else if (typeof value === 'bigint') text = `${value}n`;
  else if (typeof value === 'object' && value !== null) {
    try {
      text = JSON.stringify(value) ?? String(value);
    } catch {
      text = Object.prototype.toString.call(value);
    }
  } else text = String(value);
  return text.length > maxLength ? `${text.slice(0, maxLength - 1)}…` : text;
}
