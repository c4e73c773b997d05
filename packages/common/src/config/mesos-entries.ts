import { assignments, labels, portMaps, secretList, textList, volumes } from './list-types.js';
import {
  boolean,
  containerizer,
  count,
  cpus,
  durationMs,
  mebibytes,
  optional,
  placement,
  positiveInteger,
  secret,
  text,
  withDefault,
} from './value-types.js';

/** What only the master mesos:// reads: docs/running-on-mesos.md explains it by topic. */
export const mesosEntries = {
  'mesos.coarse': withDefault(
    boolean,
    'true',
    'true: executors are Mesos tasks that live as long as the application. false: every task is a Mesos task of its own, and cpus go back to the cluster in between.',
  ),
  'mesos.mesosExecutor.cores': withDefault(
    cpus,
    '1',
    'With mesos.coarse=false: the cpus that an executor holds for itself, beside those of its tasks.',
  ),
  'mesos.mesosExecutor.idleTimeout': withDefault(
    durationMs,
    '60s',
    'With mesos.coarse=false: an executor that has run nothing for so long ends, unless it holds cached partitions, or outputs of shuffles while tasks run elsewhere.',
  ),
  'mesos.extra.cores': withDefault(
    count,
    '0',
    'Slots that each executor has above its cpus, for tasks that mostly wait.',
  ),
  'mesos.gpus.max': withDefault(
    count,
    '0',
    'Gpus of all executors at most. They are taken where there are some, and never waited for.',
  ),
  'mesos.executor.minCores': optional(
    positiveInteger,
    'Without executor.cores: the fewest cpus of an executor. Without it, 1.',
  ),
  'mesos.executor.maxCores': optional(
    positiveInteger,
    'Without executor.cores: the most cpus of an executor. Without it, all that an agent offers.',
  ),
  'mesos.executor.minMemory': optional(
    mebibytes,
    'The least heap of an executor, on agents that do not have executor.memory. Without it, executor.memory.',
  ),
  'mesos.executor.disk': withDefault(
    mebibytes,
    '0',
    'Disk that each executor asks for; 0 asks for none.',
  ),
  'mesos.executor.maxPerAgent': optional(
    positiveInteger,
    'Executors on one agent at most. Without it, as many as fit.',
  ),
  'mesos.executor.memoryOverhead': optional(
    mebibytes,
    'The same as executor.memoryOverhead, and stronger.',
  ),
  'mesos.constraints': optional(
    text,
    'Which agents executors may run on, such as rack:a,b;!spot;hostname:UNIQUE; all constraints must hold.',
  ),
  'mesos.placement': withDefault(
    placement,
    'spread',
    'Which agent gets the next executor. spread: one with the fewest; binpack: the fullest; random: any; spread:attribute: the value of an attribute with the fewest.',
  ),
  'mesos.role': optional(
    textList,
    'The role or roles of the framework, such as analytics/batch. Without it, *.',
  ),
  'mesos.useRevocable': withDefault(
    boolean,
    'false',
    'Whether executors may use cpus and memory that the cluster may take back at any time.',
  ),
  'mesos.rejectOfferDuration': withDefault(
    durationMs,
    '120s',
    'For how long the same offer is not wanted again when it does not fit.',
  ),
  'mesos.rejectOfferDurationForUnmetConstraints': optional(
    durationMs,
    'The same, when mesos.constraints does not hold. Without it, mesos.rejectOfferDuration.',
  ),
  'mesos.rejectOfferDurationForReachedMaxCores': optional(
    durationMs,
    'The same, when nothing more is wanted. Without it, mesos.rejectOfferDuration.',
  ),
  'mesos.agent.maxFailures': withDefault(
    positiveInteger,
    '2',
    'So many executors may fail on an agent within mesos.agent.excludeTimeout before it gets no more.',
  ),
  'mesos.agent.excludeTimeout': withDefault(
    durationMs,
    '1h',
    'For how long an agent gets no executors after those failures.',
  ),
  'mesos.coarse.shutdownTimeout': withDefault(
    durationMs,
    '10s',
    'How long executors may take to end by themselves when the context stops.',
  ),
  'mesos.executor.home': optional(
    text,
    'The directory on agents where Firesteel is installed, with bin/firesteel in it. Without it and without executor.uri and an image, the path of this installation.',
  ),
  'mesos.uris': optional(
    textList,
    'Files that agents fetch into the sandbox of each executor; archives are unpacked.',
  ),
  'mesos.fetcherCache.enable': withDefault(
    boolean,
    'false',
    'Whether agents keep what they have fetched for further executors.',
  ),
  'mesos.containerizer': withDefault(
    containerizer,
    'docker',
    'Who runs the image: docker, or mesos for the containerizer of Mesos itself.',
  ),
  'mesos.executor.docker.image': optional(text, 'The image that executors run in.'),
  'mesos.executor.docker.forcePullImage': withDefault(
    boolean,
    'false',
    'Whether agents pull the image for each executor, even if they have it.',
  ),
  'mesos.executor.docker.volumes': optional(volumes, 'Directories that the container sees.'),
  'mesos.executor.docker.parameters': optional(
    assignments,
    'Options of docker run, such as label=team\\,a.',
  ),
  'mesos.executor.docker.portmaps': optional(
    portMaps,
    'Ports of the agent that lead to ports of the container, with mesos.network.name; each executor takes them from what its agent offers, 0 stands for any.',
  ),
  'mesos.network.name': optional(
    text,
    'The network of containers that executors join. Without it, that of the host.',
  ),
  'mesos.network.labels': optional(labels, 'Labels for that network.'),
  'mesos.task.labels': optional(labels, 'Labels of the Mesos tasks, for other tools to read.'),
  'mesos.principal': optional(text, 'The name that the framework authenticates with.'),
  'mesos.principal.file': optional(text, 'A file that holds mesos.principal.'),
  'mesos.secret': optional(secret, 'The secret of mesos.principal.'),
  'mesos.secret.file': optional(text, 'A file that holds mesos.secret.'),
  'mesos.executor.secret.names': optional(
    textList,
    'Secrets of the secret store of the cluster that executors get, by name.',
  ),
  'mesos.executor.secret.values': optional(
    secretList,
    'Secrets that executors get, by value, separated by commas.',
  ),
  'mesos.executor.secret.envkeys': optional(
    textList,
    'For each of those secrets the environment variable that holds it.',
  ),
  'mesos.executor.secret.filenames': optional(
    textList,
    'For each of those secrets the file in the sandbox that holds it.',
  ),
  'mesos.ssl.enabled': withDefault(boolean, 'false', 'Whether to speak TLS with the masters.'),
  'mesos.ssl.caFile': optional(
    text,
    "The authority in PEM form that has signed the masters' certificates. Without it, those that Node knows.",
  ),
  'mesos.ssl.certFile': optional(
    text,
    'A certificate in PEM form to show to masters that ask for one.',
  ),
  'mesos.ssl.keyFile': optional(text, 'The private key of mesos.ssl.certFile in PEM form.'),
  'mesos.user': optional(
    text,
    'The user of agents that runs the executors. Without it, the user of the driver.',
  ),
  'mesos.driver.webui.url': optional(text, 'The address that the pages of Mesos link to.'),
  'mesos.driver.registrationTimeout': withDefault(
    durationMs,
    '30s',
    'How long the first registration with a master may take.',
  ),
  'mesos.driver.failoverTimeout': withDefault(
    durationMs,
    '2min',
    'How long executors run on while the driver has no connection with a master; 0 ends them at once.',
  ),
  'mesos.checkpoint': withDefault(
    boolean,
    'true',
    'Whether executors survive a restart of their agent.',
  ),
} as const;
