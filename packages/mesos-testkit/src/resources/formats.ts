import type { Resource } from '@firesteel/mesos-protocol';
import type { Resources } from './arithmetic.js';

/**
 * Frameworks without RESERVATION_REFINEMENT speak of at most one reservation, in the members `role`
 * and `reservation`; all others of a stack, `reservations`. Masters keep the latter.
 */

/** From either form to the one with a stack. */
export function withStack(resource: Resource): Resource {
  const { role, reservation, ...rest } = resource;
  if (role === undefined || role === '*' || rest.reservations !== undefined) return rest;
  return {
    ...rest,
    reservations: [
      { ...reservation, role, type: reservation === undefined ? 'STATIC' : 'DYNAMIC' },
    ],
  };
}

/** To the form with at most one reservation; the resource must have no more. */
export function withoutStack(resource: Resource): Resource {
  const { reservations, ...rest } = resource;
  const [reservation] = reservations ?? [];
  if (reservation === undefined) return { ...rest, role: '*' };
  const { role = '*', type, ...by } = reservation;
  return { ...rest, role, ...(type === 'DYNAMIC' && { reservation: by }) };
}

export const stacked = (resources: Resources = []): Resources => resources.map(withStack);
