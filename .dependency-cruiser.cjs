/**
 * The arrows between the packages (docs/architecture.md): each package may import the packages
 * of its line and `common`, nothing else. `firesteel` wires everything together.
 */
const arrows = {
  common: [],
  closure: [],
  codec: [],
  rpc: ['codec'],
  plan: ['closure', 'codec'],
  statistics: ['codec'],
  rdd: ['plan', 'codec', 'statistics'],
  planner: ['plan', 'statistics'],
  scheduler: ['plan', 'planner'],
  storage: ['codec', 'plan'],
  io: ['codec', 'plan'],
  shuffle: ['codec', 'io', 'plan', 'rpc', 'storage'],
  executor: ['closure', 'codec', 'io', 'plan', 'rpc', 'shuffle', 'statistics', 'storage'],
  cluster: ['codec', 'plan', 'rpc', 'shuffle'],
  mesos: ['cluster', 'mesos-protocol', 'mesos-testkit', 'plan', 'rpc'],
  'mesos-protocol': [],
  'mesos-testkit': ['mesos-protocol'],
  shell: ['closure', 'rdd'],
  ui: ['plan', 'scheduler'],
  cli: ['shell'],
};

const packageRules = Object.entries(arrows).map(([name, targets]) => {
  const allowed = [name, 'common', ...targets].join('|');
  return {
    name: `arrows-of-${name}`,
    comment: `${name} may import: ${['common', ...targets].join(', ')}`,
    severity: 'error',
    from: { path: `^packages/${name}/src/` },
    to: { path: '^packages/', pathNot: `^packages/(${allowed})/` },
  };
});

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...packageRules,
    {
      name: 'no-cycles',
      comment: 'A cycle makes the order of initialisation depend on who is imported first.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'entry-points-only',
      comment: 'Another package is imported by its name, never by a path into its files.',
      severity: 'error',
      from: { path: '^packages/([^/]+)/src/' },
      to: {
        path: '^packages/',
        pathNot: ['^packages/$1/', '^packages/[^/]+/dist/(index|executor)\\.(js|d\\.ts)$'],
      },
    },
    {
      name: 'resolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'declared-dependencies',
      comment: 'What a package imports at run time stands in its own package.json.',
      severity: 'error',
      from: { path: '^packages/[^/]+/src/', pathNot: ['\\.(test|test-d)\\.ts$', '/src/testing/'] },
      // An optional peer is in no list of what is installed; it is declared all the same.
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
        dependencyTypesNot: ['npm-peer'],
      },
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules', '/dist/'] },
    exclude: { path: ['/dist/(?!(index|executor)\\.)', '/fixtures/'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.test.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
    combinedDependencies: false,
  },
};
