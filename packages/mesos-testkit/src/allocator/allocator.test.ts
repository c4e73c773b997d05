import { describe, expect, test } from 'vitest';
import { scalarOf } from '../resources/arithmetic.js';
import { parseAttributes, parseResources } from '../resources/parse.js';
import { Allocator, type AllocatorFramework } from './allocator.js';

const framework = (roles: readonly string[], more: Partial<AllocatorFramework> = {}) => ({
  roles,
  suppressedRoles: new Set<string>(),
  capabilities: new Set(['MULTI_ROLE']),
  active: true,
  ...more,
});

function cluster(agents: Readonly<Record<string, string>>): Allocator {
  const allocator = new Allocator();
  for (const [id, resources] of Object.entries(agents)) {
    const total = parseResources(resources);
    allocator.setAgent(id, { total, active: true, hostname: id, attributes: [] });
  }
  return allocator;
}

/** Who was granted how many cpus, in order. */
const run = (allocator: Allocator, nowMs = 0): string[] =>
  allocator
    .run(nowMs)
    .map((g) => `${g.frameworkId}/${g.role}@${g.agentId}:${scalarOf(g.resources, 'cpus')}`);

test('everything free goes to the neediest, agent by agent', () => {
  const allocator = cluster({ a: 'cpus:4;mem:64', b: 'cpus:4;mem:64', c: 'cpus:4;mem:64' });
  allocator.setFramework('f1', framework(['x']));
  allocator.setFramework('f2', framework(['y']));
  expect(run(allocator)).toEqual(['f1/x@a:4', 'f2/y@b:4', 'f1/x@c:4']);
  expect(run(allocator)).toEqual([]);
});

test('a weight of two means twice the share', () => {
  const agents = Object.fromEntries([1, 2, 3, 4, 5, 6].map((i) => [`a${i}`, 'cpus:1;mem:64']));
  const allocator = cluster(agents);
  allocator.weights.set('y', 2);
  allocator.setFramework('f1', framework(['x']));
  allocator.setFramework('f2', framework(['y']));
  const granted = run(allocator);
  expect(granted.filter((grant) => grant.startsWith('f2'))).toHaveLength(4);
});

test('sub-roles share what their parent gets', () => {
  const agents = Object.fromEntries([1, 2, 3, 4].map((i) => [`a${i}`, 'cpus:1;mem:64']));
  const allocator = cluster(agents);
  allocator.setFramework('f1', framework(['eng/one']));
  allocator.setFramework('f2', framework(['eng/two']));
  allocator.setFramework('f3', framework(['ops']));
  const granted = run(allocator);
  expect(granted.filter((grant) => grant.startsWith('f3'))).toHaveLength(2);
});

describe('filters', () => {
  test('refused resources stay away for their time, more of them do not', () => {
    const allocator = cluster({ a: 'cpus:4;mem:64' });
    allocator.setFramework('f', framework(['x']));
    const [grant] = allocator.run(0);
    const { resources } = grant!;
    allocator.recover('f', 'a', resources, 5000);
    expect(run(allocator, 4999)).toEqual([]);
    const total = parseResources('cpus:5;mem:64');
    allocator.setAgent('a', { total, active: true, hostname: 'a', attributes: [] });
    expect(run(allocator, 4999)).toEqual(['f/x@a:5']);
  });

  test('end with their time, or are cleared', () => {
    const allocator = cluster({ a: 'cpus:4;mem:64' });
    allocator.setFramework('f', framework(['x']));
    const { resources } = allocator.run(0)[0]!;
    allocator.recover('f', 'a', resources, 5000);
    expect(run(allocator, 5000)).toEqual(['f/x@a:4']);
    allocator.recover('f', 'a', resources, 90_000);
    allocator.clearFilters('f', new Set(['y']));
    expect(run(allocator, 6000)).toEqual([]);
    allocator.clearFilters('f', new Set(['x']));
    expect(run(allocator, 6000)).toEqual(['f/x@a:4']);
  });
});

describe('who is not offered anything', () => {
  test.each([
    ['suppressed', { suppressedRoles: new Set(['x']) }, 'cpus:4;mem:64'],
    ['inactive', { active: false }, 'cpus:4;mem:64'],
    ['no gpus wanted', {}, 'cpus:4;mem:64;gpus:1'],
    ['too little', {}, 'cpus:0.005;mem:16'],
    ['reserved for others', {}, 'cpus(y):4;mem(y):64'],
    [
      'less than asked for',
      {
        offerFilters: {
          x: {
            min_allocatable_resources: { quantities: [{ quantities: { cpus: { value: 8 } } }] },
          },
        },
      },
      'cpus:4;mem:64',
    ],
  ])('%s', (_why, more, resources) => {
    const allocator = cluster({ a: resources });
    allocator.setFramework('f', framework(['x'], more));
    expect(run(allocator)).toEqual([]);
  });

  test('what is reserved for an ancestor may be used', () => {
    const allocator = cluster({ a: 'cpus(eng):4;mem(eng):64' });
    allocator.setFramework('f', framework(['eng/one']));
    expect(run(allocator)).toEqual(['f/eng/one@a:4']);
  });

  test('revocable resources are for those who want them', () => {
    const allocator = cluster({});
    const [cpus] = parseResources('cpus:2');
    const total = [...parseResources('cpus:1;mem:64'), { ...cpus!, revocable: {} }];
    allocator.setAgent('a', { total, active: true, hostname: 'a', attributes: [] });
    allocator.setFramework('f', framework(['x']));
    expect(run(allocator)).toEqual(['f/x@a:1']);
    const capabilities = new Set(['REVOCABLE_RESOURCES']);
    allocator.setFramework('g', framework(['x'], { capabilities }));
    expect(run(allocator)).toEqual(['g/x@a:2']);
  });
});

describe('quota', () => {
  const quota = (guarantee: number, limit?: number) => ({
    guarantees: new Map([['cpus', guarantee]]),
    limits: new Map(limit === undefined ? [] : [['cpus', limit]]),
  });

  test('a guarantee comes first, and is kept free for a role that is not there yet', () => {
    const allocator = cluster({ a: 'cpus:4;mem:64' });
    allocator.quotas.set('y', quota(3));
    allocator.setFramework('f', framework(['x']));
    expect(run(allocator)).toEqual(['f/x@a:1']);
    allocator.setFramework('g', framework(['y']));
    expect(run(allocator)).toEqual(['g/y@a:3']);
  });

  test('a limit is not exceeded, not by sub-roles either', () => {
    const allocator = cluster({ a: 'cpus:2;mem:64', b: 'cpus:2;mem:64' });
    allocator.quotas.set('x', quota(0, 3));
    allocator.setFramework('f', framework(['x/sub']));
    expect(run(allocator)).toEqual(['f/x/sub@a:2', 'f/x/sub@b:1']);
  });
});

test('offer constraints choose agents by attribute', () => {
  const allocator = cluster({});
  for (const [id, rack] of Object.entries({ a: 'r1', b: 'r2' })) {
    const attributes = parseAttributes(`rack:${rack}`);
    const total = parseResources('cpus:4;mem:64');
    allocator.setAgent(id, { total, active: true, hostname: id, attributes });
  }
  const attribute_constraints = [
    { selector: { attribute_name: 'rack' }, predicate: { text_matches: { regex: 'r[2-9]' } } },
  ];
  const constraints = { role_constraints: { x: { groups: [{ attribute_constraints }] } } };
  allocator.setFramework('f', framework(['x'], { constraints }));
  expect(run(allocator)).toEqual(['f/x@b:4']);
});
