import { existsSync, readdirSync } from 'node:fs';
import { FiresteelContext } from 'firesteel';
import { afterEach, expect, it } from 'vitest';
import { failure } from '../behaviour/rejection.js';
import { freePort } from './remote-executor.js';
import { ServiceProcess } from './service-process.js';

const services: ServiceProcess[] = [];
afterEach(async () => {
  for (const service of services.splice(0)) await service[Symbol.asyncDispose]();
});

async function newService(): Promise<ServiceProcess> {
  const service = new ServiceProcess(await freePort());
  services.push(service);
  await service.start();
  return service;
}

it('keeps map outputs when all executors were killed and it was restarted', async () => {
  const service = await newService();
  {
    await using sc = await FiresteelContext.create({
      master: 'local-cluster[2,1,256]',
      conf: service.conf,
    });
    const stages: { name: string; numTasks: number }[] = [];
    sc.events.on('stageSubmitted', (stage) => stages.push(stage));
    const removed = new Promise<void>((resolve) => {
      let count = 0;
      sc.events.on('executorRemoved', () => {
        if (++count === 2) resolve();
      });
    });
    const pids = sc.range(0, 400, 1, 4).map((x): [number, number] => [x % 5, process.pid]);
    const byKey = pids.partitionBy(3);
    const written = await byKey.values().distinct().collect();
    for (const pid of written) process.kill(pid, 'SIGKILL');
    if (written.length === 2) await removed;
    await service.stop();
    await service.start();
    stages.length = 0;
    // The rows name the processes that wrote them, which are gone: nothing was computed again.
    const rows = await byKey.mapValues((pid) => [pid, process.pid]).collect();
    expect(rows).toHaveLength(400);
    for (const [, [writer, reader]] of rows) {
      expect(written).toContain(writer);
      expect(written).not.toContain(reader);
    }
    expect(stages).toHaveLength(1);
    expect(readdirSync(service.directory)).toEqual([sc.applicationId]);
  }
  expect(existsSync(service.directory)).toBe(true);
  expect(readdirSync(service.directory)).toEqual([]);
}, 60_000);

it('lets dynamic allocation end executors whose map outputs are still needed', async () => {
  const service = await newService();
  await using sc = await FiresteelContext.create({
    master: 'local-cluster[2,1,256]',
    conf: {
      ...service.conf,
      'dynamicAllocation.enabled': 'true',
      'dynamicAllocation.schedulerBacklogTimeout': '50ms',
      'dynamicAllocation.executorIdleTimeout': '200ms',
    },
  });
  let added = 0;
  let removed = 0;
  let check = () => {};
  sc.events.on('executorAdded', () => {
    added += 1;
  });
  sc.events.on('executorRemoved', () => {
    removed += 1;
    check();
  });
  const byKey = sc
    .range(0, 100, 1, 2)
    .map((x): [number, number] => [x % 3, process.pid])
    .partitionBy(2);
  await byKey.count();
  await new Promise<void>((resolve) => {
    check = () => {
      if (removed === added) resolve();
    };
    check();
  });
  const rows = await byKey.mapValues((pid) => pid === process.pid).collect();
  expect(rows.filter(([, isOwn]) => isOwn)).toEqual([]);
  expect(rows).toHaveLength(100);
}, 60_000);

it('is missed at once by executors that should use it', async () => {
  const service = new ServiceProcess(await freePort());
  services.push(service);
  const conf = { ...service.conf, 'shuffle.io.retryWait': '1ms' };
  const sc = await FiresteelContext.create({ master: 'local-cluster[1,1,256]', conf });
  const error = await failure(sc.range(0, 1).count());
  await sc.stop();
  expect(error.code).toBe('EXECUTOR_LOST');
}, 60_000);
