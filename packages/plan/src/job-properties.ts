import { invalidArgument } from '@firesteel/common';

/** Local properties of an action, as they were when it was called. Its jobs carry them. */
export type JobProperties = Readonly<Record<string, string>>;

/** The properties that mean something to the engine: Spark's names without `spark.`. */
export const jobProperty = {
  group: 'jobGroup.id',
  description: 'job.description',
  /** Separated by commas. */
  tags: 'job.tags',
  pool: 'scheduler.pool',
} as const;

/** The tags of a job. */
export function tagsOf(properties: JobProperties): readonly string[] {
  const tags = properties[jobProperty.tags];
  return tags === undefined || tags === '' ? [] : tags.split(',');
}

/**
 * The name of a local property as the engine keeps it.
 *
 * @param key with or without `spark.`
 * @throws FiresteelError INVALID_ARGUMENT for a key that is no text
 */
export function localPropertyName(key: string): string {
  const name = typeof key === 'string' ? key.replace(/^spark\./, '') : '';
  if (name === '') throw invalidArgument('The key of a local property', 'a non-empty string', key);
  return name;
}
