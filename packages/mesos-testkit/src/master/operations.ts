import type { OfferOperationFields, Resource } from '@firesteel/mesos-protocol';
import { add, contains, type Resources, subtract, unallocated } from '../resources/arithmetic.js';
import { resourcesText } from '../resources/text.js';
import { mayReserve, mayUnreserve } from '../validation/acls.js';
import { resourcesError } from '../validation/resources.js';
import type { Pool } from './accept.js';
import { updateTotal } from './agents.js';
import type { Master } from './master.js';
import type { MasterFramework } from './records.js';

/** RESERVE, UNRESERVE, CREATE and DESTROY: one kind of resources becomes another. */

interface Conversion {
  readonly consumed: Resources;
  readonly produced: Resources;
}

/** Applies an operation to what is left of the offers and to the agent, or drops it. */
export function convert(master: Master, pool: Pool, operation: OfferOperationFields): void {
  const { framework, agent } = pool;
  const conversion = conversionOf(operation);
  if (conversion === undefined) return;
  const error =
    operationInvalid(pool, operation) ??
    operationDenied(master, framework, operation) ??
    (contains(pool.resources, conversion.consumed)
      ? undefined
      : `Invalid ${operation.type} Operation: ${resourcesText(pool.resources)} does not contain ${resourcesText(conversion.consumed)}`);
  if (error !== undefined) {
    operationError(master, framework, operation, error);
    return;
  }
  const { consumed, produced } = conversion;
  pool.resources = add(subtract(pool.resources, consumed), produced);
  pool.converted = add(pool.converted, produced);
  master.allocator.recover(framework.id, agent.id, consumed);
  master.allocator.allocate(framework.id, agent.id, produced);
  const total = add(subtract(agent.total, unallocated(consumed)), unallocated(produced));
  updateTotal(master, agent, total);
  if (operation.id === undefined) agent.link?.toAgent({ kind: 'total', total });
  else {
    const operationId = operation.id.value;
    agent.link?.toAgent({ kind: 'operation', frameworkId: framework.id, operationId, total });
  }
}

function conversionOf(operation: OfferOperationFields): Conversion | undefined {
  const { type, reserve, unreserve, create, destroy } = operation;
  const one = (from: readonly Resource[], to: readonly Resource[]): Conversion => ({
    consumed: add(from, []),
    produced: add(to, []),
  });
  switch (type) {
    case 'RESERVE': {
      const resources = reserve?.resources ?? [];
      return one(resources.map(withoutTop), resources);
    }
    case 'UNRESERVE': {
      const resources = unreserve?.resources ?? [];
      return one(resources, resources.map(withoutTop));
    }
    case 'CREATE': {
      const volumes = create?.volumes ?? [];
      return one(volumes.map(withoutVolume), volumes);
    }
    case 'DESTROY': {
      const volumes = destroy?.volumes ?? [];
      return one(volumes, volumes.map(withoutVolume));
    }
    default:
      return undefined;
  }
}

/** Without the topmost reservation. */
export function withoutTop(resource: Resource): Resource {
  const { reservations = [], ...rest } = resource;
  return reservations.length <= 1 ? rest : { ...rest, reservations: reservations.slice(0, -1) };
}

function withoutVolume({ disk, shared: _, ...resource }: Resource): Resource {
  return disk?.source === undefined ? resource : { ...resource, disk: { source: disk.source } };
}

function operationInvalid(pool: Pool, operation: OfferOperationFields): string | undefined {
  const resources =
    operation.reserve?.resources ??
    operation.unreserve?.resources ??
    operation.create?.volumes ??
    operation.destroy?.volumes ??
    [];
  const invalid = (why: string): string => `Invalid ${operation.type} Operation: ${why}`;
  const malformed = resourcesError(resources);
  if (malformed !== undefined) return invalid(malformed);
  if (resources.length === 0) return invalid('no resources are specified');
  const { principal } = pool.framework.info;
  if (operation.type === 'RESERVE') {
    if ((operation.reserve?.source ?? []).length > 0) return invalid("'source' must be empty");
    const foreign = resources.find((resource) => topOf(resource)?.role !== pool.role);
    if (foreign !== undefined) {
      return invalid(`a reservation must be for the role of the offer, '${pool.role}'`);
    }
    if (principal !== undefined && resources.some((r) => topOf(r)?.principal !== principal)) {
      return invalid(`the reserving principal must be '${principal}'`);
    }
  }
  if (resources.some((resource) => !isReservedFor(operation.type, resource))) {
    return invalid('the resources are not dynamically reserved');
  }
  const unfit = resources.find(
    ({ disk }) =>
      (operation.type === 'CREATE' || operation.type === 'DESTROY') && !disk?.persistence,
  );
  return unfit === undefined ? undefined : invalid('the resources are not persistent volumes');
}

function operationDenied(
  { options: { acls } }: Master,
  { info }: MasterFramework,
  { type, reserve, unreserve }: OfferOperationFields,
): string | undefined {
  const isAllowed =
    mayReserve(acls, info, reserve?.resources ?? []) &&
    mayUnreserve(acls, info, unreserve?.resources ?? []);
  return isAllowed ? undefined : `Not authorized to perform ${type}`;
}

function isReservedFor(type: OfferOperationFields['type'], resource: Resource): boolean {
  const top = topOf(resource);
  return type === 'CREATE' || type === 'DESTROY' ? top !== undefined : top?.type === 'DYNAMIC';
}

const topOf = (resource: Resource) => resource.reservations?.at(-1);

/** Tells of an operation that was not applied, if it has an id. */
export function operationError(
  master: Master,
  framework: MasterFramework,
  { id }: OfferOperationFields,
  message: string,
): void {
  if (id === undefined) return;
  master.send(framework.id, {
    type: 'UPDATE_OPERATION_STATUS',
    update_operation_status: { status: { operation_id: id, state: 'OPERATION_ERROR', message } },
  });
}
