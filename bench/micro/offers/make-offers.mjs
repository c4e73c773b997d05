/** @import { Attribute, Offer, Resource } from '@firesteel/mesos-protocol' */

const roles = 100;
const racks = 40;

/**
 * What a scheduler with all roles is offered of an idle cluster: of each agent what is unreserved,
 * to one role; of every tenth agent also what is reserved to another.
 *
 * @param {number} agents
 * @returns {Offer[]}
 */
export function makeOffers(agents) {
  /** @type {Offer[]} */
  const offers = [];
  for (let i = 0; i < agents; i++) {
    offers.push(
      offer(i, `role${i % roles}`, [
        scalar('cpus', 2 + (i % 14)),
        scalar('mem', 4_096 + (i % 5) * 8_192),
        scalar('disk', 100_000),
        {
          name: 'ports',
          type: 'RANGES',
          ranges: { range: [{ begin: 31_000n, end: 32_000n }] },
        },
      ]),
    );
    if (i % 10 === 0) offers.push(reservedOffer(i, `role${(i + 1) % roles}`));
  }
  return offers;
}

/** @type {(agent: number, role: string) => Offer} */
function reservedOffer(agent, role) {
  const reservations = [{ type: /** @type {const} */ ('STATIC'), role }];
  return offer(agent, role, [
    { ...scalar('cpus', 2), reservations },
    { ...scalar('mem', 2_048), reservations },
  ]);
}

/** @type {(agent: number) => { hostname: string, attributes: Attribute[] }} */
export const locationOf = (agent) => ({
  hostname: `host${agent}.example`,
  attributes: [
    { name: 'rack', type: 'TEXT', text: { value: `rack${agent % racks}` } },
    { name: 'generation', type: 'SCALAR', scalar: { value: agent % 7 } },
  ],
});

/** @type {(agent: number, role: string, resources: Resource[]) => Offer} */
function offer(agent, role, resources) {
  return {
    id: { value: `${role}-${agent}` },
    framework_id: { value: 'framework' },
    agent_id: { value: `agent${agent}` },
    ...locationOf(agent),
    resources: resources.map((resource) => ({ ...resource, allocation_info: { role } })),
    allocation_info: { role },
  };
}

/** @type {(name: string, value: number) => Resource} */
const scalar = (name, value) => ({ name, type: 'SCALAR', scalar: { value } });
