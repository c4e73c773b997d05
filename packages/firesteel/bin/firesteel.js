#!/usr/bin/env node
import { existsSync, readFileSync } from 'node:fs';

const engine = new URL('../dist/index.js', import.meta.url);
if (existsSync(engine)) {
  const { main } = await import('@firesteel/cli');
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  await main(process.argv.slice(2), {
    version,
    resolve: (specifier) => import.meta.resolve(specifier),
    load: () => import(engine.href),
    loadHistoryServer: () => import('@firesteel/ui'),
    loadShuffleService: () => import('@firesteel/executor'),
    loadExecutor: () => import('@firesteel/executor'),
    loadMesosExecutor: () => import('@firesteel/mesos/executor'),
  });
} else {
  process.stderr.write('Firesteel is not built. Run "npm install && npm run build" first.\n');
  process.exitCode = 1;
}
