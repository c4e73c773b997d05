import type { Config } from '@firesteel/common';
import type { CommandInfoURI } from '@firesteel/mesos-protocol';

/** How the engine gets to an agent, and what to run there in place of `firesteel`. */
export interface Distribution {
  readonly program: readonly string[];
  readonly uris: readonly CommandInfoURI[];
  /** Which key says so and what it takes, for the user of executors that do not start. */
  readonly source: string;
}

/** Where `firesteel pack` puts the command, seen from where the archive is unpacked. */
const packedProgram = 'firesteel/bin/firesteel';
/** Where containers of Docker see the sandbox, unless the agent's flag `sandbox_directory` differs. */
const dockerSandbox = '/mnt/mesos/sandbox';

/**
 * An archive goes before an installation on the agents, that before an image's own `firesteel`, and
 * that before the paths of the driver, which do where agents have the same files.
 * @param installation the program and the arguments that stand for `firesteel` here
 */
export function distributionOf(config: Config, installation: readonly string[]): Distribution {
  const uri = config.get('executor.uri');
  const home = config.get('mesos.executor.home');
  const hasImage = config.get('mesos.executor.docker.image') !== undefined;
  const cache = config.get('mesos.fetcherCache.enable');
  const uris = [...(uri === undefined ? [] : [uri]), ...(config.get('mesos.uris') ?? [])];
  return { ...programAndSource(), uris: uris.map((value) => ({ value, cache })) };

  function programAndSource(): Pick<Distribution, 'program' | 'source'> {
    if (uri !== undefined) {
      const isDocker = hasImage && config.get('mesos.containerizer') === 'docker';
      return {
        program: [isDocker ? `${dockerSandbox}/${packedProgram}` : packedProgram],
        source:
          'of the archive that executor.uri names; firesteel pack makes such archives, and those without Node (--with-node) need it in the PATH of agents',
      };
    }
    if (home !== undefined) {
      return {
        program: [`${home.replace(/\/$/, '')}/bin/firesteel`],
        source: 'of mesos.executor.home, which agents must have, with Node in their PATH',
      };
    }
    return hasImage
      ? { program: ['firesteel'], source: 'of the image that mesos.executor.docker.image names' }
      : {
          program: installation,
          source:
            'with the paths of the driver; agents that do not have these files need executor.uri or mesos.executor.home',
        };
  }
}
