import { readFileSync } from 'node:fs';
import { type AddressInfo, connect } from 'node:net';
import { createServer } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { contextOn, startCluster } from './mesos-context.js';

const file = (name: string) =>
  fileURLToPath(new URL(`../fixtures/tls/${name}.pem`, import.meta.url));

it('speaks TLS with masters that have a certificate of the given authority', async () => {
  await using cluster = await startCluster({ agents: 1 });
  const [host, port] = cluster.master.split(':');
  const key = readFileSync(file('key'));
  const cert = readFileSync(file('cert'));
  await using proxy = createServer({ key, cert }, (socket) => {
    const master = connect(Number(port), host);
    socket.pipe(master).pipe(socket);
    for (const side of [socket, master]) side.on('error', () => side.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const masters = [`127.0.0.1:${(proxy.address() as AddressInfo).port}`];
  const conf = { 'mesos.ssl.enabled': true, 'cores.max': 1 };

  await using trusting = await contextOn(
    { masters },
    { ...conf, 'mesos.ssl.caFile': file('cert') },
  );
  expect(await trusting.range(10).count()).toBe(10);
  await trusting.stop();

  await using wary = await contextOn(
    { masters },
    { ...conf, 'mesos.driver.registrationTimeout': '2s' },
  );
  await expect(wary.range(10).count()).rejects.toMatchObject({
    code: 'MESOS_MASTER_UNREACHABLE',
    message: expect.stringMatching(/certificate/),
  });
});
