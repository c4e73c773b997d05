import { Config } from '@firesteel/common';
import {
  type BackendEvent,
  EXECUTOR_PROTOCOL,
  type ExecutorTarget,
  type StageProgram,
  type TaskDescription,
  thisPlatform,
} from '@firesteel/plan';
import { connect, type RpcConnection, rpcOptions, Secret } from '@firesteel/rpc';
import { afterEach, expect, it } from 'vitest';
import { ClusterBackend } from './cluster-backend.js';
import type { LauncherEvents } from './executor-launcher.js';

const open: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const backend of open.splice(0)) await backend.stop();
});

/** A backend whose executors the test plays itself. */
async function startBackend(
  executorIds: readonly string[],
  conf: Readonly<Record<string, string>> = {},
) {
  const secret = Secret.random();
  const config = Config.fromLayers({ code: { 'shuffle.io.maxRetries': '0', ...conf } });
  const events: BackendEvent[] = [];
  const targets: ExecutorTarget[] = [];
  const retired: string[] = [];
  let launcher: LauncherEvents | undefined;
  const seen = new Map<BackendEvent['kind'], () => void>();
  const backend = new ClusterBackend({
    launcher: {
      start: (given) => {
        launcher = given;
      },
      setTarget: (target) => {
        targets.push(target);
      },
      maxSlots: 0,
      retire: (id) => {
        retired.push(id);
      },
      kill: () => {},
      stop: async () => {},
    },
    executors: executorIds.length,
    applicationId: 'test',
    rpc: rpcOptions(config, secret),
    config,
  });
  open.push(backend);
  const maxSlots: number[] = [];
  const started = backend.start((event) => {
    events.push(event);
    if (event.kind === 'executorAdded') maxSlots.push(backend.maxSlots);
    seen.get(event.kind)?.();
  });
  while (launcher === undefined) await new Promise((resolve) => setImmediate(resolve));
  const connections: RpcConnection[] = [];
  for (const executorId of executorIds) {
    const { arguments: args } = launcher.commandFor(executorId);
    const [host = '', port] = (args[args.indexOf('--driver') + 1] as string).split(':');
    const connection = await connect(host, Number(port), { secret });
    connection.start({ message: () => {}, request: () => undefined, ended: () => {} });
    await connection.request({
      kind: 'register',
      protocol: EXECUTOR_PROTOCOL,
      nodeVersion: process.version,
      address: { executorId, host, port: 1 },
      cores: 1,
      logUrls: {},
      platform: thisPlatform(),
      sharesFiles: true,
    });
    connection.send({ kind: 'events', events: [{ kind: 'slotAdded', slot: 0 }] });
    connections.push(connection);
  }
  await started;
  const next = (kind: BackendEvent['kind']) =>
    new Promise<void>((resolve) => seen.set(kind, resolve));
  return { backend, events, launcher, targets, retired, connections, maxSlots, next };
}

const kinds = (events: readonly BackendEvent[]) => events.map(({ kind }) => kind);

it('fails when the launcher has given up and the last executor is gone', async () => {
  const { events, launcher, connections, next } = await startBackend(['a', 'b']);
  const error = new Error('executors end too often');
  launcher.failed(error);
  const lost = next('executorLost');
  connections[0]?.close();
  await lost;
  expect(kinds(events)).not.toContain('backendFailed');
  const failed = next('backendFailed');
  connections[1]?.close();
  await failed;
  expect(events.at(-1)).toEqual({ kind: 'backendFailed', error });
});

it('counts on the slots of executors that have only just come', async () => {
  const { backend, connections, maxSlots, next } = await startBackend(['a', 'b']);
  expect(maxSlots).toEqual([1, 2]);
  const lost = next('executorLost');
  connections[0]?.close();
  await lost;
  expect(backend.maxSlots).toBe(1);
});

it('goes on without executors while the launcher may start others', async () => {
  const { events, connections, next } = await startBackend(['a']);
  const lost = next('executorLost');
  connections[0]?.close();
  await lost;
  expect(kinds(events)).toEqual(['executorAdded', 'slotAdded', 'executorLost']);
});

it('reports a task as lost whose result cannot be read', async () => {
  const { backend, events, connections, next } = await startBackend(['a']);
  const [connection] = connections;
  backend.addProgram({
    id: 1,
    closureSetId: 1,
    broadcasts: [],
    pipeline: { source: { kind: 'split', format: { kind: 'rows' } }, steps: [] },
    sink: { kind: 'action', action: { kind: 'count' } },
  } as unknown as StageProgram);
  const task = { taskId: 7, programId: 1 } as unknown as TaskDescription;
  backend.launch(0, [task]);
  const ended = next('taskEnded');
  // Nobody serves blocks at the port that it has registered.
  connection?.send({ kind: 'events', events: [{ kind: 'outcomeStored', taskId: 7 }] });
  await ended;
  const reason = expect.stringContaining('could not be read from executor a');
  expect(events.at(-1)).toEqual({
    kind: 'taskEnded',
    taskId: 7,
    outcome: { kind: 'lost', reason },
  });
});

it('sends again what was part of a message that was too large', async () => {
  const { backend, connections } = await startBackend(['a'], { 'rpc.message.maxSize': '1m' });
  const program = (id: number) =>
    ({
      id,
      closureSetId: 1,
      broadcasts: [1],
      pipeline: { source: { kind: 'split', format: { kind: 'rows' } }, steps: [] },
      sink: { kind: 'action', action: { kind: 'count' } },
    }) as unknown as StageProgram;
  backend.addClosureSet(1, new Uint8Array(3), []);
  backend.addBroadcast({ id: 1, parts: [new SharedArrayBuffer(2 << 20)], packages: [] });
  for (const id of [1, 2]) backend.addProgram(program(id));
  const launch = (taskId: number, programId: number) =>
    backend.launch(0, [{ taskId, programId } as unknown as TaskDescription]);
  for (const id of [1, 2])
    expect(() => launch(id, id)).toThrow(expect.objectContaining({ code: 'MESSAGE_TOO_LARGE' }));
  expect(connections[0]?.isOpen).toBe(true);
});

it('passes targets on to the launcher', async () => {
  const { backend, targets } = await startBackend(['a']);
  const wanted = { total: 3, hostWeights: new Map([['h', 2]]) };
  backend.requestTotalExecutors(wanted);
  expect(targets).toEqual([{ total: 1, hostWeights: new Map() }, wanted]);
});

it('needs no executor to start with', async () => {
  const { events } = await startBackend([]);
  expect(events).toEqual([]);
});

it('ends executors that are not needed, but none that has tasks', async () => {
  const { backend, events, retired } = await startBackend(['a', 'b']);
  backend.addProgram({
    id: 0,
    closureSetId: 0,
    broadcasts: [],
    pipeline: { source: { kind: 'shuffle', read: { shuffleId: 0 } } },
  } as never);
  backend.launch(0, [{ taskId: 7, programId: 0 } as never]);
  expect(backend.killExecutors(['a', 'b', 'unknown'])).toEqual(['b']);
  expect(retired).toEqual(['b']);
  expect(events.at(-1)).toMatchObject({ kind: 'executorLost', executorId: 'b' });
});
