import type {
  FrameworkInfo,
  OfferFilters,
  SchedulerOfferConstraints,
} from '@firesteel/mesos-protocol';
import { idError } from './ids.js';
import { roleError } from './roles.js';

/** What a subscription or an update of a framework asks for. */
export interface Subscription {
  readonly info: FrameworkInfo;
  readonly suppressedRoles: readonly string[];
  readonly constraints?: SchedulerOfferConstraints | undefined;
}

/** More seconds than fit into 64-bit nanoseconds. */
const maxTimeoutSeconds = 2 ** 63 / 1e9;

export const capabilitiesOf = (info: FrameworkInfo): ReadonlySet<string> =>
  new Set((info.capabilities ?? []).flatMap(({ type }) => type ?? []));

/** The roles a framework is in: `roles` with MULTI_ROLE, else `role`. */
export function rolesOf(info: FrameworkInfo): readonly string[] {
  return capabilitiesOf(info).has('MULTI_ROLE') ? (info.roles ?? []) : [info.role ?? '*'];
}

/**
 * Why a framework may not subscribe like this; undefined if it may.
 * @param allowedRoles the master's list of roles, undefined if any role will do
 */
export function subscriptionError(
  { info, suppressedRoles, constraints }: Subscription,
  allowedRoles: ReadonlySet<string> | undefined,
): string | undefined {
  const roles = rolesOf(info);
  return (
    roleMembersError(info) ??
    (info.id === undefined ? undefined : idError(info.id.value)) ??
    roles
      .filter((role) => role !== '*' && allowedRoles !== undefined && !allowedRoles.has(role))
      .map((role) => `Role '${role}' is not present in the master's --roles`)[0] ??
    suppressedError(suppressedRoles, roles) ??
    timeoutError(info.failover_timeout) ??
    offerFiltersError(info.offer_filters) ??
    constraintsError(constraints, roles)
  );
}

function roleMembersError(info: FrameworkInfo): string | undefined {
  const multiRole = capabilitiesOf(info).has('MULTI_ROLE');
  const roles = info.roles ?? [];
  if (multiRole && info.role !== undefined) {
    return "'FrameworkInfo.role' must not be set when the framework is MULTI_ROLE capable";
  }
  if (!multiRole && roles.length > 0) {
    return "'FrameworkInfo.roles' must not be set when the framework is not MULTI_ROLE capable";
  }
  const duplicates = [...new Set(roles.filter((role, i) => roles.indexOf(role) !== i))];
  if (duplicates.length > 0) {
    return `'FrameworkInfo.roles' contains duplicate items: { ${duplicates.join(', ')} }`;
  }
  for (const role of roles) {
    const error = roleError(role);
    if (error !== undefined) return `'FrameworkInfo.roles' contains invalid role: ${error}`;
  }
  const error = multiRole ? undefined : roleError(info.role ?? '*');
  return error === undefined ? undefined : `'FrameworkInfo.role' is not a valid role: ${error}`;
}

function suppressedError(
  suppressed: readonly string[],
  roles: readonly string[],
): string | undefined {
  const foreign = suppressed.filter((role) => !roles.includes(role));
  return foreign.length === 0
    ? undefined
    : `Suppressed roles { ${foreign.join(', ')} } are not contained in the set of roles`;
}

function timeoutError(seconds: number | undefined): string | undefined {
  if (seconds === undefined || Math.abs(seconds) < maxTimeoutSeconds) return undefined;
  return `The framework failover_timeout (${seconds}) is invalid`;
}

function offerFiltersError(
  filters: Readonly<Record<string, OfferFilters>> | undefined,
): string | undefined {
  for (const { min_allocatable_resources: minimum } of Object.values(filters ?? {})) {
    for (const { quantities } of minimum?.quantities ?? []) {
      const values = Object.values(quantities ?? {});
      if (values.length === 0) return 'Resource quantities must contain at least one quantity';
      if (values.some(({ value }) => !Number.isFinite(value) || value < 0)) {
        return 'Resource quantities must be finite and not negative';
      }
    }
  }
  return undefined;
}

function constraintsError(
  constraints: SchedulerOfferConstraints | undefined,
  roles: readonly string[],
): string | undefined {
  for (const [role, { groups = [] }] of Object.entries(constraints?.role_constraints ?? {})) {
    const refused = (why: string): string =>
      `OfferConstraints are not valid: role '${role}': ${why}`;
    if (!roles.includes(role)) return refused('the framework is not subscribed to it');
    if (groups.length === 0) return refused('there must be at least one group');
    for (const { attribute_constraints: members = [] } of groups) {
      if (members.length === 0) return refused('a group must have at least one constraint');
      for (const { predicate } of members) {
        const regex = predicate.text_matches?.regex ?? predicate.text_not_matches?.regex;
        if (regex !== undefined && !isRegex(regex)) return refused(`invalid regex '${regex}'`);
      }
    }
  }
  return undefined;
}

function isRegex(source: string): boolean {
  try {
    new RegExp(source);
    return true;
  } catch {
    return false;
  }
}

/** Why UPDATE_FRAMEWORK may not replace one description by another. */
export function updateError(before: FrameworkInfo, after: FrameworkInfo): string | undefined {
  const fields = ['user', 'checkpoint', 'principal'] as const;
  const changed = fields.find(
    (field) => String(before[field] ?? '') !== String(after[field] ?? ''),
  );
  return changed === undefined
    ? undefined
    : `Updating 'FrameworkInfo.${changed}' is unsupported; attempted to update from '${before[changed] ?? ''}' to '${after[changed] ?? ''}'`;
}
