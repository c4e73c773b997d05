import { FiresteelError, type StageProgressEvents, watchLiveContexts } from '@firesteel/common';

const levels = ['off', 'warn', 'info', 'debug'] as const;
const formats = ['pretty', 'json'] as const;

type LogLevel = (typeof levels)[number];

/** What of a run is written to stderr, and how. */
export interface LogOptions {
  /** `warn`: warnings of the engine and of Node; `info`: stages too; `debug`: tasks too. */
  readonly logLevel: LogLevel;
  /** A line for people, or one JSON object a line. */
  readonly logFormat: (typeof formats)[number];
}

/**
 * Checks the log options of a command line.
 *
 * @param verbose the same as `--log-level info`
 * @throws FiresteelError INVALID_ARGUMENT for a level or format that does not exist
 */
export function logOptions(given: {
  logLevel?: string;
  logFormat?: string;
  verbose?: boolean;
}): LogOptions {
  const { logLevel = given.verbose === true ? 'info' : 'warn', logFormat = 'pretty' } = given;
  return {
    logLevel: oneOf('--log-level', levels, logLevel),
    logFormat: oneOf('--log-format', formats, logFormat),
  };
}

function oneOf<T extends string>(option: string, choices: readonly T[], given: string): T {
  const found = choices.find((choice) => choice === given);
  if (found !== undefined) return found;
  throw new FiresteelError(
    'INVALID_ARGUMENT',
    `${option} must be one of ${choices.join(', ')}, but it is ${JSON.stringify(given)}.`,
    { data: { option, given } },
  );
}

/** Writes to stderr, from now on, what the options ask for. */
export function startLogging({ logLevel, logFormat }: LogOptions): void {
  const write = (level: LogLevel, event: string, message: string) => {
    if (levels.indexOf(level) > levels.indexOf(logLevel)) return;
    const time = new Date().toISOString();
    const line =
      logFormat === 'json'
        ? JSON.stringify({ time, level, event, message })
        : `${time} ${level.padEnd(5)} ${message}`;
    process.stderr.write(`${line}\n`);
  };
  // Node's own listener would print warnings in its way too.
  process.removeAllListeners('warning');
  process.on('warning', ({ name, message }) => write('warn', name, message));
  if (logLevel === 'info' || logLevel === 'debug')
    watchLiveContexts(({ events, uiWebUrl }) => {
      logStages(events, write);
      void uiWebUrl.then((url) => {
        if (url !== undefined) write('info', 'uiServed', `web pages at ${url}`);
      });
    });
}

function logStages(
  events: StageProgressEvents,
  write: (level: LogLevel, event: string, message: string) => void,
): void {
  events.on('stageSubmitted', ({ stageId, name, numTasks }) =>
    write('info', 'stageSubmitted', `stage ${stageId} (${name}) begins with ${numTasks} tasks`),
  );
  events.on('stageCompleted', ({ stageId, failureReason }) => {
    const how = failureReason === undefined ? 'is complete' : `failed: ${failureReason}`;
    write('info', 'stageCompleted', `stage ${stageId} ${how}`);
  });
  events.on('taskEnd', ({ stageId, partition, outcome, reason }) => {
    const why = reason === undefined ? '' : `: ${reason}`;
    const level = outcome === 'success' || outcome === 'killed' ? 'debug' : 'info';
    write(level, 'taskEnd', `task of stage ${stageId}, partition ${partition}: ${outcome}${why}`);
  });
}
