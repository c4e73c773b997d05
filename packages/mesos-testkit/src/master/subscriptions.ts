import type { EventStream } from '../http/event-stream.js';
import { registrationDenied } from '../validation/acls.js';
import { type Subscription, subscriptionError, updateError } from '../validation/framework.js';
import type { Master } from './master.js';
import { MasterFramework } from './records.js';

/** Frameworks subscribe, lose their connection, come back and change. */

/**
 * Opens the stream of events for a framework, or refuses it with an ERROR event and its end.
 * @param streamId what all other calls of this subscription must carry
 */
export function subscribe(
  master: Master,
  asked: Subscription,
  stream: EventStream<'scheduler.Event'>,
  streamId: string,
): void {
  const refused = refusal(master, asked);
  if (refused !== undefined) {
    stream.send({ type: 'ERROR', error: { message: refused } });
    stream.close();
    return;
  }
  const id = asked.info.id?.value ?? master.newFrameworkId();
  const known = master.frameworks.get(id);
  const wasConnected = known?.connected === true;
  const framework = known ?? new MasterFramework(id, asked.info, master.now);
  if (known !== undefined) takeOver(master, known);
  // A new value of `checkpoint` is ignored in silence.
  const { checkpoint } = known?.info ?? asked.info;
  const { checkpoint: _, ...info } = asked.info;
  framework.info = { ...info, id: { value: id }, ...(checkpoint !== undefined && { checkpoint }) };
  framework.stream = stream;
  framework.streamId = streamId;
  framework.recovered = false;
  framework.reregisteredMs = master.now;
  master.frameworks.set(id, framework);
  apply(master, framework, asked);
  const { timings, info: masterInfo, faults } = master.options;
  stream.send({
    type: 'SUBSCRIBED',
    subscribed: {
      framework_id: { value: id },
      heartbeat_interval_seconds: timings.heartbeatIntervalMs / 1000,
      master_info: masterInfo,
    },
  });
  const heartbeat = (): void => {
    if (!faults.heartbeatsAreSilent) stream.send({ type: 'HEARTBEAT' });
  };
  heartbeat();
  framework.cancelHeartbeat = master.timers.every(timings.heartbeatIntervalMs, heartbeat);
  tellAgents(master, framework);
  master.operators.publishFramework(
    known === undefined ? 'FRAMEWORK_ADDED' : 'FRAMEWORK_UPDATED',
    framework,
  );
  // Who merely takes over waits for the next allocation.
  if (!wasConnected) master.requestAllocation();
  master.options.changed();
}

function refusal(master: Master, asked: Subscription): string | undefined {
  const { allowedRoles, allowRoot, acls } = master.options;
  const invalid = subscriptionError(asked, allowedRoles);
  if (invalid !== undefined) return invalid;
  if (asked.info.user === 'root' && !allowRoot) {
    return "User 'root' is not allowed to run frameworks without --root_submissions set";
  }
  const denied = registrationDenied(acls, asked.info);
  if (denied !== undefined) return denied;
  const id = asked.info.id?.value;
  if (id === undefined) return undefined;
  if (master.completedFrameworks.has(id)) return 'Framework has been removed';
  const before = master.frameworks.get(id)?.info;
  return before !== undefined && before.principal !== asked.info.principal
    ? "Changing framework's principal is not allowed."
    : undefined;
}

/** The last subscriber wins: the old one learns it, and offers to it are void. */
function takeOver(master: Master, framework: MasterFramework): void {
  framework.cancelFailover();
  framework.cancelHeartbeat();
  const { stream } = framework;
  framework.stream = undefined;
  stream?.send({ type: 'ERROR', error: { message: 'Framework failed over' } });
  stream?.close();
  master.discardOffersOf(framework);
}

function apply(master: Master, framework: MasterFramework, asked: Subscription): void {
  framework.suppressedRoles = new Set(asked.suppressedRoles);
  framework.constraints = asked.constraints;
  master.updateAllocator(framework);
}

/** Agents that run something of the framework send their outstanding updates again. */
function tellAgents(master: Master, framework: MasterFramework): void {
  const concerned = new Set([...framework.tasks.values()].map((task) => task.agentId));
  for (const agentId of [...concerned, ...framework.executors.keys()]) concerned.add(agentId);
  for (const agentId of concerned) {
    master.agents
      .get(agentId)
      ?.link?.toAgent({ kind: 'frameworkUpdated', framework: framework.info });
  }
}

/** The framework's connection is gone; without a new one in time it is removed. */
export function disconnected(master: Master, framework: MasterFramework): void {
  framework.stream = undefined;
  framework.cancelHeartbeat();
  master.updateAllocator(framework);
  master.discardOffersOf(framework);
  master.allocator.clearFilters(framework.id);
  framework.inverseOfferFilters.clear();
  const timeoutMs = Math.max(0, (framework.info.failover_timeout ?? 0) * 1000);
  if (timeoutMs === 0) master.removeFramework(framework);
  else {
    framework.cancelFailover = master.timers.after(timeoutMs, () =>
      master.removeFramework(framework),
    );
  }
  master.options.changed();
}

/** UPDATE_FRAMEWORK: replaces the description. Gives the reason why it may not, if it may not. */
export function updateFramework(
  master: Master,
  framework: MasterFramework,
  asked: Subscription,
): string | undefined {
  const invalid = subscriptionError(asked, master.options.allowedRoles);
  if (invalid !== undefined) return `FrameworkInfo update is not valid: ${invalid}`;
  const { principal } = framework.info;
  const info =
    asked.info.principal === undefined && principal !== undefined
      ? { ...asked.info, principal }
      : asked.info;
  const unsupported = updateError(framework.info, info);
  if (unsupported !== undefined) return `FrameworkInfo update is not valid: ${unsupported}`;
  framework.info = info;
  apply(master, framework, asked);
  for (const offer of [...master.offers.values()]) {
    if (offer.frameworkId === framework.id && !framework.roles.includes(offer.role)) {
      master.rescind(offer);
    }
  }
  tellAgents(master, framework);
  master.operators.publishFramework('FRAMEWORK_UPDATED', framework);
  master.requestAllocation();
  return undefined;
}
