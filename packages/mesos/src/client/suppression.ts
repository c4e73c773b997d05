import type { SchedulerCall } from '@firesteel/mesos-protocol';

/**
 * Which roles get no offers. A master forgets it with each subscription unless it is told anew, so
 * the client keeps what the calls that went out have set.
 */
export class Suppression {
  readonly #roles: readonly string[];
  readonly #suppressed: Set<string>;

  constructor(roles: readonly string[], suppressed: readonly string[]) {
    this.#roles = roles;
    this.#suppressed = new Set(suppressed);
  }

  get suppressedRoles(): readonly string[] {
    return [...this.#suppressed];
  }

  /** To be called with each call that is sent; no roles in SUPPRESS and REVIVE means all. */
  follow(call: SchedulerCall): void {
    if (call.type === 'SUPPRESS') {
      for (const role of this.#named(call.suppress?.roles)) this.#suppressed.add(role);
    } else if (call.type === 'REVIVE') {
      for (const role of this.#named(call.revive?.roles)) this.#suppressed.delete(role);
    }
  }

  #named(roles: readonly string[] = []): readonly string[] {
    return roles.length > 0 ? roles : this.#roles;
  }
}
