import { AsyncLocalStorage } from 'node:async_hooks';
import { invalidArgument, isPlainObject } from '@firesteel/common';
import { type JobProperties, jobProperty, localPropertyName, tagsOf } from '@firesteel/plan';
import { checkFunction } from './arguments.js';
import { ExecutorControl } from './executor-control.js';

type Properties = Map<string, string>;

/**
 * The members of a context that mark jobs and cancel them by their marks. The marks are local
 * properties: they hold for the actions called in a scope, that is in the function given to
 * `withLocalProperties` and its like, with all that it awaits, and nowhere else.
 */
export abstract class JobControl extends ExecutorControl {
  readonly #scopes = new AsyncLocalStorage<Properties>();
  readonly #outermost: Properties = new Map();

  /**
   * Sets a local property for the actions called from now on in the innermost scope, or in the
   * whole context where there is none. Scopes that are open already inside of it do not see it.
   *
   * @param key with or without `spark.`; `scheduler.pool` chooses the pool of jobs
   * @param value undefined removes the property
   * @throws FiresteelError INVALID_ARGUMENT for a key that is no text, or a value that is none
   */
  setLocalProperty(key: string, value: string | undefined): void {
    setProperty(this.#properties, key, value);
  }

  /** The local property as actions called here have it. */
  getLocalProperty(key: string): string | undefined {
    return this.#properties.get(localPropertyName(key));
  }

  /**
   * Runs a function in a scope with further local properties, and returns what it returns.
   *
   * @example
   * await sc.withLocalProperties({ 'scheduler.pool': 'reports' }, () => report.collect());
   */
  withLocalProperties<R>(
    properties: Readonly<Record<string, string | undefined>>,
    body: () => R,
  ): R {
    if (!isPlainObject(properties))
      throw invalidArgument('The properties of withLocalProperties', 'a plain object', properties);
    checkFunction(body, 'The function of a scope');
    const scope = new Map(this.#properties);
    for (const [key, value] of Object.entries(properties)) setProperty(scope, key, value);
    return this.#scopes.run(scope, body);
  }

  /**
   * Runs a function whose jobs belong to a group, which `cancelJobGroup` cancels together.
   *
   * @param description shown for the jobs in events
   * @example
   * await sc.withJobGroup('nightly', 'nightly report', async () => {
   *   await Promise.all([orders.count(), customers.count()]);
   * });
   */
  withJobGroup<R>(id: string, description: string | undefined, body: () => R): R {
    if (typeof id !== 'string' || id === '')
      throw invalidArgument('The id of a job group', 'a non-empty string', id);
    const { group, description: describing } = jobProperty;
    return this.withLocalProperties({ [group]: id, [describing]: description }, body);
  }

  /** Runs a function whose jobs have these tags besides those of the scopes around. */
  withJobTags<R>(tags: string | readonly string[], body: () => R): R {
    const added = typeof tags === 'string' ? [tags] : tags;
    for (const tag of added)
      if (typeof tag !== 'string' || tag === '' || tag.includes(','))
        throw invalidArgument('A job tag', 'a non-empty string without commas', tag);
    const all = new Set([...this.getJobTags(), ...added]);
    return this.withLocalProperties({ [jobProperty.tags]: [...all].join(',') }, body);
  }

  /** The tags of the jobs of actions called here. */
  getJobTags(): readonly string[] {
    return tagsOf(this.jobProperties());
  }

  /** Describes the jobs of this scope in events; undefined ends that. */
  setJobDescription(description: string | undefined): void {
    this.setLocalProperty(jobProperty.description, description);
  }

  /** Cancels the running jobs of a group, which reject with JOB_CANCELLED. */
  cancelJobGroup(id: string, reason = `job group ${id} was cancelled`): void {
    this.engine.cancelJobs(({ properties }) => properties[jobProperty.group] === id, reason);
  }

  /** Cancels the running jobs with a tag, which reject with JOB_CANCELLED. */
  cancelJobsWithTag(tag: string, reason = `jobs with tag ${tag} were cancelled`): void {
    this.engine.cancelJobs(({ properties }) => tagsOf(properties).includes(tag), reason);
  }

  /** Cancels a job, with the action that it belongs to. No effect on one that has ended. */
  cancelJob(jobId: number, reason?: string): void {
    this.engine.cancelJobs(({ jobIds }) => jobIds.includes(jobId), reason);
  }

  /** Cancels all jobs that need a stage. No effect on a stage that has ended. */
  cancelStage(stageId: number, reason = `stage ${stageId} was cancelled`): void {
    this.engine.cancelStage(stageId, reason);
  }

  /** The local properties of an action that is called here. */
  jobProperties(): JobProperties {
    return Object.fromEntries(this.#properties);
  }

  get #properties(): Properties {
    return this.#scopes.getStore() ?? this.#outermost;
  }
}

function setProperty(properties: Properties, key: string, value: string | undefined): void {
  const name = localPropertyName(key);
  if (value === undefined) properties.delete(name);
  else if (typeof value === 'string') properties.set(name, value);
  else throw invalidArgument(`The local property ${name}`, 'a string', value);
}
