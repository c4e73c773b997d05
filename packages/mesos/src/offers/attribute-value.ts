import type { Attribute, Offer } from '@firesteel/mesos-protocol';

/**
 * Whether one of the attributes of that name is as asked for; an agent may have several. `hostname`
 * is the agent's host.
 */
export function someAttribute(
  agent: Located,
  name: string,
  isAskedFor: (attribute: Attribute) => boolean,
): boolean {
  if (name === 'hostname') {
    return isAskedFor({ name, type: 'TEXT', text: { value: agent.hostname } });
  }
  for (const attribute of agent.attributes ?? []) {
    if (attribute.name === name && isAskedFor(attribute)) return true;
  }
  return false;
}

/** Where executors may run: an offer, or where one runs. */
export type Located = Pick<Offer, 'hostname' | 'attributes'>;

/** The value by which executors are spread; undefined without the attribute. */
export function groupOf(agent: Located, name: string): string | undefined {
  if (name === 'hostname') return agent.hostname;
  for (const attribute of agent.attributes ?? [])
    if (attribute.name === name) return attributeText(attribute);
  return undefined;
}

/** The value as the agent's flag would write it; of a set or ranges all of it. */
function attributeText(attribute: Attribute): string {
  switch (attribute.type) {
    case 'TEXT':
      return attribute.text?.value ?? '';
    case 'SCALAR':
      return String(attribute.scalar?.value ?? 0);
    case 'SET':
      return `{${(attribute.set?.item ?? []).join(',')}}`;
    case 'RANGES':
      return `[${(attribute.ranges?.range ?? []).map(({ begin, end }) => `${begin}-${end}`).join(',')}]`;
  }
}

/** What a regular expression is compared with: each item of a set by itself. */
export function textsOf(attribute: Attribute): readonly string[] {
  return attribute.type === 'SET' ? (attribute.set?.item ?? []) : [attributeText(attribute)];
}
