import type { MasterCall } from '@firesteel/mesos-protocol';
import { type AclOf, type Acls, allowsEach, mayReserve, mayUnreserve } from './acls.js';

/** Who calls, and whose framework a call is about. */
export interface OperatorCaller {
  readonly principal: string | undefined;
  readonly principalOf: (frameworkId: string) => string | undefined;
}

/** Whether an operator may make a call that changes something; for others see {@link Viewer}. */
export function mayOperate(
  acls: Acls,
  call: MasterCall,
  { principal, principalOf }: OperatorCaller,
): boolean {
  const may = <K extends string>(
    entries: readonly AclOf<K>[] | undefined,
    kind: K,
    wanted: readonly string[],
  ): boolean => allowsEach(acls, entries, kind, principal, wanted);
  const by = principal === undefined ? {} : { principal };
  switch (call.type) {
    case 'UPDATE_WEIGHTS': {
      const weights = call.update_weights.weight_infos ?? [];
      return may(
        acls.update_weights,
        'roles',
        weights.map(({ role }) => role ?? '*'),
      );
    }
    case 'UPDATE_QUOTA': {
      const quotas = call.update_quota.quota_configs ?? [];
      return may(
        acls.update_quotas,
        'roles',
        quotas.map(({ role }) => role),
      );
    }
    case 'UPDATE_MAINTENANCE_SCHEDULE': {
      const { windows = [] } = call.update_maintenance_schedule.schedule;
      const machines = windows.flatMap(({ machine_ids = [] }) => machine_ids);
      return may(acls.update_maintenance_schedules, 'machines', machines.map(nameOf));
    }
    case 'START_MAINTENANCE':
      return may(
        acls.start_maintenances,
        'machines',
        (call.start_maintenance.machines ?? []).map(nameOf),
      );
    case 'STOP_MAINTENANCE':
      return may(
        acls.stop_maintenances,
        'machines',
        (call.stop_maintenance.machines ?? []).map(nameOf),
      );
    case 'TEARDOWN': {
      const owner = principalOf(call.teardown.framework_id.value);
      return may(acls.teardown_frameworks, 'framework_principals', [owner ?? '']);
    }
    case 'MARK_AGENT_GONE':
      return may(acls.mark_agents_gone, 'agents', [call.mark_agent_gone.agent_id.value]);
    case 'RESERVE_RESOURCES':
      return mayReserve(acls, by, call.reserve_resources.resources ?? []);
    case 'UNRESERVE_RESOURCES':
      return mayUnreserve(acls, by, call.unreserve_resources.resources ?? []);
    default:
      return true;
  }
}

const nameOf = ({ hostname, ip }: { readonly hostname?: string; readonly ip?: string }): string =>
  hostname ?? ip ?? '';
