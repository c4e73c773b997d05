import { type AgentResponseFields, encodeBody } from '@firesteel/mesos-protocol';
import { notImplemented, readAccept, readCall } from '../http/call-body.js';
import { type HttpRequest, type PlainAnswer, textAnswer } from '../http/server.js';
import type { AgentProcess } from './agent-process.js';
import type { ExecutorRecord } from './executor-record.js';
import { registrationOf, taskOf } from './registration.js';

/** POST /api/v1 of an agent, the calls that ask for its state. */
export function answerAgentOperator(agent: AgentProcess, request: HttpRequest): PlainAnswer {
  const read = readCall(request, 'agent.Call');
  if ('refused' in read) return read.refused;
  const accept = readAccept(request);
  if ('refused' in accept) return accept.refused;
  if (read.call.type === undefined) {
    return textAnswer(400, "Failed to validate agent::Call: Expecting 'type' to be present");
  }
  const response = responses[read.call.type]?.(agent);
  if (response === undefined) return notImplemented;
  return {
    status: 200,
    headers: { 'Content-Type': accept.mediaType },
    body: encodeBody(accept.mediaType, 'agent.Response', response),
  };
}

const responses: Readonly<Record<string, (agent: AgentProcess) => AgentResponseFields>> = {
  GET_HEALTH: () => ({ type: 'GET_HEALTH', get_health: { healthy: true } }),
  GET_AGENT: (agent) => ({
    type: 'GET_AGENT',
    get_agent: { agent_info: registrationOf(agent).info },
  }),
  GET_CONTAINERS: (agent) => ({
    type: 'GET_CONTAINERS',
    get_containers: {
      containers: executorsOf(agent).map((executor) => ({
        framework_id: { value: executor.framework.id },
        executor_id: executor.info.executor_id,
        executor_name: executor.info.name ?? '',
        container_id: { value: executor.containerId },
        ...(executor.pid !== undefined && { container_status: { executor_pid: executor.pid } }),
      })),
    },
  }),
  GET_FRAMEWORKS: (agent) => ({ type: 'GET_FRAMEWORKS', get_frameworks: frameworks(agent) }),
  GET_EXECUTORS: (agent) => ({ type: 'GET_EXECUTORS', get_executors: executors(agent) }),
  GET_TASKS: (agent) => ({ type: 'GET_TASKS', get_tasks: tasks(agent) }),
  GET_STATE: (agent) => ({
    type: 'GET_STATE',
    get_state: {
      get_tasks: tasks(agent),
      get_executors: executors(agent),
      get_frameworks: frameworks(agent),
    },
  }),
};

const executorsOf = (agent: AgentProcess): readonly ExecutorRecord[] =>
  [...agent.frameworks.values()].flatMap((framework) => [...framework.executors.values()]);

const frameworks = (agent: AgentProcess) => ({
  frameworks: [...agent.frameworks.values()].map(({ info }) => ({ framework_info: info })),
});

const executors = (agent: AgentProcess) => ({
  executors: executorsOf(agent).map(({ info }) => ({ executor_info: info })),
});

function tasks(agent: AgentProcess) {
  const of = (kind: 'queued' | 'launched' | 'terminated') =>
    executorsOf(agent).flatMap((executor) =>
      [...executor[kind].values()].map((task) => taskOf(agent, executor, task)),
    );
  return {
    queued_tasks: of('queued'),
    launched_tasks: of('launched'),
    terminated_tasks: of('terminated'),
    completed_tasks: [...agent.frameworks.values()].flatMap(({ completed }) => completed),
  };
}
