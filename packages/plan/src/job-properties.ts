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
