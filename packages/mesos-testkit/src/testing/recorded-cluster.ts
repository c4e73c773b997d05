import type { Trace } from '../../../../test/fixtures/mesos-traces/traces.js';
import type { ManualClock } from '../clock.js';
import type { AgentOptions, MesosClusterOptions } from '../options.js';

const flag = (flags: readonly string[], name: string): string | undefined =>
  flags.find((text) => text.startsWith(`--${name}=`))?.slice(name.length + 3);

const seconds = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : Number.parseFloat(text) * 1000;

export function agentOptions({ agentFlags }: Trace): AgentOptions {
  const attributes = flag(agentFlags, 'attributes');
  const resources = flag(agentFlags, 'resources');
  return {
    hostname: flag(agentFlags, 'hostname') ?? 'agent1',
    ...(attributes && { attributes }),
    ...(resources && { resources }),
  };
}

/** A cluster like the one that a recording was made on: what its flags say. */
export function clusterOptions(
  trace: Trace,
  clock: ManualClock,
  lateAgents: boolean,
): MesosClusterOptions {
  const { masterFlags, agentFlags } = trace;
  const weights = flag(masterFlags, 'weights')
    ?.split(',')
    .map((pair) => pair.split('='))
    .map(([role, weight]) => [role, Number(weight)]);
  const file = masterFlags.find((text) => text.startsWith('FILE is'))?.slice('FILE is '.length);
  const timings = {
    agentPingTimeoutMs: seconds(flag(masterFlags, 'agent_ping_timeout')),
    maxAgentPingTimeouts:
      flag(masterFlags, 'max_agent_ping_timeouts') &&
      Number(flag(masterFlags, 'max_agent_ping_timeouts')),
    executorRegistrationTimeoutMs: seconds(flag(agentFlags, 'executor_registration_timeout')),
  };
  return {
    agents: lateAgents ? [] : [agentOptions(trace)],
    clock,
    leaderDetection: 'pings',
    timings: Object.fromEntries(Object.entries(timings).filter(([, ms]) => ms !== undefined)),
    ...(weights && { weights: Object.fromEntries(weights) }),
    ...(file && {
      credentials: JSON.parse(file).credentials,
      authenticateOperators: true,
    }),
  };
}
