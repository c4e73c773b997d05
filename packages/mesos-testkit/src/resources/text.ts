import type { Resource } from '@firesteel/mesos-protocol';
import type { Resources } from './arithmetic.js';

/** Resources as Mesos prints them in messages: `cpus(allocated: web):1; ports:[31000-31009]`. */
export function resourcesText(resources: Resources): string {
  return resources.map(resourceText).join('; ');
}

export function resourceText(resource: Resource): string {
  const allocated = resource.allocation_info?.role;
  const reservations = (resource.reservations ?? []).map(
    ({ type, role, principal, labels }) =>
      `(${[type, role, principal, labels && `{${(labels.labels ?? []).map((l) => `${l.key}: ${l.value ?? ''}`).join(', ')}}`].filter((part) => part !== undefined).join(',')})`,
  );
  return [
    resource.name,
    allocated === undefined ? '' : `(allocated: ${allocated})`,
    reservations.length === 0 ? '' : `(reservations: [${reservations.join(',')}])`,
    resource.disk?.persistence === undefined ? '' : `[${resource.disk.persistence.id}]`,
    resource.revocable === undefined ? '' : '{REV}',
    resource.shared === undefined ? '' : '<SHARED>',
    `:${amountText(resource)}`,
  ].join('');
}

function amountText(resource: Resource): string {
  if (resource.type === 'SCALAR') return String(resource.scalar?.value ?? 0);
  if (resource.type === 'SET') return `{${(resource.set?.item ?? []).join(', ')}}`;
  const ranges = (resource.ranges?.range ?? []).map(({ begin, end }) => `${begin}-${end}`);
  return `[${ranges.join(', ')}]`;
}
