import type { ExecutorCommandLine } from '@firesteel/cluster';
import {
  type ExecutorInfo,
  prepareMessage,
  type Resource,
  type TaskInfo,
} from '@firesteel/mesos-protocol';
import { containerWithPorts } from '../command/container.js';
import { executorCommand, type TaskTemplate } from '../command/executor-command.js';
import type { AgentResources } from '../offers/agent-resources.js';
import type { ExecutorStart } from './decide-task-offers.js';
import type { ResourceKinds, TaskSizes } from './task-fit.js';

/** What all executors of an application have in common. */
export interface ExecutorTemplate extends TaskTemplate {
  readonly heapMiB: number;
  /** Of each executor at most; left out for as many as its agent has cpus for. */
  readonly threads?: number;
}

export interface TaskToLaunch {
  readonly taskId: number;
  readonly name: string;
}

/** The least that Mesos gives. */
const startingTaskCpus = 0.01;
/** More than any agent has cpus for. */
const manyThreads = 1_024;

/** An executor of one agent, from its launch on, and the Mesos tasks that it is sent. */
export class FineExecutor {
  readonly id: string;
  readonly start: ExecutorStart;
  /** The task that has it started: agents start executors for tasks only. */
  readonly startingTask: TaskInfo;
  readonly startingTaskCpus = startingTaskCpus;
  /** Prepared, because it goes out with every task. */
  readonly #info: ExecutorInfo;
  readonly #sizes: TaskSizes;
  readonly #labels: TaskInfo['labels'];
  /** It has registered with the driver. */
  isReady = false;
  /** It has had a task. */
  hasWorked = false;
  isOver = false;
  /** How its process ended, while the end of one of its tasks is yet to say why. */
  processEnd: string | undefined;

  /** Takes what it needs for itself from what it is started with. */
  constructor(
    id: string,
    start: ExecutorStart,
    command: ExecutorCommandLine,
    sizes: TaskSizes,
    template: ExecutorTemplate,
  ) {
    this.id = id;
    this.start = start;
    this.#sizes = sizes;
    this.#labels = template.labels;
    this.#info = prepareMessage('ExecutorInfo', executorInfo(id, start, command, sizes, template));
    const resources = this.#taskResources(start.resources, startingTaskCpus);
    this.startingTask = this.#task(`executor-${id}`, `start of executor ${id}`, resources);
  }

  get agentId(): string {
    return this.start.agentId;
  }

  get hostname(): string {
    return this.start.hostname;
  }

  /** A task of the engine: it is called like it, and takes its cpus from what is offered. */
  task({ taskId, name }: TaskToLaunch, offered: AgentResources): TaskInfo {
    const resources = this.#taskResources(offered, this.#sizes.cpusPerTask);
    return this.#task(String(taskId), name, resources);
  }

  #taskResources(offered: AgentResources, cpus: number): readonly Resource[] {
    return takeScalars(offered, this.start.kinds, cpus, this.#sizes.memoryMiBPerTask);
  }

  /** All tasks have to name the executor with exactly the same. */
  #task(taskId: string, name: string, resources: readonly Resource[]): TaskInfo {
    return {
      name,
      task_id: { value: taskId },
      agent_id: { value: this.agentId },
      executor: this.#info,
      resources,
      ...(this.#labels && { labels: this.#labels }),
    };
  }
}

function executorInfo(
  id: string,
  { hostname, resources, kinds, gpus, tasks }: ExecutorStart,
  command: ExecutorCommandLine,
  { executorCpus, executorMemoryMiB, executorDiskMiB, executorPorts }: TaskSizes,
  template: ExecutorTemplate,
): ExecutorInfo {
  const { appName, heapMiB, labels } = template;
  const ports = resources.takePorts(executorPorts);
  const container = containerWithPorts(template.container, ports.numbers);
  // Executors learn from their agent how many cpus it has, but not how many it may take back.
  const threads = template.threads ?? (kinds.cpusAreRevocable ? tasks : manyThreads);
  const size = ['--mesos', '--cores', `${threads}`, '--memory', `${heapMiB}m`];
  return {
    type: 'CUSTOM',
    executor_id: { value: id },
    name: `${appName} ${id}`,
    resources: [
      ...takeScalars(resources, kinds, executorCpus, executorMemoryMiB),
      ...resources.take('gpus', gpus, false),
      ...resources.take('disk', executorDiskMiB, false),
      ...ports.resources,
    ],
    command: executorCommand(command, size, hostname, template),
    ...(container && { container }),
    ...(labels && { labels }),
  };
}

function takeScalars(
  offered: AgentResources,
  { cpusAreRevocable, memoryIsRevocable }: ResourceKinds,
  cpus: number,
  memoryMiB: number,
): readonly Resource[] {
  return [
    ...offered.take('cpus', cpus, cpusAreRevocable),
    ...offered.take('mem', memoryMiB, memoryIsRevocable),
  ];
}
