import type { ServerResponse } from 'node:http';
import type { MediaType } from '@firesteel/mesos-protocol';
import { accepted, notImplemented, readAccept, readCall } from '../http/call-body.js';
import { EventStream } from '../http/event-stream.js';
import { type HttpAnswer, type HttpRequest, textAnswer } from '../http/server.js';
import { executorCallError } from '../validation/calls.js';
import type { AgentProcess } from './agent-process.js';
import type { ExecutorRecord } from './executor-record.js';
import { type TokenClaims, verifyToken } from './executor-tokens.js';

/** POST /api/v1/executor: the checks of the real agent, in its order. */
export function answerExecutor(agent: AgentProcess, request: HttpRequest): HttpAnswer {
  const { jwtSecret } = agent.context.config;
  const claims = claimsOf(request, jwtSecret);
  if (jwtSecret !== undefined && claims === undefined) {
    const challenge = { 'WWW-Authenticate': 'Bearer realm="mesos-agent-executor"' };
    return textAnswer(401, '401 Unauthorized.', challenge);
  }
  const read = readCall(request, 'executor.Call');
  if ('refused' in read) return read.refused;
  const { call } = read;
  if (agent.phase === 'recovering' && call.type !== 'SUBSCRIBE' && call.type !== 'HEARTBEAT') {
    return textAnswer(503, 'Agent has not finished recovery');
  }
  const invalid = executorCallError(call);
  if (invalid !== undefined) {
    return textAnswer(400, `Failed to validate Executor::Call: ${invalid}`);
  }
  const accept = readAccept(request);
  if (call.type === 'SUBSCRIBE' && 'refused' in accept) return accept.refused;
  if (call.type === 'HEARTBEAT') return accepted;
  const framework = agent.frameworks.get(call.framework_id.value);
  if (framework === undefined) return textAnswer(400, 'Framework cannot be found');
  const executor = framework.executors.get(call.executor_id.value);
  if (executor === undefined) return textAnswer(400, 'Executor cannot be found');
  if (claims !== undefined && !isFor(claims, executor)) {
    return textAnswer(403, 'The token was made for another executor');
  }
  if (call.type !== 'SUBSCRIBE' && executor.state === 'REGISTERING') {
    return textAnswer(403, 'Executor is not subscribed');
  }
  switch (call.type) {
    case 'SUBSCRIBE': {
      const { mediaType } = accept as { readonly mediaType: MediaType };
      return {
        status: 200,
        headers: { 'Content-Type': mediaType },
        open: (output) =>
          agent.subscribe(executor, call, openConnection(agent, executor, output, mediaType)),
      };
    }
    case 'UPDATE':
      agent.update(executor, call.update!.status);
      return accepted;
    case 'MESSAGE':
      agent.message(executor, call.message!.data);
      return accepted;
    default:
      return notImplemented;
  }
}

function openConnection(
  agent: AgentProcess,
  executor: ExecutorRecord,
  output: ServerResponse,
  mediaType: MediaType,
): EventStream<'executor.Event'> {
  const { executorHeartbeatIntervalMs } = agent.context.timings;
  const cancel = agent.every(executorHeartbeatIntervalMs, () => stream.send({ type: 'HEARTBEAT' }));
  output.on('close', cancel);
  // An agent does not judge an executor by its stream: only the end of the process counts.
  const stream = new EventStream(output, 'executor.Event', mediaType, () => {
    if (executor.connection === stream) executor.connection = undefined;
  });
  return stream;
}

function claimsOf(request: HttpRequest, secret: string | undefined): TokenClaims | undefined {
  const token = /^Bearer ([^ ]+)$/.exec(request.headers.authorization ?? '')?.[1];
  return secret === undefined || token === undefined ? undefined : verifyToken(token, secret);
}

function isFor({ fid, eid, cid }: TokenClaims, executor: ExecutorRecord): boolean {
  return fid === executor.framework.id && eid === executor.id && cid === executor.containerId;
}
