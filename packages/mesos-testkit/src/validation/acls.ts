import type { FrameworkInfo, Resource, TaskInfo } from '@firesteel/mesos-protocol';
import { isWithin } from '../allocator/roles.js';
import { rolesOf } from './framework.js';

/** Some values, or any or none at all; `SOME` if nothing is said. */
export interface AclEntity {
  readonly type?: 'SOME' | 'ANY' | 'NONE';
  /** Of roles, `a/%` stands for all roles below `a`. */
  readonly values?: readonly string[];
}

/**
 * Who may do what, in the form of Mesos's flag `acls`. Of each list the first entry decides that
 * names both the principal and what it wants; without one, `permissive`.
 */
export interface Acls {
  /** Default true. */
  readonly permissive?: boolean;
  readonly register_frameworks?: readonly RoleAcl[];
  readonly run_tasks?: readonly UserAcl[];
  readonly reserve_resources?: readonly RoleAcl[];
  readonly unreserve_resources?: readonly {
    readonly principals: AclEntity;
    readonly reserver_principals: AclEntity;
  }[];
  readonly teardown_frameworks?: readonly {
    readonly principals: AclEntity;
    readonly framework_principals: AclEntity;
  }[];
  readonly update_weights?: readonly RoleAcl[];
  readonly update_quotas?: readonly RoleAcl[];
  /** Machines are any or none. */
  readonly update_maintenance_schedules?: readonly MachineAcl[];
  readonly start_maintenances?: readonly MachineAcl[];
  readonly stop_maintenances?: readonly MachineAcl[];
  /** Agents are any or none. */
  readonly mark_agents_gone?: readonly {
    readonly principals: AclEntity;
    readonly agents: AclEntity;
  }[];
  /** The users of frameworks, tasks and executors that may be seen. */
  readonly view_frameworks?: readonly UserAcl[];
  readonly view_tasks?: readonly UserAcl[];
  readonly view_executors?: readonly UserAcl[];
  readonly view_roles?: readonly RoleAcl[];
  readonly get_quotas?: readonly RoleAcl[];
  /** Flags are any or none. */
  readonly view_flags?: readonly { readonly principals: AclEntity; readonly flags: AclEntity }[];
  readonly get_endpoints?: readonly { readonly principals: AclEntity; readonly paths: AclEntity }[];
  readonly get_maintenance_schedules?: readonly MachineAcl[];
  readonly get_maintenance_statuses?: readonly MachineAcl[];
}

interface UserAcl {
  readonly principals: AclEntity;
  readonly users: AclEntity;
}

interface RoleAcl {
  readonly principals: AclEntity;
  readonly roles: AclEntity;
}

interface MachineAcl {
  readonly principals: AclEntity;
  readonly machines: AclEntity;
}

type Entry = { readonly principals: AclEntity; readonly objects: AclEntity };

/** Whether one may do something to all of the objects. */
function allows(
  { permissive = true }: Acls,
  entries: readonly Entry[],
  principal: string | undefined,
  wanted: readonly string[],
): boolean {
  const subject = principal === undefined ? undefined : [principal];
  const entry = entries.find(
    ({ principals, objects }) => concerns(principals, subject) && concerns(objects, wanted),
  );
  if (entry === undefined) return permissive;
  return entry.principals.type !== 'NONE' && entry.objects.type !== 'NONE';
}

/** An entry about objects of one kind. */
export type AclOf<K extends string> = { readonly principals: AclEntity } & Readonly<
  Record<K, AclEntity>
>;

/** Whether one may do something to each of the objects, by entries that name them by their kind. */
export function allowsEach<K extends string>(
  acls: Acls,
  entries: readonly AclOf<K>[] = [],
  kind: K,
  principal: string | undefined,
  wanted: readonly string[],
): boolean {
  const named = entries.map((entry) => ({ principals: entry.principals, objects: entry[kind] }));
  return wanted.every((object) => allows(acls, named, principal, [object]));
}

/** @param values undefined for somebody without a name */
function concerns(entity: AclEntity, values: readonly string[] | undefined): boolean {
  if (entity.type === 'ANY' || entity.type === 'NONE') return true;
  const named = entity.values ?? [];
  return values?.every((value) => named.some((name) => covers(name, value))) === true;
}

const covers = (name: string, value: string): boolean =>
  name.endsWith('/%')
    ? value !== name.slice(0, -2) && isWithin(value, name.slice(0, -2))
    : name === value;

/** Why a framework may not subscribe; undefined if it may. */
export function registrationDenied(acls: Acls, info: FrameworkInfo): string | undefined {
  const roles = rolesOf(info);
  const entries = (acls.register_frameworks ?? []).map(({ principals, roles }) => ({
    principals,
    objects: roles,
  }));
  if (allows(acls, entries, info.principal, roles)) return undefined;
  const sorted = [...roles].sort().join(', ');
  return `Not authorized to register framework ${info.id?.value ?? ''} with roles { ${sorted} }`;
}

/** Why a task may not be launched; undefined if it may. */
export function launchDenied(acls: Acls, info: FrameworkInfo, task: TaskInfo): string | undefined {
  const user = task.command?.user ?? task.executor?.command?.user ?? info.user;
  const entries = (acls.run_tasks ?? []).map(({ principals, users }) => ({
    principals,
    objects: users,
  }));
  if (allows(acls, entries, info.principal, [user])) return undefined;
  return `Principal '${info.principal ?? ''}' no authorized to launch task ${task.task_id.value} of framework ${info.id?.value} under user '${user}'`;
}

/** Whether a framework or an operator may reserve these resources. */
export function mayReserve(
  acls: Acls,
  { principal }: Pick<FrameworkInfo, 'principal'>,
  resources: readonly Resource[],
): boolean {
  const entries = (acls.reserve_resources ?? []).map(({ principals, roles }) => ({
    principals,
    objects: roles,
  }));
  return resources.every(({ reservations }) =>
    allows(acls, entries, principal, [reservations?.at(-1)?.role ?? '*']),
  );
}

/** Whether a framework or an operator may undo the reservation of these resources. */
export function mayUnreserve(
  acls: Acls,
  { principal }: Pick<FrameworkInfo, 'principal'>,
  resources: readonly Resource[],
): boolean {
  const entries = (acls.unreserve_resources ?? []).map(({ principals, reserver_principals }) => ({
    principals,
    objects: reserver_principals,
  }));
  return resources.every(({ reservations }) =>
    allows(acls, entries, principal, [reservations?.at(-1)?.principal ?? '']),
  );
}
