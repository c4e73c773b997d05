import { FiresteelError } from '@firesteel/common';

const defaultPort = 2181;

export interface ZooKeeperAddress {
  readonly servers: readonly { readonly host: string; readonly port: number }[];
  /** Where masters enter themselves; begins with a slash and, but for the root, ends with none. */
  readonly path: string;
  /** `user:password`, for what only they may read. */
  readonly credentials?: string;
}

/**
 * Takes `zk://[user:password@]host[:port],…/path` apart, as Mesos does (mesos: src/zookeeper/url.hpp):
 * credentials end at the last `@` before the path, which is `/` if absent; 2181 is the default port.
 * @throws INVALID_MASTER, which does not repeat the password
 */
export function parseZooKeeperAddress(text: string): ZooKeeperAddress {
  const [, authority = '', path = ''] = /^zk:\/\/([^/]*)(\/.*)?$/.exec(text) ?? [];
  const at = authority.lastIndexOf('@');
  const credentials = at < 0 ? undefined : authority.slice(0, at);
  const list = authority.slice(at + 1);
  const servers = list.split(',').map((server) => serverOf(server.trim()));
  const isPath = !/\/\/|\s/.test(path);
  const known = servers.filter((server) => server !== undefined);
  if (known.length < servers.length || !isPath || credentials?.includes(':') === false) {
    throw new FiresteelError(
      'INVALID_MASTER',
      `A ZooKeeper address must be zk://host:port,host:port/path, with user:password@ before the hosts where the path is protected; 'zk://${list}${path}' is not.`,
    );
  }
  return {
    servers: known,
    path: path.replace(/\/$/, '') || '/',
    ...(credentials === undefined ? {} : { credentials }),
  };
}

/** The address for people and logs. */
export function describeZooKeeper({ servers, path }: ZooKeeperAddress): string {
  return `zk://${servers.map(describeServer).join(',')}${path}`;
}

export function describeServer({ host, port }: { host: string; port: number }): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function serverOf(text: string): { host: string; port: number } | undefined {
  const match = /^(?:\[([\da-f:.]+)\]|([^:[\]\s?#]+))(?::(\d{1,5}))?$/i.exec(text);
  if (match === null) return undefined;
  const port = Number(match[3] ?? defaultPort);
  return port < 1 || port > 65_535 ? undefined : { host: (match[1] ?? match[2]) as string, port };
}
