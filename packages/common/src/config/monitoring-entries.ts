import {
  boolean,
  optional,
  port,
  positiveInteger,
  text,
  token,
  withDefault,
} from './value-types.js';

/** The keys of the web pages and of the event log. */
export const monitoringEntries = {
  'ui.enabled': withDefault(
    boolean,
    'true',
    'Whether the driver serves web pages, a REST interface and metrics about its jobs.',
  ),
  'ui.host': withDefault(
    text,
    '127.0.0.1',
    'The address that the pages are served on. Beyond the loopback interface, ui.token is required.',
  ),
  'ui.port': withDefault(
    port,
    '4040',
    'Where the pages are served. If the port is taken, one of the next 16 is, or else any free one.',
  ),
  'ui.token': optional(
    token,
    'What whoever looks at the pages has to know. Give it by a properties file or the environment: others can read a command line.',
  ),
  'ui.killEnabled': withDefault(
    boolean,
    'true',
    'Whether jobs and stages can be cancelled from the pages.',
  ),
  'ui.retainedJobs': withDefault(
    positiveInteger,
    '1000',
    'How many jobs that have ended are remembered.',
  ),
  'ui.retainedStages': withDefault(
    positiveInteger,
    '1000',
    'How many stages that have ended are remembered.',
  ),
  'ui.retainedTasks': withDefault(
    positiveInteger,
    '100000',
    'How many tasks are remembered one by one; of the stages before, only a summary is.',
  ),
  'eventLog.enabled': withDefault(
    boolean,
    'false',
    'Whether what happens is written to a file, for firesteel history-server.',
  ),
  'eventLog.dir': optional(
    text,
    'The directory of these files; it is made if it is missing. Without it, firesteel-events in the directory for temporary files of the system.',
  ),
} as const;
