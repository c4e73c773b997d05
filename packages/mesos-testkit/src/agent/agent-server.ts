import { encodeJson } from '@firesteel/mesos-protocol';
import { notFound } from '../http/call-body.js';
import type { HttpAnswer, HttpRequest } from '../http/server.js';
import type { AgentProcess } from './agent-process.js';
import { answerExecutor } from './executor-api.js';
import { answerAgentOperator } from './operator-api.js';
import { registrationOf, taskOf } from './registration.js';

/** Every path of an agent's HTTP server. */
export function answerAgentRequest(agent: AgentProcess, request: HttpRequest): HttpAnswer {
  const path = request.path.replace(/^\/slave\(1\)(?=\/)/, '');
  if (path === '/health') return { status: 200 };
  if (path === '/state') return json(stateOf(agent));
  // A longer unknown path falls back to the nearest one that is known.
  if (/^\/api\/v1\/executor(\/|$)/.test(path)) return answerExecutor(agent, request);
  if (/^\/api\/v1(\/|$)/.test(path)) return answerAgentOperator(agent, request);
  return notFound;
}

const json = (value: unknown): HttpAnswer => ({
  status: 200,
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(value),
});

/** The members of GET /state that tests and tools look at. */
function stateOf(agent: AgentProcess): unknown {
  const { info, address } = registrationOf(agent);
  return {
    id: agent.agentId,
    hostname: info.hostname,
    pid: `slave(1)@${address}`,
    frameworks: [...agent.frameworks.values()].map((framework) => ({
      id: framework.id,
      name: framework.info.name,
      executors: [...framework.executors.values()].map((executor) => ({
        id: executor.id,
        name: executor.info.name ?? '',
        container: executor.containerId,
        directory: executor.sandbox,
        tasks: executor
          .tasks()
          .map((task) => JSON.parse(encodeJson('Task', taskOf(agent, executor, task)))),
      })),
    })),
  };
}
