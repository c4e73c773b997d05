import { type Config, FiresteelError } from '@firesteel/common';
import { parseConstraints } from '../offers/constraints.js';
import type { Demand, OfferPolicy } from '../offers/decide-offers.js';
import { defaultRefuseSeconds, type RefuseSeconds } from '../offers/declines.js';
import type { ExecutorSize, SizeRange } from '../offers/executor-size.js';

const defaultHeapMiB = 1_024;

/**
 * Which offers an application wants, and for which executors.
 * @throws INVALID_CONFIG_VALUE for constraints that cannot be understood and sizes that contradict
 * each other
 */
export function offerPolicy(config: Config): OfferPolicy {
  return {
    size: executorSize(config),
    maxExecutorsPerAgent: config.get('mesos.executor.maxPerAgent') ?? Number.POSITIVE_INFINITY,
    constraints: parseConstraints(config.get('mesos.constraints') ?? ''),
    placement: config.get('mesos.placement'),
    useRevocable: config.get('mesos.useRevocable'),
    refuseSeconds: refuseSeconds(config),
    maintenanceLeadMs: config.get('executor.decommission.forceKillTimeout'),
  };
}

/** What all executors together may take; how many are wanted changes while the application runs. */
export function resourceLimits(config: Config): Pick<Demand, 'maxCores' | 'maxGpus'> {
  return {
    maxCores: config.get('cores.max') ?? Number.POSITIVE_INFINITY,
    maxGpus: config.get('mesos.gpus.max'),
  };
}

function executorSize(config: Config): ExecutorSize {
  const bytes = config.get('executor.memory');
  const maxHeapMiB = bytes === undefined ? defaultHeapMiB : Math.floor(bytes / 1024 ** 2);
  const fixedMiB =
    config.get('mesos.executor.memoryOverhead') ?? config.get('executor.memoryOverhead');
  const cores = coreRange(config);
  const maxCores = config.get('cores.max');
  if (maxCores !== undefined && cores.min > maxCores) {
    throw contradiction(`an executor has ${cores.min} cpus at least, but cores.max is ${maxCores}`);
  }
  return {
    cores,
    memoryMiB: rangeOf(config.get('mesos.executor.minMemory') ?? maxHeapMiB, maxHeapMiB, 'memory'),
    overhead: {
      ...(fixedMiB !== undefined && { fixedMiB }),
      factor: config.get('executor.memoryOverheadFactor'),
      minMiB: config.get('executor.minMemoryOverhead'),
    },
    extraCores: config.get('mesos.extra.cores'),
    diskMiB: config.get('mesos.executor.disk'),
    ports: (config.get('mesos.executor.docker.portmaps') ?? []).map(({ hostPort }) => hostPort),
  };
}

function coreRange(config: Config): SizeRange {
  const fixed = config.get('executor.cores');
  if (fixed !== undefined) return { min: fixed, max: fixed };
  const forTask = Math.ceil(config.get('task.cpus'));
  const min = Math.max(config.get('mesos.executor.minCores') ?? 1, forTask);
  return rangeOf(min, config.get('mesos.executor.maxCores') ?? Number.POSITIVE_INFINITY, 'cores');
}

function rangeOf(min: number, max: number, what: string): SizeRange {
  if (min <= max) return { min, max };
  throw contradiction(`the least ${what} of an executor, ${min}, is more than the most, ${max}`);
}

export function contradiction(what: string): FiresteelError {
  return new FiresteelError('INVALID_CONFIG_VALUE', `The sizes of executors contradict: ${what}.`);
}

function refuseSeconds(config: Config): RefuseSeconds {
  const misfitMs = config.get('mesos.rejectOfferDuration');
  const unmetMs = config.get('mesos.rejectOfferDurationForUnmetConstraints') ?? misfitMs;
  const reachedMs = config.get('mesos.rejectOfferDurationForReachedMaxCores') ?? misfitMs;
  return {
    ...defaultRefuseSeconds,
    demandMet: reachedMs / 1_000,
    coresMaxReached: reachedMs / 1_000,
    agentExcluded: misfitMs / 1_000,
    constraintsUnmet: unmetMs / 1_000,
    executorsPerAgentReached: misfitMs / 1_000,
    tooFewCores: misfitMs / 1_000,
    tooLittleMemory: misfitMs / 1_000,
    tooLittleDisk: misfitMs / 1_000,
    tooFewPorts: misfitMs / 1_000,
  };
}
