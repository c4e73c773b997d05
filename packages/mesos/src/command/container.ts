import { type Config, FiresteelError, type PortMap } from '@firesteel/common';
import type {
  ContainerInfo,
  ContainerInfoDockerInfo,
  EnvironmentVariable,
  Labels,
  NetworkInfo,
  Secret,
  Volume,
} from '@firesteel/mesos-protocol';

/** The container that executors run in; without `info` that of the agent's default. */
export interface ExecutorContainer {
  readonly info: ContainerInfo | undefined;
  /** With ports of the agent that are known for each executor only: see {@link containerWithPorts}. */
  readonly portMaps: readonly PortMap[];
  /** Whether it has an address of its own, other than that of its agent. */
  readonly hasOwnAddress: boolean;
  /** Secrets that the configuration hands to executors. */
  readonly secretVariables: readonly EnvironmentVariable[];
}

/** @throws INVALID_CONFIG_VALUE for settings that do not go together */
export function executorContainer(config: Config): ExecutorContainer {
  const secrets = secretsOf(config);
  const volumes = [...volumesOf(config), ...secrets.volumes];
  const network = networkOf(config);
  const image = config.get('mesos.executor.docker.image');
  const isDocker = image !== undefined && config.get('mesos.containerizer') === 'docker';
  if (isDocker && secrets.volumes.length + secrets.variables.length > 0) {
    throw incompatible('mesos.executor.secret.names and .values', 'mesos.containerizer=mesos');
  }
  if (config.has('mesos.executor.docker.parameters') && !isDocker) {
    throw incompatible(
      'mesos.executor.docker.parameters',
      'an image and mesos.containerizer=docker',
    );
  }
  const portMaps = config.get('mesos.executor.docker.portmaps') ?? [];
  if (portMaps.length > 0 && network === undefined) {
    throw incompatible(
      'mesos.executor.docker.portmaps',
      'mesos.network.name; in the network of the host every port is one of the host already',
    );
  }
  const needsContainer = image !== undefined || volumes.length > 0 || network !== undefined;
  return {
    info: needsContainer ? infoOf() : undefined,
    portMaps,
    hasOwnAddress: network !== undefined,
    secretVariables: secrets.variables,
  };

  function infoOf(): ContainerInfo {
    const common = { volumes, ...(network && { network_infos: [network] }) };
    if (image === undefined) return { type: 'MESOS', ...common };
    const forcePull = config.get('mesos.executor.docker.forcePullImage');
    if (isDocker) return { type: 'DOCKER', ...common, docker: dockerOf(image, forcePull, network) };
    const cached = !forcePull;
    return {
      type: 'MESOS',
      ...common,
      mesos: { image: { type: 'DOCKER', docker: { name: image }, cached } },
    };
  }

  function dockerOf(
    image: string,
    forcePull: boolean,
    network: NetworkInfo | undefined,
  ): ContainerInfoDockerInfo {
    const parameters = config.get('mesos.executor.docker.parameters') ?? [];
    return {
      image,
      network: network === undefined ? 'HOST' : 'USER',
      force_pull_image: forcePull,
      parameters: parameters.map(([key, value]) => ({ key, value })),
    };
  }
}

/**
 * The container of one executor.
 * @param hostPorts the ports that it got of its agent, one for each port map
 */
export function containerWithPorts(
  { info, portMaps }: ExecutorContainer,
  hostPorts: readonly number[],
): ContainerInfo | undefined {
  if (info === undefined || portMaps.length === 0) return info;
  const port_mappings = portMaps.map(({ containerPort, protocol }, i) => ({
    host_port: hostPorts[i] as number,
    container_port: containerPort,
    protocol,
  }));
  if (info.docker !== undefined) return { ...info, docker: { ...info.docker, port_mappings } };
  // Networks of Mesos's own containerizer map ports themselves.
  const network_infos = (info.network_infos ?? []).map((network) => ({
    ...network,
    port_mappings,
  }));
  return { ...info, network_infos };
}

export function labelsOf(pairs: readonly (readonly [string, string])[]): Labels {
  return { labels: pairs.map(([key, value]) => ({ key, value })) };
}

function networkOf(config: Config): NetworkInfo | undefined {
  const name = config.get('mesos.network.name');
  const labels = config.get('mesos.network.labels');
  if (name === undefined) {
    if (labels !== undefined) throw incompatible('mesos.network.labels', 'mesos.network.name');
    return undefined;
  }
  return { name, ...(labels && { labels: labelsOf(labels) }) };
}

function volumesOf(config: Config): readonly Volume[] {
  const mounts = config.get('mesos.executor.docker.volumes') ?? [];
  return mounts.map(({ hostPath, containerPath, isReadOnly }) => ({
    container_path: containerPath,
    ...(hostPath !== undefined && { host_path: hostPath }),
    mode: isReadOnly ? 'RO' : 'RW',
  }));
}

function secretsOf(config: Config): {
  readonly variables: readonly EnvironmentVariable[];
  readonly volumes: readonly Volume[];
} {
  const names = config.get('mesos.executor.secret.names');
  const values = config.get('mesos.executor.secret.values');
  const variableNames = config.get('mesos.executor.secret.envkeys');
  const fileNames = config.get('mesos.executor.secret.filenames');
  if (names !== undefined && values !== undefined) {
    throw new FiresteelError(
      'INVALID_CONFIG_VALUE',
      'mesos.executor.secret.names and mesos.executor.secret.values are both set; secrets come either from the store or by value.',
    );
  }
  const secrets: readonly Secret[] =
    names?.map((name) => ({ type: 'REFERENCE', reference: { name } })) ??
    values?.map((value) => ({ type: 'VALUE', value: { data: Buffer.from(value) } })) ??
    [];
  for (const [key, targets] of [
    ['envkeys', variableNames],
    ['filenames', fileNames],
  ] as const) {
    if (targets !== undefined && targets.length !== secrets.length) {
      throw new FiresteelError(
        'INVALID_CONFIG_VALUE',
        `mesos.executor.secret.${key} names ${targets.length} places for ${secrets.length} secrets; it needs one for each.`,
        { data: { key: `mesos.executor.secret.${key}` } },
      );
    }
  }
  if (secrets.length > 0 && variableNames === undefined && fileNames === undefined) {
    throw new FiresteelError(
      'INVALID_CONFIG_VALUE',
      'Executors get secrets, but no place for them; set mesos.executor.secret.envkeys or mesos.executor.secret.filenames.',
    );
  }
  return {
    variables: (variableNames ?? []).map((name, i) => secretVariable(name, secrets[i] as Secret)),
    volumes: (fileNames ?? []).map((path, i) => ({
      container_path: path,
      mode: 'RO',
      source: { type: 'SECRET', secret: secrets[i] as Secret },
    })),
  };
}

export function secretVariable(name: string, secret: Secret): EnvironmentVariable {
  return { name, type: 'SECRET', secret };
}

function incompatible(what: string, needs: string): FiresteelError {
  return new FiresteelError('INVALID_CONFIG_VALUE', `${what} needs ${needs}.`);
}
