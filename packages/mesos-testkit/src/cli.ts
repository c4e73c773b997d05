import { createRequire } from 'node:module';
import { FiresteelError, invalidArgument } from '@firesteel/common';
import type { CommanderError } from 'commander';
import { startMesosCluster } from './cluster.js';
import type { Credential } from './http/basic-authentication.js';
import { defaultResources, type MesosClusterOptions } from './options.js';

const require = createRequire(import.meta.url);

const help = `
Examples:
  $ mesos-testkit --agents 3
  $ mesos-testkit --port 5050 --agents 2 --resources 'cpus:8;mem:16384' --attributes 'rack:a'
  $ mesos-testkit --masters 3 --port 5050 --zookeeper 2181
  $ mesos-testkit --credential me:secret

It runs until Ctrl-C; then everything that was started on its agents is killed.
`;

/**
 * The command `mesos-testkit`: a cluster that stands until the process is told to end.
 * @param argv the arguments after the program's name
 */
export async function main(argv: readonly string[], version: string): Promise<void> {
  try {
    const options = parse(argv, version);
    if (options !== undefined) await run(options);
  } catch (error) {
    if (!FiresteelError.is(error) && (error as CommanderError).exitCode === undefined) throw error;
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = FiresteelError.is(error) ? 1 : 2;
  }
}

/** Undefined if the command line only asked for help or the version, which was printed. */
function parse(argv: readonly string[], version: string): MesosClusterOptions | undefined {
  const commander = require('commander') as typeof import('commander');
  const number = (least: number) => (text: string) => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= least) return value;
    throw new commander.InvalidArgumentError(`It must be a whole number from ${least}.`);
  };
  const program = new commander.Command('mesos-testkit')
    .description('An Apache Mesos master and agents in one process, for tests of frameworks.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .option('--agents <n>', 'how many agents', number(0), 1)
    .option('--masters <n>', 'how many masters; the first leads', number(1), 1)
    .option('--port <port>', 'of the first master, the others get the next ones', number(0), 5050)
    .option('--host <ip>', 'IPv4 address to listen on', '127.0.0.1')
    .option('--zookeeper <port>', 'also a ZooKeeper server, for zk:// URLs', number(0))
    .option('--resources <text>', 'of each agent', defaultResources)
    .option('--attributes <text>', "of each agent, such as 'rack:a;zone:2'", '')
    .option('--hostname <name>', 'of each agent (default: agent1, agent2 …)')
    .option('--work-dir <directory>', 'where sandboxes are kept (default: temporary)')
    .option('--credential <principal:secret>', 'who may authenticate; may be repeated', collect, [])
    .addHelpText('after', help)
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  try {
    program.parse(argv as string[], { from: 'user' });
  } catch (error) {
    if ((error as CommanderError).exitCode === 0) return undefined;
    throw error;
  }
  const options = program.opts();
  const { resources, attributes, hostname, masters, port, host, workDir } = options;
  const agent = { resources, attributes, ...(hostname !== undefined && { hostname }) };
  return {
    agents: Array.from({ length: options.agents }, () => agent),
    masters,
    port,
    host,
    ...(workDir !== undefined && { workDir }),
    ...(options.zookeeper !== undefined && { zooKeeper: { port: options.zookeeper, host } }),
    credentials: (options.credential as string[]).map(parseCredential),
  };
}

function parseCredential(text: string): Credential {
  const [principal, secret, ...rest] = text.split(':');
  if (!principal || secret === undefined || rest.length > 0) {
    throw invalidArgument('--credential', 'principal:secret, neither with a colon', '…');
  }
  return { principal, secret };
}

const collect = (value: string, before: string[]): string[] => [...before, value];

async function run(options: MesosClusterOptions): Promise<void> {
  const cluster = await startMesosCluster(options);
  const lines = [
    ...cluster.masters.map((address, i) => `master ${i + 1}  http://${address}`),
    ...cluster.agents.map((a) => `${a.hostname.padEnd(9)} http://${a.address}  ${a.workDir}`),
    ...(cluster.zooKeeperUrl === undefined ? [] : [`zookeeper ${cluster.zooKeeperUrl}`]),
    'Press Ctrl-C to end.',
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  await cluster.close();
}
