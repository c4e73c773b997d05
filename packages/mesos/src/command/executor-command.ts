import { ALLOCATOR_ENVIRONMENT, type ExecutorCommandLine, isWildcard } from '@firesteel/cluster';
import type { CommandInfo, Environment, Labels } from '@firesteel/mesos-protocol';
import { SECRET_VARIABLE } from '@firesteel/rpc';
import { type ExecutorContainer, secretVariable } from './container.js';
import type { Distribution } from './distribution.js';

/** What the tasks of all executors of an application have in common. */
export interface TaskTemplate {
  readonly appName: string;
  readonly distribution: Distribution;
  readonly container: ExecutorContainer;
  readonly variables: readonly (readonly [name: string, value: string])[];
  readonly labels: Labels | undefined;
  /** What executors listen on. */
  readonly bindAddress: string;
}

/**
 * An argument vector: no shell reads it.
 * @param size further arguments, about how large the executor is
 */
export function executorCommand(
  command: ExecutorCommandLine,
  size: readonly string[],
  hostname: string,
  template: TaskTemplate,
): CommandInfo {
  const { distribution, container, bindAddress } = template;
  const { program, uris } = distribution;
  const isDocker = container.info?.type === 'DOCKER';
  const argv = [
    ...program,
    ...command.arguments,
    ...size,
    ...['--bind-address', bindAddress],
    ...hostArguments(hostname, template),
  ];
  return {
    shell: false,
    value: argv[0] as string,
    // Docker puts the program in front of the arguments, an agent itself does not.
    arguments: isDocker ? argv.slice(1) : argv,
    uris,
    environment: environment(command, template, isDocker),
  };
}

/** An executor that listens on one address is found there, in a network of its own it knows best. */
function hostArguments(
  hostname: string,
  { container, bindAddress }: TaskTemplate,
): readonly string[] {
  const isFoundByAgent = !container.hasOwnAddress && isWildcard(bindAddress);
  return isFoundByAgent ? ['--host', hostname] : [];
}

function environment(
  command: ExecutorCommandLine,
  { variables, container }: TaskTemplate,
  isDocker: boolean,
): Environment {
  // What the configuration says counts.
  const allocator = Object.entries(ALLOCATOR_ENVIRONMENT).filter(
    ([name]) => !variables.some(([own]) => own === name),
  );
  const plain = [...allocator, ...variables, ...Object.entries(command.environment)];
  return {
    variables: [
      ...plain.map(([name, value]) =>
        // Pages and files of Mesos leave variables of that type out; Docker's agent cannot set them.
        name === SECRET_VARIABLE && !isDocker
          ? secretVariable(name, { type: 'VALUE', value: { data: Buffer.from(value) } })
          : { name, value },
      ),
      ...container.secretVariables,
    ],
  };
}
