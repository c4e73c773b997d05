import { Config, type ConfigInput } from '@firesteel/common';
import { checkMessage } from '@firesteel/mesos-protocol';
import { expect, test } from 'vitest';
import { executorContainer } from '../command/container.js';
import { distributionOf } from '../command/distribution.js';
import { executorTask } from './executor-task.js';

const launch = {
  agentId: 'a',
  hostname: 'agent.example',
  cores: 2,
  slots: 3,
  gpus: 0,
  heapMiB: 512,
  memoryMiB: 896,
  ports: [31_000, 8_080],
  resources: [],
};
const command = {
  arguments: ['executor', '--driver', 'd:1', '--id', '7'],
  environment: { FIRESTEEL_SECRET: 'hidden', FIRESTEEL_CONF_A: 'b' },
};

function taskFor(code: ConfigInput, bindAddress = '0.0.0.0') {
  const config = Config.fromLayers({ code });
  const task = executorTask('7', launch, command, {
    appName: 'app',
    distribution: distributionOf(config, ['/bin/node', '/f.js']),
    container: executorContainer(config),
    variables: [
      ['GREETING', 'hi'],
      ['MALLOC_ARENA_MAX', '8'],
    ],
    labels: undefined,
    bindAddress,
  });
  checkMessage('TaskInfo', task);
  return task;
}

test('the command is an argument vector with nothing secret in it', () => {
  const { command, container, name } = taskFor({});
  expect(name).toBe('app 7');
  expect(container).toBeUndefined();
  expect(command).toMatchObject({ shell: false, value: '/bin/node' });
  expect(command?.arguments?.join(' ')).toBe(
    '/bin/node /f.js executor --driver d:1 --id 7 --cores 3 --memory 512m --bind-address 0.0.0.0 --host agent.example',
  );
  expect(command?.environment?.variables).toEqual([
    { name: 'MALLOC_MMAP_THRESHOLD_', value: '131072' },
    { name: 'GREETING', value: 'hi' },
    { name: 'MALLOC_ARENA_MAX', value: '8' },
    {
      name: 'FIRESTEEL_SECRET',
      type: 'SECRET',
      secret: { type: 'VALUE', value: { data: Buffer.from('hidden') } },
    },
    { name: 'FIRESTEEL_CONF_A', value: 'b' },
  ]);
});

test('an executor on loopback is found where it listens', () => {
  expect(taskFor({}, '127.0.0.1').command?.arguments).not.toContain('--host');
});

test.each([
  [{ 'mesos.executor.home': '/opt/firesteel/' }, '/opt/firesteel/bin/firesteel'],
  [{ 'executor.uri': 'http://h/f.tgz', 'mesos.executor.home': '/x' }, 'firesteel/bin/firesteel'],
  [{ 'mesos.executor.docker.image': 'i' }, 'firesteel'],
  [
    { 'mesos.executor.docker.image': 'i', 'executor.uri': '/f.tgz' },
    '/mnt/mesos/sandbox/firesteel/bin/firesteel',
  ],
  [
    {
      'mesos.executor.docker.image': 'i',
      'executor.uri': '/f.tgz',
      'mesos.containerizer': 'mesos',
    },
    'firesteel/bin/firesteel',
  ],
] as const)('%j runs %s', (conf, program) => {
  expect(taskFor(conf).command?.value).toBe(program);
});

test('archives and files are fetched, the archive first', () => {
  const conf = {
    'executor.uri': 'hdfs://h/f.tgz',
    'mesos.uris': 'http://h/a,http://h/b.zip',
    'mesos.fetcherCache.enable': true,
  };
  expect(taskFor(conf).command?.uris).toEqual(
    ['hdfs://h/f.tgz', 'http://h/a', 'http://h/b.zip'].map((value) => ({ value, cache: true })),
  );
});

test('an image for Docker', () => {
  const task = taskFor({
    'mesos.executor.docker.image': 'node:20',
    'mesos.executor.docker.forcePullImage': true,
    'mesos.executor.docker.volumes': '/data:/data:ro',
    'mesos.executor.docker.parameters': 'label=a=b',
    'mesos.network.name': 'overlay',
    'mesos.network.labels': 'zone:x',
  });
  expect(task.container).toEqual({
    type: 'DOCKER',
    volumes: [{ container_path: '/data', host_path: '/data', mode: 'RO' }],
    network_infos: [{ name: 'overlay', labels: { labels: [{ key: 'zone', value: 'x' }] } }],
    docker: {
      image: 'node:20',
      network: 'USER',
      force_pull_image: true,
      parameters: [{ key: 'label', value: 'a=b' }],
    },
  });
  // It has an address of its own, Docker puts the program first, and no agent sets its secrets.
  expect(task.command?.arguments).not.toContain('--host');
  expect(task.command?.arguments?.[0]).toBe('executor');
  expect(task.command?.environment?.variables).toContainEqual({
    name: 'FIRESTEEL_SECRET',
    value: 'hidden',
  });
});

const portMaps = {
  'mesos.executor.docker.image': 'i',
  'mesos.executor.docker.portmaps': '0:80,8080:53:udp',
};
const port_mappings = [
  { host_port: 31_000, container_port: 80, protocol: 'tcp' },
  { host_port: 8_080, container_port: 53, protocol: 'udp' },
];

test('ports of the agent lead to ports of the container', () => {
  const conf = { ...portMaps, 'mesos.network.name': 'overlay' };
  expect(taskFor(conf).container).toMatchObject({
    network_infos: [{ name: 'overlay' }],
    docker: { network: 'USER', port_mappings },
  });
  expect(taskFor({ ...conf, 'mesos.containerizer': 'mesos' }).container?.network_infos).toEqual([
    { name: 'overlay', port_mappings },
  ]);
  expect(() => taskFor(portMaps)).toThrow(
    /mesos.executor.docker.portmaps needs mesos.network.name; in the network of the host/,
  );
});

test('an image for the containerizer of Mesos', () => {
  const { container } = taskFor({
    'mesos.executor.docker.image': 'node:20',
    'mesos.containerizer': 'mesos',
  });
  expect(container).toEqual({
    type: 'MESOS',
    volumes: [],
    mesos: { image: { type: 'DOCKER', docker: { name: 'node:20' }, cached: true } },
  });
});

test('secrets of the store and by value, as variables and files', () => {
  const byName = taskFor({
    'mesos.executor.secret.names': '/db/password',
    'mesos.executor.secret.envkeys': 'PASSWORD',
  });
  expect(byName.command?.environment?.variables?.at(-1)).toEqual({
    name: 'PASSWORD',
    type: 'SECRET',
    secret: { type: 'REFERENCE', reference: { name: '/db/password' } },
  });
  const byValue = taskFor({
    'mesos.executor.secret.values': 'x',
    'mesos.executor.secret.filenames': 'x.txt',
  });
  expect(byValue.container?.volumes).toEqual([
    {
      container_path: 'x.txt',
      mode: 'RO',
      source: {
        type: 'SECRET',
        secret: { type: 'VALUE', value: { data: Buffer.from('x') } },
      },
    },
  ]);
});
