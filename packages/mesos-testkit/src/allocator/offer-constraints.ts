import type { Attribute, DomainInfo, SchedulerOfferConstraints } from '@firesteel/mesos-protocol';

export interface ConstrainedAgent {
  readonly hostname: string;
  readonly attributes: readonly Attribute[];
  readonly domain?: DomainInfo | undefined;
}

/** Whether an agent may be offered to a role under a framework's `offer_constraints`. */
export function satisfiesConstraints(
  constraints: SchedulerOfferConstraints | undefined,
  role: string,
  agent: ConstrainedAgent,
): boolean {
  const groups = constraints?.role_constraints?.[role]?.groups;
  if (groups === undefined) return true;
  return groups.some((group) =>
    (group.attribute_constraints ?? []).every(({ selector, predicate }) => {
      const value = selected(selector, agent);
      const text = value?.type === 'TEXT' ? value.text?.value : undefined;
      if (predicate.exists !== undefined) return value !== undefined;
      if (predicate.not_exists !== undefined) return value === undefined;
      const negated =
        predicate.text_not_equals !== undefined || predicate.text_not_matches !== undefined;
      if (value === undefined) return negated;
      // Only text can be compared; anything else passes.
      if (text === undefined) return true;
      const wanted = predicate.text_equals?.value ?? predicate.text_not_equals?.value;
      if (wanted !== undefined) return (text === wanted) !== negated;
      const regex = predicate.text_matches?.regex ?? predicate.text_not_matches?.regex;
      return regex === undefined || new RegExp(`^(?:${regex})$`).test(text) !== negated;
    }),
  );
}

function selected(
  selector: {
    readonly pseudoattribute_type?: string;
    readonly attribute_name?: string;
  },
  agent: ConstrainedAgent,
): Attribute | undefined {
  const text = (value: string | undefined): Attribute | undefined =>
    value === undefined ? undefined : { name: '', type: 'TEXT', text: { value } };
  switch (selector.pseudoattribute_type) {
    case 'HOSTNAME':
      return text(agent.hostname);
    case 'REGION':
      return text(agent.domain?.fault_domain?.region.name);
    case 'ZONE':
      return text(agent.domain?.fault_domain?.zone.name);
    default:
      return agent.attributes.find(({ name }) => name === selector.attribute_name);
  }
}
