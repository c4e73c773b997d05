import { type FrameworkInfo, type MasterCallFields, mediaTypes } from '@firesteel/mesos-protocol';
import { expect, test } from 'vitest';
import { type Acls, startMesosCluster } from './index.js';
import { sendCall } from './testing/raw-http.js';
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
  const admin = { principal: 'admin', secret: 'a' };
  const guest = { principal: 'guest', secret: 'g' };
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
  const statusFor = async ({ principal, secret }: typeof admin): Promise<number> => {
    const token = Buffer.from(`${principal}:${secret}`).toString('base64');
    const { status } = await sendCall(
      cluster.master,
      '/api/v1',
      mediaTypes.protobuf,
      'master.Call',
      call,
      { Authorization: `Basic ${token}` },
    );
    return status;
  };
  expect(await statusFor(guest)).toBe(403);
  expect([200, 400, 404]).toContain(await statusFor(admin));
});
