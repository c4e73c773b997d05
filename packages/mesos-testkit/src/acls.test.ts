import {
  decodeBody,
  encodeBody,
  type FrameworkInfo,
  type MasterCallFields,
  mediaTypes,
} from '@firesteel/mesos-protocol';
import { expect, test } from 'vitest';
import { type Acls, startMesosCluster } from './index.js';
import { RawStream, send, sendCall } from './testing/raw-http.js';
import { RawScheduler, task } from './testing/raw-scheduler.js';

const acls: Acls = {
  register_frameworks: [
    { principals: { values: ['web'] }, roles: { values: ['web', 'web/%'] } },
    { principals: { values: ['web'] }, roles: { type: 'NONE' } },
  ],
  run_tasks: [{ principals: { type: 'ANY' }, users: { values: ['nobody'] } }],
  reserve_resources: [{ principals: { values: ['web'] }, roles: { type: 'NONE' } }],
};

test.each<[Partial<FrameworkInfo>, boolean]>([
  [{ principal: 'web', roles: ['web', 'web/a'] }, true],
  [{ principal: 'web', roles: ['web', 'mail'] }, false],
  [{ principal: 'web', roles: ['webs/a'] }, false],
  // Nobody says anything about it.
  [{ principal: 'mail', roles: ['web'] }, true],
  [{ roles: ['mail'] }, true],
])('may %j register: %s', async (info, mayRegister) => {
  await using cluster = await startMesosCluster({ agents: 0, acls });
  const subscribed = RawScheduler.subscribe(cluster.master, { info });
  if (mayRegister) await subscribed;
  else
    await expect(subscribed).rejects.toThrow(
      `Not authorized to register framework  with roles { ${info.roles?.toSorted().join(', ')} }`,
    );
});

test('without permission for all, who is not named may nothing', async () => {
  await using cluster = await startMesosCluster({ agents: 0, acls: { permissive: false } });
  await expect(RawScheduler.subscribe(cluster.master)).rejects.toThrow('Not authorized');
});

test('tasks of users that are not allowed, and reservations, are refused', async () => {
  const denyRoot: Acls = {
    ...acls,
    run_tasks: [
      { principals: { type: 'ANY' }, users: { values: ['nobody'] } },
      { principals: { type: 'ANY' }, users: { type: 'NONE' } },
    ],
  };
  await using cluster = await startMesosCluster({ acls: denyRoot });
  const info = { principal: 'web', roles: ['web'] };
  const scheduler = await RawScheduler.subscribe(cluster.master, { info });
  const [offer] = await scheduler.offers();
  const reserved = {
    name: 'cpus',
    type: 'SCALAR',
    scalar: { value: 1 },
    reservations: [{ type: 'DYNAMIC', role: 'web', principal: 'web' }],
  } as const;
  await scheduler.accept(offer!, [
    { type: 'RESERVE', reserve: { resources: [reserved] } },
    {
      type: 'LAUNCH',
      launch: {
        task_infos: [
          task(offer!, 'mine', { command: { value: 'true', user: 'root' } }),
          task(offer!, 'theirs', { command: { value: 'true' } }),
        ],
      },
    },
  ]);
  expect(await scheduler.update('mine')).toMatchObject({
    state: 'TASK_ERROR',
    reason: 'REASON_TASK_UNAUTHORIZED',
    message: `Principal 'web' no authorized to launch task mine of framework ${scheduler.frameworkId} under user 'root'`,
  });
  expect((await scheduler.update('theirs')).state).toBe('TASK_STARTING');
  const [rest] = await scheduler.offers();
  expect(rest!.resources!.some(({ reservations }) => reservations !== undefined)).toBe(false);
});

const windows = [
  { machine_ids: [{ hostname: 'a' }], unavailability: { start: { nanoseconds: 0n } } },
];

const admin = { principal: 'admin', secret: 'a' };
const guest = { principal: 'guest', secret: 'g' };

const as = ({ principal, secret }: typeof admin) => ({
  Authorization: `Basic ${Buffer.from(`${principal}:${secret}`).toString('base64')}`,
});

test('operators see what they may see', async () => {
  const [principals, any] = [{ values: ['admin'] }, { type: 'ANY' }] as const;
  const everything = [{ principals, users: any }];
  await using cluster = await startMesosCluster({
    agents: [{ resources: 'cpus:2;mem:256;cpus(web):2;cpus(mail):4' }],
    credentials: [admin, guest],
    authenticateFrameworks: false,
    authenticateOperators: true,
    weights: { web: 2, mail: 3 },
    acls: {
      permissive: false,
      register_frameworks: [{ principals: any, roles: any }],
      run_tasks: [{ principals: any, users: any }],
      view_frameworks: [...everything, { principals: any, users: { values: ['alice', 'bob'] } }],
      view_tasks: [...everything, { principals: any, users: { values: ['alice'] } }],
      view_executors: everything,
      view_roles: [
        { principals, roles: any },
        { principals: any, roles: { values: ['web', '*'] } },
      ],
      view_flags: [{ principals, flags: any }],
      get_endpoints: [{ principals, paths: { values: ['/metrics/snapshot'] } }],
    },
  });
  const { protobuf } = mediaTypes;
  const events = await RawStream.open(
    cluster.master,
    '/api/v1',
    { 'Content-Type': protobuf, Accept: protobuf, ...as(guest) },
    encodeBody(protobuf, 'master.Call', { type: 'SUBSCRIBE' }),
    'master.Event',
  );
  const launched: string[] = [];
  for (const user of ['alice', 'bob', 'carol']) {
    const roles = user === 'alice' ? ['web'] : ['mail'];
    const info = { user, roles, name: user };
    const scheduler = await RawScheduler.subscribe(cluster.master, { info });
    const [offer] = await scheduler.offers();
    await scheduler.launch(offer!, task(offer!, user, { command: { value: 'sleep 600' } }));
    await scheduler.update(user);
    launched.push(user);
  }
  const ask = async (type: 'GET_STATE' | 'GET_ROLES' | 'GET_WEIGHTS', who: typeof admin) => {
    const { body } = await sendCall(
      cluster.master,
      '/api/v1',
      protobuf,
      'master.Call',
      { type },
      as(who),
    );
    return decodeBody(protobuf, 'master.Response', body);
  };
  const seenBy = async (who: typeof admin) => {
    const { get_state: state } = await ask('GET_STATE', who);
    const { get_roles: roles } = await ask('GET_ROLES', who);
    const { get_weights: weights } = await ask('GET_WEIGHTS', who);
    const reserved = state!.get_agents?.agents?.[0]?.total_resources ?? [];
    return {
      frameworks: state!.get_frameworks?.frameworks?.map((f) => f.framework_info.name) ?? [],
      tasks: state!.get_tasks?.tasks?.map(({ task_id }) => task_id.value) ?? [],
      roles: roles!.roles?.map(({ name }) => name) ?? [],
      weights: weights!.weight_infos?.map(({ role }) => role) ?? [],
      reservedFor: [...new Set(reserved.map(({ role = '*' }) => role))],
    };
  };
  expect(await seenBy(admin)).toEqual({
    frameworks: launched,
    tasks: launched,
    roles: ['mail', 'web'],
    weights: ['web', 'mail'],
    reservedFor: ['*', 'web', 'mail'],
  });
  expect(await seenBy(guest)).toEqual({
    frameworks: ['alice', 'bob'],
    tasks: ['alice'],
    roles: ['web'],
    weights: ['web'],
    reservedFor: ['*', 'web'],
  });
  // Bob's framework is the last that the guest may hear of.
  await events.next(({ framework_added: added }) => added?.framework.framework_info.name === 'bob');
  const heard = events.events.flatMap(({ framework_added, task_added, task_updated }) => [
    ...(framework_added ? [`framework ${framework_added.framework.framework_info.name}`] : []),
    ...(task_added ? [`task ${task_added.task.name}`] : []),
    ...(task_updated ? [`${task_updated.status.task_id.value} ${task_updated.state}`] : []),
  ]);
  expect(new Set(heard.filter((text) => !text.startsWith('alice')))).toEqual(
    new Set(['framework alice', 'task alice', 'framework bob']),
  );
  const statusOf = async (path: string, who: typeof admin) =>
    (await send(cluster.master, path, { method: 'GET', headers: as(who) })).status;
  expect(await statusOf('/metrics/snapshot', admin)).toBe(200);
  expect(await statusOf('/metrics/snapshot', guest)).toBe(403);
  const { body } = await send(cluster.master, '/state', { method: 'GET', headers: as(guest) });
  const state = JSON.parse(String(body)) as {
    frameworks: readonly { name: string; tasks: readonly { id: string }[] }[];
  };
  expect(state.frameworks.map(({ name, tasks }) => [name, tasks.map(({ id }) => id)])).toEqual([
    ['alice', ['alice']],
    ['bob', []],
  ]);
});

test.each<[string, MasterCallFields]>([
  [
    'weights',
    { type: 'UPDATE_WEIGHTS', update_weights: { weight_infos: [{ role: 'web', weight: 2 }] } },
  ],
  ['quota', { type: 'UPDATE_QUOTA', update_quota: { quota_configs: [{ role: 'web' }] } }],
  [
    'maintenance',
    { type: 'UPDATE_MAINTENANCE_SCHEDULE', update_maintenance_schedule: { schedule: { windows } } },
  ],
  ['the end of a framework', { type: 'TEARDOWN', teardown: { framework_id: { value: 'f' } } }],
  ['a lost agent', { type: 'MARK_AGENT_GONE', mark_agent_gone: { agent_id: { value: 'a' } } }],
])('operators that may nothing may not decide about %s', async (_, call) => {
  const [principals, any] = [{ values: ['admin'] }, { type: 'ANY' }] as const;
  await using cluster = await startMesosCluster({
    agents: 0,
    credentials: [admin, guest],
    authenticateOperators: true,
    acls: {
      permissive: false,
      update_weights: [{ principals, roles: { values: ['web'] } }],
      update_quotas: [{ principals, roles: any }],
      update_maintenance_schedules: [{ principals, machines: any }],
      teardown_frameworks: [{ principals, framework_principals: any }],
      mark_agents_gone: [{ principals, agents: any }],
    },
  });
  const statusFor = async (who: typeof admin): Promise<number> => {
    const { protobuf } = mediaTypes;
    return (await sendCall(cluster.master, '/api/v1', protobuf, 'master.Call', call, as(who)))
      .status;
  };
  expect(await statusFor(guest)).toBe(403);
  expect([200, 400, 404]).toContain(await statusFor(admin));
});
