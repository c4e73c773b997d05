import type { Offer, Resource, URL } from '@firesteel/mesos-protocol';
import { withoutStack } from '../resources/formats.js';
import { maintenanceOf } from './machines.js';
import type { Master } from './master.js';
import type { MasterAgent, MasterFramework, MasterOffer } from './records.js';

/** An offer in the form that the framework's capabilities ask for. */
export function offerMessage(
  master: Master,
  framework: MasterFramework,
  offer: MasterOffer,
): Offer {
  const agent = master.agents.get(offer.agentId)!;
  const { hostname, attributes, domain } = agent.info;
  const unavailability = maintenanceOf(master, agent)?.unavailability;
  const executors = [...framework.executorsOn(agent.id).keys()];
  return {
    id: { value: offer.id },
    framework_id: { value: framework.id },
    agent_id: { value: agent.id },
    hostname,
    url: agentUrl(agent),
    resources: inOrder(offer.resources).map((resource) => resourceFor(framework, resource)),
    ...(attributes && { attributes }),
    ...(executors.length > 0 && { executor_ids: executors.map((value) => ({ value })) }),
    ...(framework.has('MULTI_ROLE') && { allocation_info: { role: offer.role } }),
    ...(domain && { domain }),
    ...(unavailability && { unavailability }),
  };
}

export function agentUrl({ info, address }: MasterAgent): URL {
  const [ip, port] = address.split(':');
  return {
    scheme: 'http',
    address: { hostname: info.hostname, ip: ip!, port: Number(port) },
    path: '/slave(1)',
  };
}

function resourceFor(framework: MasterFramework, resource: Resource): Resource {
  const { allocation_info: _, ...rest } = resource;
  const allocated = framework.has('MULTI_ROLE') ? resource : rest;
  return framework.has('RESERVATION_REFINEMENT') ? allocated : withoutStack(allocated);
}

const typeOrder = ['RANGES', 'SET', 'SCALAR'];

/** Ranges and sets come first, as the real master happens to list them. */
export const inOrder = (resources: readonly Resource[]): readonly Resource[] =>
  [...resources].sort((a, b) => typeOrder.indexOf(a.type) - typeOrder.indexOf(b.type));
