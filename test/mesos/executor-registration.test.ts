import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { JobDirectory } from '../cli/cli.js';

it('an executor whose agent does not answer asks again, and says why it ends', async () => {
  let requests = 0;
  const agent = createServer((request, response) => {
    requests++;
    if (requests === 1) request.socket.destroy();
    else response.writeHead(403).end('no executor of mine');
  });
  await new Promise<void>((resolve) => agent.listen(0, '127.0.0.1', resolve));
  const { port } = agent.address() as AddressInfo;
  using directory = new JobDirectory();
  const options = ['--driver', '127.0.0.1:1', '--id', '0', '--cores', '1', '--mesos'];
  const outcome = await directory.run(['executor', ...options], {
    MESOS_FRAMEWORK_ID: 'framework',
    MESOS_EXECUTOR_ID: '0',
    MESOS_AGENT_ENDPOINT: `127.0.0.1:${port}`,
  });
  agent.close();
  expect(outcome).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(
      /MESOS_DISCONNECTED.*cannot register with its agent: .*403: no executor of mine/,
    ),
  });
  expect(requests).toBe(2);
});
