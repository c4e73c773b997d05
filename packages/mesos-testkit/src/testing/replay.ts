import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  decodeBody,
  encodeBody,
  mediaTypeOf,
  mediaTypes,
  messageFromJson,
} from '@firesteel/mesos-protocol';
import type { Trace, TraceStep } from '../../../../test/fixtures/mesos-traces/traces.js';
import type { TestAgent } from '../agent/test-agent.js';
import { ManualClock } from '../clock.js';
import { type MesosCluster, startMesosCluster } from '../cluster.js';
import { AutoExecutor } from './auto-executor.js';
import { type RawResponse, RawStream, send } from './raw-http.js';
import { agentOptions, clusterOptions } from './recorded-cluster.js';
import {
  callName,
  channelOf,
  type EventName,
  isTimeDriven,
  type Json,
  openedBy,
  sideOf,
} from './recorded-steps.js';
import { normalised } from './replay-normal-form.js';
import { replaced, standIn } from './stand-in.js';

interface Side {
  readonly stream: RawStream<EventName>;
  readonly name: EventName;
  readonly consumed: Set<number>;
}

/** How long an event may take that depends on processes: after it, time is moved. */
const patienceMs = 5_000;

/**
 * Plays the client's side of a recording against a cluster and compares all answers and events. Time
 * stands still but when the next recorded event needs it to pass.
 */
export class Replay {
  readonly #trace: Trace;
  readonly #clock = new ManualClock();
  readonly #sides = new Map<string, Side>();
  readonly #ids = new Map<string, string>();
  readonly #pending: { readonly index: number; readonly side: string; readonly body: Json }[] = [];
  readonly #uuids = new Map<string, string>();
  readonly #seenUuids = new Set<string>();
  readonly #autoExecutors = new Map<string, AutoExecutor>();
  readonly #recordedExecutors: ReadonlySet<string>;
  readonly #frameworkOfExecutor = new Map<string, string>();
  /** What was not as recorded. */
  readonly differences: string[] = [];
  #cluster!: MesosCluster;
  #release: (() => void) | undefined;
  #lastRequest: Json;
  #lastResponse: RawResponse | undefined;

  constructor(trace: Trace) {
    this.#trace = trace;
    this.#recordedExecutors = new Set(
      trace.steps.flatMap(({ stream }) => stream?.match(/^executor:(.+)$/)?.[1] ?? []),
    );
  }

  async run(): Promise<readonly string[]> {
    const lateAgents = this.#trace.name.startsWith('11-');
    await using cluster = await startMesosCluster(
      clusterOptions(this.#trace, this.#clock, lateAgents),
    );
    this.#cluster = cluster;
    for (const [index, step] of this.#trace.steps.entries()) await this.#play(index, step);
    await this.#settle();
    this.#reportUnexpected();
    for (const { stream } of this.#sides.values()) stream.close();
    for (const executor of this.#autoExecutors.values()) executor.close();
    return this.differences;
  }

  get #agent(): TestAgent {
    return this.#cluster.agents[0]!;
  }

  async #play(index: number, step: TraceStep): Promise<void> {
    if (step.stream === 'zookeeper') return;
    const body = step.json ?? step.decoded;
    if (step.direction === 'event' && body !== undefined) {
      if ((body as Json).type === 'HEARTBEAT') return;
      this.#pending.push({ index, side: sideOf(step), body: replaced(body) });
      return;
    }
    await this.#settle();
    if (step.note !== undefined && step.method === undefined) await this.#act(step);
    if (step.direction === 'request' && step.method !== undefined) await this.#request(index, step);
    else if (step.direction === 'response' && step.status !== undefined)
      this.#compareResponse(index, step);
  }

  // ---- what the operator and processes did

  async #act(step: TraceStep): Promise<void> {
    const note = step.note ?? '';
    const agent = this.#agent;
    const executor = step.stream?.match(/^executor:(.+)$/)?.[1];
    if (/executor process exits/.test(note)) this.#exit(executor ?? this.#lastShutdown(), 0);
    else if (/^SIGKILL to the agent/.test(note)) await agent.kill();
    else if (/agent (is )?started again/.test(note)) await agent.restart();
    else if (/^SIGKILL to the executor process/.test(note)) this.#kill('exec-k');
    else if (/^SIGKILL to executor exec-s/.test(note)) this.#kill('exec-s');
    else if (/^SIGKILL to a process of the command/.test(note)) this.#kill('cmd-1');
    else if (/^SIGKILL to the master/.test(note)) this.#cluster.faults.loseLeader();
    else if (/^master started again/.test(note)) {
      this.#cluster.faults.electLeader(0);
      this.#release = this.#cluster.faults.holdRecovery();
    } else if (/closes? (its stream|the connection)/.test(note))
      await this.#closeStream(step, note);
    else if (/^stream ended: terminating/.test(note) && this.#sides.has(sideOf(step))) {
      const end = await this.#sides.get(sideOf(step))!.stream.ended();
      if (end !== 'terminated') this.differences.push(`${sideOf(step)} ended ${end}`);
    }
  }

  async #closeStream(step: TraceStep, note: string): Promise<void> {
    const side = this.#sides.get(sideOf(step));
    if (side === undefined) return;
    const connected = (): number => this.#cluster.frameworks().filter((f) => f.connected).length;
    const before = connected();
    side.stream.close();
    await this.#cluster.waitUntil(() => connected() < before);
    this.#sides.delete(sideOf(step));
    const seconds = /(\d+) s pass/.exec(note)?.[1];
    if (seconds !== undefined) this.#clock.advance(Number(seconds) * 1000);
  }

  #kill(executorId: string): void {
    const task = this.#cluster
      .tasks()
      .find(({ executor_id, task_id }) => (executor_id ?? task_id).value === executorId);
    this.#agent.killExecutor(task!.framework_id.value, executorId);
  }

  #lastShutdown(): string {
    const shut = [...this.#sides].filter(([, { stream }]) =>
      stream.events.some((event) => event.type === 'SHUTDOWN'),
    );
    return shut.at(-1)![0].replace('executor:', '');
  }

  #exit(executorId: string, code: number): void {
    const frameworkId = this.#frameworkOfExecutor.get(executorId)!;
    writeFileSync(join(this.#agent.sandbox(frameworkId, executorId), 'exit'), String(code));
  }

  // ---- requests

  async #request(index: number, step: TraceStep): Promise<void> {
    const path = step.path ?? '';
    const recorded = step.json ?? step.decoded;
    const call = recorded === undefined ? undefined : this.#mapped(replaced(recorded));
    this.#lastRequest = call;
    if (call?.type === 'ACKNOWLEDGE') await this.#uuidsOf(call);
    if (/before the executor has registered/.test(step.note ?? '')) {
      this.#release = this.#agent.holdLaunches();
    }
    const headers: Record<string, string> = { ...step.headers };
    delete headers['Content-Length'];
    const recordedStreamId = headers['Mesos-Stream-Id'];
    const known = recordedStreamId && this.#ids.get(recordedStreamId);
    if (known) headers['Mesos-Stream-Id'] = known;
    const body = this.#bodyOf(step, call, headers);
    const address = this.#addressOf(step);
    const answer = this.#answerTo(index, step);
    if (answer?.text === 'Master has not finished recovery') {
      this.#release ??= this.#cluster.faults.holdRecovery();
    }
    const opening = openedBy(step, answer);
    if (opening !== undefined) {
      await this.#subscribe(step, address, path, headers, body, opening);
      return;
    }
    this.#lastResponse = await send(address, path, { method: step.method!, headers, body });
    if (call?.type === 'ACCEPT') this.#startAutoExecutors(call);
    if (this.#release !== undefined && call?.type === 'KILL') {
      await this.#cluster.waitUntil(() => true);
      setImmediate(() => setImmediate(() => setImmediate(() => this.#free())));
    }
    if (this.#lastResponse.status === 503) this.#free();
  }

  #free(): void {
    this.#release?.();
    this.#release = undefined;
  }

  #bodyOf(step: TraceStep, call: Json, headers: Readonly<Record<string, string>>): Uint8Array {
    if (call === undefined) {
      const raw = Buffer.from(step.rawBase64 ?? '', 'base64');
      return raw;
    }
    const name = callName(step);
    const mediaType = mediaTypeOf(headers['Content-Type']);
    if (mediaType !== mediaTypes.protobuf) return Buffer.from(JSON.stringify(call));
    return encodeBody(mediaType, name, messageFromJson(name, call));
  }

  #addressOf({ who, stream }: TraceStep): string {
    return who === 'executor' || stream === 'agent-operator'
      ? this.#agent.address
      : this.#cluster.master;
  }

  #answerTo(index: number, step: TraceStep): TraceStep | undefined {
    return this.#trace.steps
      .slice(index + 1)
      .find((later) => later.direction === 'response' && sideOf(later) === sideOf(step));
  }

  async #subscribe(
    step: TraceStep,
    address: string,
    path: string,
    headers: Readonly<Record<string, string>>,
    body: Uint8Array,
    name: EventName,
  ): Promise<void> {
    const executorId = step.stream?.match(/^executor:(.+)$/)?.[1];
    if (executorId !== undefined) {
      this.#frameworkOfExecutor.set(executorId, this.#lastRequest.framework_id.value);
    }
    const stream = await patiently(() => RawStream.open(address, path, headers, body, name));
    this.#sides.set(sideOf(step), { stream, name, consumed: new Set() });
    const { headers: sent } = stream.response;
    this.#lastResponse = { status: 200, headers: sent, body: Buffer.alloc(0) };
  }

  #compareResponse(index: number, step: TraceStep): void {
    const { status, headers, body } = this.#lastResponse!;
    const streamId = step.headers?.['Mesos-Stream-Id'];
    if (streamId !== undefined) this.#ids.set(streamId, String(headers['mesos-stream-id']));
    const { 'Content-Length': _length, Date: _date, ...recorded } = step.headers ?? {};
    for (const [header, value] of Object.entries(recorded)) {
      if (header === 'Mesos-Stream-Id') continue;
      this.#compare(index, `header ${header}`, value, headers[header.toLowerCase()]);
    }
    this.#compare(index, 'status', step.status, status);
    if (step.text !== undefined) this.#compare(index, 'text', step.text, body.toString());
    if (step.json !== undefined) {
      const name = step.stream === 'agent-operator' ? 'agent.Response' : 'master.Response';
      const actual = decodeBody(mediaTypes.json, name, body);
      this.#compare(index, 'body', messageFromJson(name, replaced(step.json)), actual);
    }
  }

  // ---- events

  /** Waits for what was recorded up to here, in order, and compares it. */
  async #settle(): Promise<void> {
    for (const { index, side, body } of this.#pending.splice(0)) {
      if (body.type === 'AGENT_ADDED') await this.#cluster.addAgent(agentOptions(this.#trace));
      if (body.type === 'AGENT_REMOVED') this.#agent.unregister();
      const event = await this.#await(side, body);
      const name = this.#sides.get(side)?.name ?? 'scheduler.Event';
      if (event === undefined) {
        this.differences.push(`${index}: missing on ${side}: ${shown(body)}`);
        continue;
      }
      this.#learn(body, event);
      this.#compare(index, `event ${body.type}`, messageFromJson(name, body), event);
      const data = body.type === 'MESSAGE' && side.startsWith('executor:') ? body.message.data : '';
      if (Buffer.from(data, 'base64').toString() === 'exit7') {
        this.#exit(side.replace('executor:', ''), 7);
      }
    }
  }

  async #await(sideName: string, body: Json): Promise<Json | undefined> {
    const side = this.#sides.get(sideName);
    if (side === undefined) return undefined;
    const channel = channelOf(body);
    const find = (): number =>
      side.stream.events.findIndex(
        (event, i) => !side.consumed.has(i) && channelOf(event as Json) === channel,
      );
    const uuid = body.update?.status.uuid;
    const isRepeated = uuid !== undefined && this.#seenUuids.has(`${sideName} ${uuid}`);
    if (uuid !== undefined) this.#seenUuids.add(`${sideName} ${uuid}`);
    const deadline = Date.now() + (isTimeDriven(body) || isRepeated ? 0 : patienceMs);
    for (let round = 0; round < 200; round++) {
      do {
        await this.#delivered();
        const found = find();
        if (found >= 0) {
          side.consumed.add(found);
          return side.stream.events[found];
        }
      } while (Date.now() < deadline);
      this.#clock.advance(500);
    }
    return undefined;
  }

  /**
   * Resolves when everything is here that was sent up to now, however busy the machine is: answers
   * to later requests are. Time that is moved too early would bring events that nobody recorded.
   */
  async #delivered(): Promise<void> {
    for (let i = 0; i < 3; i++)
      await send(this.#cluster.masters[0] as string, '/health', { method: 'GET' });
  }

  /** Notes which of our ids stand for the recorded ones. */
  #learn(recorded: Json, actual: Json): void {
    const pairs: [Json, Json][] = [
      [recorded.subscribed?.framework_id, actual.subscribed?.framework_id],
      [
        recorded.subscribed?.master_info && { value: recorded.subscribed.master_info.id },
        { value: actual.subscribed?.master_info?.id },
      ],
    ];
    for (const offer of recorded.offers?.offers ?? []) {
      const twin = actual.offers.offers.find(
        (other: Json) =>
          other.allocation_info?.role === offer.allocation_info?.role &&
          suffix(other.agent_id.value) === suffix(offer.agent_id.value),
      );
      if (twin) pairs.push([offer.id, twin.id], [offer.agent_id, twin.agent_id]);
    }
    for (const [from, to] of pairs) if (from && to) this.#ids.set(from.value, to.value);
    const status = recorded.update?.status;
    const uuid = status?.uuid ?? recorded.update_operation_status?.status.uuid?.value;
    const twin = actual.update?.status.uuid ?? actual.update_operation_status?.status.uuid?.value;
    if (uuid && twin) this.#uuids.set(uuid, Buffer.from(twin).toString('base64'));
  }

  async #uuidsOf(call: Json): Promise<void> {
    const { uuid } = call.acknowledge;
    call.acknowledge.uuid = this.#uuids.get(uuid) ?? uuid;
  }

  /** A recorded call with our ids. */
  #mapped(value: Json): Json {
    if (typeof value === 'string') {
      const known = this.#ids.get(value) ?? this.#uuids.get(value);
      if (known !== undefined) return known;
      // An id of a master that is known, but not this one of its frameworks or agents.
      const [master = '', rest] = [value.slice(0, 36), value.slice(36)];
      return this.#ids.has(master) && /^-[SO\d]/.test(rest) ? this.#ids.get(master) + rest : value;
    }
    if (Array.isArray(value)) return value.map((item) => this.#mapped(item));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, v]) => [key, this.#mapped(v)]));
  }

  #startAutoExecutors(call: Json): void {
    const tasks = (call.accept.operations ?? []).flatMap((o: Json) => o.launch?.task_infos ?? []);
    for (const { executor } of tasks) {
      const id = executor?.executor_id.value;
      const known =
        id === undefined || this.#recordedExecutors.has(id) || this.#autoExecutors.has(id);
      if (known || executor.command?.arguments?.[2] !== standIn) continue;
      const frameworkId = call.framework_id.value;
      this.#autoExecutors.set(id, new AutoExecutor(this.#agent.address, frameworkId, id));
    }
  }

  #reportUnexpected(): void {
    for (const [name, { stream, consumed }] of this.#sides) {
      for (const [i, event] of stream.events.entries()) {
        if (consumed.has(i) || event.type === 'HEARTBEAT') continue;
        this.differences.push(`unexpected on ${name}: ${shown(event)}`);
      }
    }
  }

  #compare(index: number, what: string, recorded: unknown, actual: unknown): void {
    const [a, b] = [normalised(recorded), normalised(actual)];
    if (a === b) return;
    const [linesA, linesB] = [a.split('\n'), b.split('\n')];
    const only = (x: string[], y: string[]): string =>
      x
        .filter((line) => !y.includes(line))
        .slice(0, 12)
        .join(' ');
    this.differences.push(
      `${index}: ${what}: recorded ${only(linesA, linesB)} | got ${only(linesB, linesA)}`,
    );
  }
}

const shown = (message: unknown): string =>
  normalised(message)
    .replaceAll(/\s*\n\s*/g, ' ')
    .slice(0, 600);

const suffix = (id: string): string => id.slice(36);

async function patiently<T>(attempt: () => Promise<T>): Promise<T> {
  for (let round = 0; ; round++) {
    try {
      return await attempt();
    } catch (error) {
      if (round > 400) throw error;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}
