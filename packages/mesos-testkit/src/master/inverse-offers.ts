import type {
  InverseOffer,
  MasterInverseOfferStatus,
  OfferID,
  Unavailability,
} from '@firesteel/mesos-protocol';
import { nanoseconds } from '../messages.js';
import { maintenanceOf } from './machines.js';
import type { Master } from './master.js';
import { agentUrl } from './offer-message.js';
import type { MasterAgent, MasterFramework, MasterInverseOffer } from './records.js';

/** Frameworks are asked to leave machines that are to go down. */

/** Asks frameworks that hold something on agents whose machines are to go down, one time each. */
export function makeInverseOffers(master: Master): void {
  for (const framework of master.frameworks.values()) {
    if (!framework.connected) continue;
    const offers = [...master.agents.values()].flatMap((agent): InverseOffer[] => {
      const unavailability = maintenanceOf(master, agent)?.unavailability;
      return unavailability !== undefined && isToBeAsked(master, framework, agent)
        ? [inverseOffer(master, framework, agent, unavailability)]
        : [];
    });
    if (offers.length === 0) continue;
    master.send(framework.id, {
      type: 'INVERSE_OFFERS',
      inverse_offers: { inverse_offers: offers },
    });
    master.options.changed();
  }
}

function isToBeAsked(master: Master, framework: MasterFramework, agent: MasterAgent): boolean {
  if (agent.link === undefined) return false;
  if ((framework.inverseOfferFilters.get(agent.id) ?? 0) > master.now) return false;
  for (const { frameworkId, agentId } of master.inverseOffers.values())
    if (frameworkId === framework.id && agentId === agent.id) return false;
  return master.allocator.hasOn(framework.id, agent.id);
}

function inverseOffer(
  master: Master,
  framework: MasterFramework,
  agent: MasterAgent,
  unavailability: Unavailability,
): InverseOffer {
  const id = master.newOfferId();
  const { offerTimeoutMs } = master.options.timings;
  const cancelTimeout =
    offerTimeoutMs === Number.POSITIVE_INFINITY
      ? () => {}
      : master.timers.after(offerTimeoutMs, () =>
          rescindInverseOffers(master, (offer) => offer.id === id),
        );
  const ids = { frameworkId: framework.id, agentId: agent.id };
  master.inverseOffers.set(id, { id, ...ids, unavailability, cancelTimeout });
  return inverseOfferMessage(master, master.inverseOffers.get(id)!);
}

export function inverseOfferMessage(
  master: Master,
  { id, frameworkId, agentId, unavailability }: MasterInverseOffer,
): InverseOffer {
  return {
    id: { value: id },
    url: agentUrl(master.agents.get(agentId)!),
    framework_id: { value: frameworkId },
    agent_id: { value: agentId },
    unavailability,
  };
}

/** ACCEPT_INVERSE_OFFERS and DECLINE_INVERSE_OFFERS; those that are void are left alone. */
export function answerInverseOffers(
  master: Master,
  framework: MasterFramework,
  ids: readonly OfferID[],
  status: MasterInverseOfferStatus['status'],
  refuseSeconds = 5,
): void {
  for (const { value } of ids) {
    const offer = master.inverseOffers.get(value);
    if (offer?.frameworkId !== framework.id) continue;
    discardInverseOffer(master, offer);
    master.agents.get(offer.agentId)?.inverseOfferStatuses.set(framework.id, {
      status,
      framework_id: { value: framework.id },
      timestamp: { nanoseconds: nanoseconds(master.now) },
    });
    const seconds = refuseSeconds < 0 ? 5 : refuseSeconds;
    framework.inverseOfferFilters.set(offer.agentId, master.now + seconds * 1_000);
  }
}

/** Takes inverse offers back, with an event. */
export function rescindInverseOffers(
  master: Master,
  concerns: (offer: MasterInverseOffer) => boolean,
): void {
  for (const offer of [...master.inverseOffers.values()].filter(concerns)) {
    discardInverseOffer(master, offer);
    master.send(offer.frameworkId, {
      type: 'RESCIND_INVERSE_OFFER',
      rescind_inverse_offer: { inverse_offer_id: { value: offer.id } },
    });
  }
}

/** Those of a framework that is not there to hear of it. */
export function discardInverseOffers(master: Master, frameworkId: string): void {
  for (const offer of [...master.inverseOffers.values()])
    if (offer.frameworkId === frameworkId) discardInverseOffer(master, offer);
}

function discardInverseOffer(master: Master, offer: MasterInverseOffer): void {
  offer.cancelTimeout();
  master.inverseOffers.delete(offer.id);
}
