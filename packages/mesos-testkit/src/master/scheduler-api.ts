import { randomUUID } from 'node:crypto';
import {
  completeMessage,
  type MediaType,
  type SchedulerCall,
  type SchedulerCallFields,
} from '@firesteel/mesos-protocol';
import { accepted, notImplemented, readAccept, readCall } from '../http/call-body.js';
import { EventStream, type RecordSplitter } from '../http/event-stream.js';
import { type HttpAnswer, type HttpRequest, type PlainAnswer, textAnswer } from '../http/server.js';
import { hex, isTerminal } from '../messages.js';
import { registrationDenied } from '../validation/acls.js';
import { principalError, schedulerCallError } from '../validation/calls.js';
import type { Subscription } from '../validation/framework.js';
import { accept } from './accept.js';
import { answerInverseOffers } from './inverse-offers.js';
import type { Master } from './master.js';
import { kill, reconcile } from './reconciliation.js';
import type { MasterFramework } from './records.js';
import { disconnected, subscribe, updateFramework } from './subscriptions.js';

const streamIdHeader = 'Mesos-Stream-Id';

/** POST /api/v1/scheduler of a leading master: the checks of the real one, in its order. */
export function answerScheduler(
  master: Master,
  request: HttpRequest,
  principal: string | undefined,
  split?: RecordSplitter,
): HttpAnswer {
  const read = readCall(request, 'scheduler.Call');
  if ('refused' in read) return read.refused;
  const { call } = read;
  const invalid = schedulerCallError(call, principal);
  if (invalid !== undefined) {
    return textAnswer(400, `Failed to validate scheduler::Call: ${invalid}`);
  }
  const accept = readAccept(request);
  const needsAccept = call.type === 'SUBSCRIBE' || call.type === 'RECONCILE_OPERATIONS';
  if (needsAccept && 'refused' in accept) return accept.refused;
  const streamId = request.headers['mesos-stream-id'];
  if (call.type === 'SUBSCRIBE') {
    if (streamId !== undefined) {
      return textAnswer(400, `Subscribe calls should not include the '${streamIdHeader}' header`);
    }
    const { mediaType } = accept as { readonly mediaType: MediaType };
    return openSubscription(master, call, mediaType, principal, split);
  }
  const framework = master.frameworks.get(call.framework_id!.value);
  const refused = refusal(framework, principal, streamId);
  if (refused !== undefined) return refused;
  const complete = completeMessage('scheduler.Call', call);
  if (complete === undefined) return notImplemented;
  const answer = perform(master, framework!, complete);
  master.options.changed();
  return answer;
}

function openSubscription(
  master: Master,
  call: SchedulerCallFields,
  mediaType: MediaType,
  principal: string | undefined,
  split: RecordSplitter | undefined,
): HttpAnswer {
  const streamId = randomUUID();
  const asked = subscriptionOf(call.subscribe!, principal);
  return {
    status: 200,
    headers: { 'Content-Type': mediaType, [streamIdHeader]: streamId },
    open: (output) => {
      const closed = (): void => {
        const framework = [...master.frameworks.values()].find((f) => f.stream === stream);
        if (framework !== undefined) disconnected(master, framework);
      };
      const stream = new EventStream(output, 'scheduler.Event', mediaType, closed, split);
      subscribe(master, asked, stream, streamId);
    },
  };
}

function subscriptionOf(
  call: NonNullable<SchedulerCallFields['subscribe'] | SchedulerCallFields['update_framework']>,
  principal: string | undefined,
): Subscription {
  const info = call.framework_info;
  const stated = info.principal ?? principal;
  return {
    info: { ...info, ...(stated !== undefined && { principal: stated }) },
    suppressedRoles: call.suppressed_roles ?? [],
    constraints: call.offer_constraints,
  };
}

/** Why a call other than SUBSCRIBE is not heard. */
function refusal(
  framework: MasterFramework | undefined,
  principal: string | undefined,
  streamId: string | string[] | undefined,
): PlainAnswer | undefined {
  if (framework === undefined) return textAnswer(400, 'Framework cannot be found');
  const foreign = principalError(principal, framework.info.principal);
  if (foreign !== undefined) return textAnswer(400, foreign);
  if (!framework.connected) return textAnswer(403, 'Framework is not subscribed');
  if (streamId === undefined) {
    const text = `All non-subscribe calls should include the '${streamIdHeader}' header`;
    return textAnswer(400, text);
  }
  return streamId === framework.streamId
    ? undefined
    : textAnswer(
        400,
        `The stream ID '${streamId}' included in this request didn't match the stream ID currently associated with framework ID ${framework.id}`,
      );
}

function perform(master: Master, framework: MasterFramework, call: SchedulerCall): PlainAnswer {
  switch (call.type) {
    case 'TEARDOWN':
      master.removeFramework(framework);
      return accepted;
    case 'ACCEPT':
      accept(master, framework, call.accept);
      return accepted;
    case 'DECLINE': {
      const until = master.refusedUntil(call.decline.filters?.refuse_seconds);
      for (const { value } of call.decline.offer_ids ?? []) {
        const offer = master.offers.get(value);
        if (offer?.frameworkId === framework.id) master.discardOffer(offer, until);
      }
      return accepted;
    }
    case 'REVIVE':
      wants(master, framework, call.revive?.roles ?? [], true);
      return accepted;
    case 'SUPPRESS':
      wants(master, framework, call.suppress?.roles ?? [], false);
      return accepted;
    case 'KILL':
      kill(master, framework, call.kill);
      return accepted;
    case 'SHUTDOWN':
      master.agents.get(call.shutdown.agent_id.value)?.link?.toAgent({
        kind: 'shutdownExecutor',
        frameworkId: framework.id,
        executorId: call.shutdown.executor_id.value,
      });
      return accepted;
    case 'ACKNOWLEDGE':
      acknowledge(master, framework, call.acknowledge);
      return accepted;
    case 'RECONCILE':
      reconcile(master, framework, call.reconcile);
      return accepted;
    case 'MESSAGE':
      master.agents.get(call.message.agent_id.value)?.link?.toAgent({
        kind: 'message',
        frameworkId: framework.id,
        executorId: call.message.executor_id.value,
        data: call.message.data,
      });
      return accepted;
    case 'ACKNOWLEDGE_OPERATION_STATUS': {
      const { agent_id, operation_id, uuid } = call.acknowledge_operation_status;
      const agent = master.agents.get(agent_id!.value);
      agent?.link?.toAgent({ kind: 'acknowledgeOperation', operationId: operation_id.value, uuid });
      return accepted;
    }
    case 'RECONCILE_OPERATIONS':
      for (const { operation_id, agent_id } of call.reconcile_operations.operations ?? []) {
        master.send(framework.id, {
          type: 'UPDATE_OPERATION_STATUS',
          update_operation_status: {
            status: {
              operation_id,
              state: 'OPERATION_UNKNOWN',
              message: 'Reconciliation: Operation is unknown',
              ...(agent_id && { agent_id }),
            },
          },
        });
      }
      return accepted;
    case 'UPDATE_FRAMEWORK': {
      const asked = subscriptionOf(call.update_framework, framework.info.principal);
      const denied = registrationDenied(master.options.acls, asked.info);
      if (denied !== undefined) return textAnswer(403, denied);
      const error = updateFramework(master, framework, asked);
      return error === undefined ? { status: 200 } : textAnswer(400, error);
    }
    case 'ACCEPT_INVERSE_OFFERS': {
      const { inverse_offer_ids = [], filters } = call.accept_inverse_offers;
      const seconds = filters?.refuse_seconds;
      answerInverseOffers(master, framework, inverse_offer_ids, 'ACCEPT', seconds);
      return accepted;
    }
    case 'DECLINE_INVERSE_OFFERS': {
      const { inverse_offer_ids = [], filters } = call.decline_inverse_offers;
      const seconds = filters?.refuse_seconds;
      answerInverseOffers(master, framework, inverse_offer_ids, 'DECLINE', seconds);
      return accepted;
    }
    // The allocator ignores it.
    case 'REQUEST':
      return accepted;
    case 'SUBSCRIBE':
      return notImplemented;
  }
}

/** REVIVE and SUPPRESS, for some roles or all; one role that is not the framework's voids the call. */
function wants(
  master: Master,
  framework: MasterFramework,
  roles: readonly string[],
  revive: boolean,
): void {
  if (roles.some((role) => !framework.roles.includes(role))) return;
  const concerned = roles.length === 0 ? framework.roles : roles;
  const suppressed = new Set(framework.suppressedRoles);
  for (const role of concerned) {
    if (revive) suppressed.delete(role);
    else suppressed.add(role);
  }
  framework.suppressedRoles = suppressed;
  master.updateAllocator(framework);
  if (!revive) return;
  master.allocator.clearFilters(framework.id, new Set(concerned));
  framework.inverseOfferFilters.clear();
  master.requestAllocation();
}

function acknowledge(
  master: Master,
  framework: MasterFramework,
  { agent_id, task_id, uuid }: (SchedulerCall & { readonly type: 'ACKNOWLEDGE' })['acknowledge'],
): void {
  const agent = master.agents.get(agent_id.value);
  if (agent?.link === undefined || master.options.faults.acknowledgementsAreWithheld) return;
  const task = framework.tasks.get(task_id.value);
  const told = task?.forwarded;
  if (task && told?.uuid && isTerminal(told.state) && hex(told.uuid) === hex(uuid)) {
    master.completeTask(framework, task);
  }
  const ids = { frameworkId: framework.id, taskId: task_id.value };
  agent.link.toAgent({ kind: 'acknowledge', ...ids, uuid });
}
