import type {
  OfferOperationFields,
  Resource,
  SchedulerCallAccept,
  TaskInfo,
} from '@firesteel/mesos-protocol';
import { add, contains, type Resources, subtract } from '../resources/arithmetic.js';
import { withStack } from '../resources/formats.js';
import { launch, launchError, launchGroup } from './launch.js';
import type { Master } from './master.js';
import { inOrder } from './offer-message.js';
import { convert, operationError } from './operations.js';
import type { MasterAgent, MasterFramework, MasterOffer } from './records.js';

/** What is left of the offers of one ACCEPT while its operations run in order. */
export interface Pool {
  readonly framework: MasterFramework;
  readonly agent: MasterAgent;
  /** The role that the offers were made for. */
  readonly role: string;
  resources: Resources;
  /** Converted by RESERVE and its like; returned without a filter. */
  converted: Resources;
}

export function accept(
  master: Master,
  framework: MasterFramework,
  call: SchedulerCallAccept,
): void {
  const ids = (call.offer_ids ?? []).map(({ value }) => value);
  const operations = (call.operations ?? []).map(normalised);
  const offers = [...new Set(ids)]
    .map((id) => master.offers.get(id))
    .filter((offer): offer is MasterOffer => offer?.frameworkId === framework.id);
  const invalid = offersError(ids, offers);
  if (invalid !== undefined) {
    for (const offer of offers) master.discardOffer(offer);
    for (const operation of operations) refuse(master, framework, operation, invalid);
    return;
  }
  const [{ agentId, role }] = offers as [MasterOffer];
  for (const offer of offers) master.removeOffer(offer);
  const resources = inOrder(offers.flatMap((offer) => offer.resources));
  const pool: Pool = {
    framework,
    agent: master.agents.get(agentId)!,
    role,
    resources: add(resources, []),
    converted: [],
  };
  for (const operation of operations) run(master, pool, operation);
  const converted = pool.converted.filter((resource) => contains(pool.resources, [resource]));
  master.allocator.recover(framework.id, agentId, converted);
  master.allocator.recover(
    framework.id,
    agentId,
    subtract(pool.resources, converted),
    master.refusedUntil(call.filters?.refuse_seconds),
  );
}

/** Why offers cannot be accepted together; undefined if they can. */
function offersError(ids: readonly string[], offers: readonly MasterOffer[]): string | undefined {
  const twice = ids.find((id, i) => ids.indexOf(id) !== i);
  if (twice !== undefined) return `Duplicate offer ${twice} in offer list`;
  if (ids.length === 0) return 'No offers specified';
  const stale = ids.find((id) => !offers.some((offer) => offer.id === id));
  if (stale !== undefined) return `Offer ${stale} is no longer valid`;
  if (new Set(offers.map(({ agentId }) => agentId)).size > 1) {
    return 'Aggregated offers must belong to one single agent';
  }
  return new Set(offers.map(({ role }) => role)).size > 1
    ? 'Aggregated offers must be allocated to the same role'
    : undefined;
}

function run(master: Master, pool: Pool, operation: OfferOperationFields): void {
  const allocated = withAllocation(operation, pool.role);
  switch (operation.type) {
    case 'LAUNCH':
      launch(master, pool, allocated.launch?.task_infos ?? [], launchError(operation));
      break;
    case 'LAUNCH_GROUP': {
      const group = allocated.launch_group;
      if (group !== undefined) {
        const tasks = group.task_group.tasks ?? [];
        launchGroup(master, pool, group.executor, tasks, launchError(operation));
      }
      break;
    }
    default:
      convert(master, pool, allocated);
  }
}

/** Tells of operations on offers that are not valid: of tasks always, else if there is an id. */
function refuse(
  master: Master,
  framework: MasterFramework,
  operation: OfferOperationFields,
  why: string,
): void {
  const tasks = operation.launch?.task_infos ?? operation.launch_group?.task_group.tasks ?? [];
  for (const task of tasks) {
    const status = master.masterStatus(
      task.task_id.value,
      framework.lostOr('TASK_DROPPED'),
      'REASON_INVALID_OFFERS',
      `Task launched with invalid offers: ${why}`,
      { agent_id: task.agent_id },
    );
    master.sendUpdate(framework, status);
  }
  if (tasks.length === 0) operationError(master, framework, operation, why);
}

type EditTask = (task: TaskInfo) => TaskInfo;

/** All resources of an operation in the form with a stack of reservations. */
const normalised = (operation: OfferOperationFields): OfferOperationFields =>
  mapResources(operation, withStack);

/** Resources without an allocation get the role of the offers. */
const withAllocation = (operation: OfferOperationFields, role: string): OfferOperationFields =>
  mapResources(operation, (resource) => ({
    ...resource,
    allocation_info: resource.allocation_info ?? { role },
  }));

function mapResources(
  operation: OfferOperationFields,
  edit: (resource: Resource) => Resource,
): OfferOperationFields {
  const all = <T extends { readonly resources?: readonly Resource[] }>(holder: T): T =>
    holder.resources === undefined ? holder : { ...holder, resources: holder.resources.map(edit) };
  const volumes = <T extends { readonly volumes?: readonly Resource[] }>(holder: T): T =>
    holder.volumes === undefined ? holder : { ...holder, volumes: holder.volumes.map(edit) };
  const task: EditTask = (info) => ({
    ...all(info),
    ...(info.executor && { executor: all(info.executor) }),
  });
  const { launch, launch_group: group, reserve, unreserve, create, destroy } = operation;
  return {
    ...operation,
    ...(launch && { launch: { task_infos: (launch.task_infos ?? []).map(task) } }),
    ...(group && {
      launch_group: {
        executor: all(group.executor),
        task_group: { tasks: (group.task_group.tasks ?? []).map(task) },
      },
    }),
    ...(reserve && { reserve: all(reserve) }),
    ...(unreserve && { unreserve: all(unreserve) }),
    ...(create && { create: volumes(create) }),
    ...(destroy && { destroy: volumes(destroy) }),
  };
}
