import type { ExecutorInfo, FrameworkInfo, Resource, Task } from '@firesteel/mesos-protocol';
import { type AclOf, type Acls, allowsEach } from './acls.js';

/**
 * What somebody may see of a cluster. As in Mesos, what he may not is left out of answers and
 * events, so that he does not learn that it is there; only flags and guarded paths are refused
 * (mesos: master/readonly_handler.cpp, authorizer/local/authorizer.cpp).
 */
export class Viewer {
  /** One who sees everything. */
  static readonly ofAll = new Viewer({}, undefined);
  readonly #acls: Acls;
  readonly #principal: string | undefined;

  /** @param principal undefined for somebody without a name */
  constructor(acls: Acls, principal: string | undefined) {
    this.#acls = acls;
    this.#principal = principal;
  }

  framework({ user }: FrameworkInfo): boolean {
    return this.#may(this.#acls.view_frameworks, 'users', user);
  }

  /** A task is seen with its framework only. */
  task(framework: FrameworkInfo, { user = framework.user }: Pick<Task, 'user'>): boolean {
    return this.framework(framework) && this.#may(this.#acls.view_tasks, 'users', user);
  }

  /** An executor is seen with its framework only. */
  executor(framework: FrameworkInfo, { command }: Pick<ExecutorInfo, 'command'>): boolean {
    const user = command?.user ?? framework.user;
    return this.framework(framework) && this.#may(this.#acls.view_executors, 'users', user);
  }

  role(role: string): boolean {
    return this.#may(this.#acls.view_roles, 'roles', role);
  }

  /** Whoever may not see a role does not see what is reserved for it or allocated to it. */
  resource({ role = '*', reservations = [], allocation_info }: Resource): boolean {
    const roles = reservations.map((reservation) => reservation.role ?? '*');
    if (role !== '*') roles.push(role);
    if (allocation_info?.role !== undefined) roles.push(allocation_info.role);
    return roles.every((name) => this.role(name));
  }

  quota(role: string): boolean {
    return this.#may(this.#acls.get_quotas, 'roles', role);
  }

  get flags(): boolean {
    return this.#may(this.#acls.view_flags, 'flags', '');
  }

  get maintenanceSchedule(): boolean {
    return this.#may(this.#acls.get_maintenance_schedules, 'machines', '');
  }

  get maintenanceStatus(): boolean {
    return this.#may(this.#acls.get_maintenance_statuses, 'machines', '');
  }

  /** Of the paths of a master only this one has no filter of its own. */
  path(path: string): boolean {
    return path !== '/metrics/snapshot' || this.#may(this.#acls.get_endpoints, 'paths', path);
  }

  #may<K extends string>(
    entries: readonly AclOf<K>[] | undefined,
    kind: K,
    wanted: string,
  ): boolean {
    return allowsEach(this.#acls, entries, kind, this.#principal, [wanted]);
  }
}
