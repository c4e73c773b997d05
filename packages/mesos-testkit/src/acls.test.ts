import type { FrameworkInfo } from '@firesteel/mesos-protocol';
import { expect, test } from 'vitest';
import { type Acls, startMesosCluster } from './index.js';
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
