import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { Config } from '@firesteel/common';
import fc from 'fast-check';
import { afterEach, expect, it } from 'vitest';
import { serveLiveUi } from '../live-ui.js';
import { ApplicationStore } from '../store/application-store.js';
import {
  applicationStart,
  jobStart,
  stageSubmitted,
  taskEnd,
  taskStart,
} from '../testing/events.js';
import type { UiServer } from './ui-server.js';

const token = 'correct horse battery';
const servers: UiServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function serve(settings: Record<string, string> = {}) {
  const store = new ApplicationStore({ jobs: 10, stages: 10, tasks: 100 });
  const events = [
    applicationStart(),
    jobStart(),
    stageSubmitted(),
    taskStart(0),
    taskEnd(0, { rowsRead: 5 }),
  ];
  for (const event of events) store.apply(event);
  const cancelled: string[] = [];
  const server = await serveLiveUi({
    config: Config.fromLayers({ code: { 'ui.port': 0, ...settings } }),
    store,
    control: {
      cancelJob: (id) => cancelled.push(`job ${id}`),
      cancelStage: (id) => cancelled.push(`stage ${id}`),
    },
    version: '0.1.0',
  });
  servers.push(server);
  const { port } = new URL(server.url);
  /** Unlike fetch, it can lie about the host. */
  const ask = (
    path: string,
    headers: Record<string, string> = {},
    method = 'GET',
    body?: string,
  ): Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: string }> =>
    new Promise((resolve, reject) => {
      const request = httpRequest(
        { host: '127.0.0.1', port, path, method, headers },
        async (response) => {
          let text = '';
          for await (const chunk of response.setEncoding('utf8')) text += chunk;
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text });
        },
      );
      request.on('error', reject);
      request.end(body);
    });
  const api = (path: string, headers?: Record<string, string>) =>
    ask(`/api/v1/applications/local-1${path}`, headers);
  return { ask, api, cancelled, store, server };
}

it('answers with JSON, and says what it does not have or understand', async () => {
  const { api, ask } = await serve();
  expect(JSON.parse((await ask('/api/v1/applications')).body)).toMatchObject([
    { id: 'local-1', state: 'running' },
  ]);
  const statuses = async (...paths: string[]) => {
    const answers = await Promise.all(paths.map((path) => api(path)));
    return answers.map(({ status }) => status);
  };
  expect(
    await statuses('', '/jobs', '/jobs/0', '/stages', '/stages/0', '/stages/0/0', '/environment'),
  ).toEqual(Array(7).fill(200));
  expect(
    await statuses('/jobs/9', '/jobs/x', '/stages/0/9', '/nothing', '/constructor', '/logs'),
  ).toEqual(Array(6).fill(404));
  expect(
    await statuses(
      '/stages/0/0/taskSummary?quantiles=2',
      '/stages/0/0/taskList?sortBy=name',
      '/stages/0/0/taskList?status=bad',
      '/jobs?status=bad',
      '/stages?status=complete&status=bad',
      '/stages/0/0/taskList?length=0',
    ),
  ).toEqual(Array(6).fill(400));
  expect((await ask('/api/v1/applications/other')).status).toBe(404);
  expect((await ask('/%', {})).status).toBe(404);
  expect((await ask('/../../../../package.json')).status).toBe(404);
});

it('answers only to names of the loopback interface, so that no other name can lead here', async () => {
  const { ask } = await serve();
  const statusFor = async (host: string) => (await ask('/api/v1/applications', { host })).status;
  expect(await statusFor('localhost:9999')).toBe(200);
  expect(await statusFor('[::1]:4040')).toBe(200);
  expect(await statusFor('evil.example')).toBe(403);
  expect(await statusFor('127.0.0.1.evil.example')).toBe(403);
});

it('cancels for its own pages only', async () => {
  const { ask, cancelled, server } = await serve();
  const path = '/api/v1/applications/local-1/jobs/0/kill';
  const { requestToken } = JSON.parse((await ask('/api/v1/session')).body);
  const kill = async (headers: Record<string, string>, method = 'POST') =>
    (await ask(path, headers, method)).status;
  expect(await kill({})).toBe(403);
  expect(await kill({ 'x-firesteel-token': 'guess' })).toBe(403);
  expect(await kill({ 'x-firesteel-token': requestToken, origin: 'http://evil.example' })).toBe(
    403,
  );
  expect(await kill({ 'x-firesteel-token': requestToken }, 'GET')).toBe(404);
  expect(cancelled).toEqual([]);
  expect(await kill({ 'x-firesteel-token': requestToken })).toBe(202);
  // Behind a proxy with TLS.
  const origin = server.url.replace(/^http:(.*)\/$/, 'https:$1');
  expect(await kill({ 'x-firesteel-token': requestToken, origin })).toBe(202);
  expect(cancelled).toEqual(['job 0', 'job 0']);
});

it('cancels nothing when that is switched off', async () => {
  const { ask } = await serve({ 'ui.killEnabled': 'false' });
  expect(JSON.parse((await ask('/api/v1/session')).body)).not.toHaveProperty('requestToken');
  expect((await ask('/api/v1/applications/local-1/jobs/0/kill', {}, 'POST')).status).toBe(404);
});

it('wants the token, if there is one, by a header or by a cookie', async () => {
  const { ask, api, cancelled } = await serve({ 'ui.token': token.replaceAll(' ', '-') });
  const secret = token.replaceAll(' ', '-');
  expect((await api('/jobs')).status).toBe(401);
  expect((await ask('/metrics')).status).toBe(401);
  expect((await ask('/')).status).toBe(401);
  expect((await api('/jobs', { authorization: 'Bearer wrong-token-of-16' })).status).toBe(401);
  expect((await api('/jobs', { authorization: `Bearer ${secret}` })).status).toBe(200);
  const logIn = (given: string) => ask('/login', {}, 'POST', `token=${encodeURIComponent(given)}`);
  expect((await logIn('wrong-token-of-16')).headers['set-cookie']).toBeUndefined();
  const { headers } = await logIn(secret);
  // A proxy may serve it below a path.
  expect(headers.location).toBe('./');
  const [cookie = ''] = headers['set-cookie'] ?? [];
  expect(cookie).toContain('HttpOnly; SameSite=Strict');
  expect(cookie).not.toContain(secret);
  const [pair = ''] = cookie.split(';');
  expect((await api('/jobs', { cookie: pair })).status).toBe(200);
  // Such a server is reached by other names too.
  expect((await api('/jobs', { cookie: pair, host: 'driver.example' })).status).toBe(200);
  const kill = '/api/v1/applications/local-1/stages/0/kill';
  expect((await ask(kill, { cookie: pair }, 'POST')).status).toBe(403);
  expect((await ask(kill, { authorization: `Bearer ${secret}` }, 'POST')).status).toBe(202);
  expect(cancelled).toEqual(['stage 0']);
});

it('survives whatever strangers send, and gives them nothing', async () => {
  const secret = token.replaceAll(' ', '-');
  const { server, ask, api, cancelled } = await serve({ 'ui.token': secret });
  const { port } = new URL(server.url);
  const api1 = '/api/v1/applications/local-1';
  const starts = [
    '',
    'GET ',
    `GET ${api1}/`,
    `GET ${api1}/jobs HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer `,
    `POST ${api1}/jobs/0/kill HTTP/1.1\r\nhost: localhost\r\nx-firesteel-token: `,
    'POST /login HTTP/1.1\r\nhost: localhost\r\ncontent-length: 4000\r\n\r\ntoken=',
  ];
  const sent = fc.asyncProperty(
    fc.constantFrom(...starts),
    fc.uint8Array({ maxLength: 3000 }),
    async (start, bytes) => {
      const socket = connect(Number(port), '127.0.0.1');
      let answer = '';
      socket.on('error', () => {}).on('data', (chunk) => (answer += chunk));
      await once(socket, 'connect');
      socket.write(start);
      socket.end(bytes);
      if (!socket.closed) await once(socket, 'close');
      expect(answer).not.toMatch(/^HTTP\/1.1 [23]/);
    },
  );
  await fc.assert(sent, { numRuns: 100 });
  expect(cancelled).toEqual([]);
  expect((await ask('/metrics')).status).toBe(401);
  expect((await api('/jobs', { authorization: `Bearer ${secret}` })).status).toBe(200);
});

it('has metrics for Prometheus', async () => {
  const { ask } = await serve();
  const { body, headers } = await ask('/metrics');
  expect(headers['content-type']).toContain('text/plain');
  const labels = '{app_id="local-1",app_name="test"}';
  expect(body).toContain(`firesteel_tasks_succeeded_total${labels} 1`);
  expect(body).toContain(`firesteel_rows_read_total${labels} 5`);
  expect(body).toContain(`firesteel_jobs_active${labels} 1`);
  expect(body).toContain('# TYPE nodejs_eventloop_lag_seconds gauge');
  // Asked again, counters have not been added up.
  expect((await ask('/metrics')).body).toContain(`firesteel_tasks_succeeded_total${labels} 1`);
});

it('takes the next port when one is taken', async () => {
  const first = await serve();
  const { port } = new URL(first.server.url);
  const second = await serve({ 'ui.port': port });
  expect(second.server.url).not.toBe(first.server.url);
  expect((await second.ask('/api/v1/applications')).status).toBe(200);
});

it('tells pages that something has happened', async () => {
  const { server, store } = await serve();
  const response = await fetch(`${server.url}api/v1/applications/local-1/changes`);
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const next = async () => new TextDecoder().decode((await reader.read()).value);
  expect(await next()).toBe('event: change\ndata: {"version":5,"state":"running"}\n\n');
  store.apply(taskStart(1));
  expect(await next()).toContain('"version":6');
  await reader.cancel();
});
