import { readFileSync } from 'node:fs';
import { type Config, type ConfigKey, FiresteelError } from '@firesteel/common';

/**
 * The content of a file that a configuration key names; undefined without one.
 * @throws PATH_NOT_READABLE
 */
export function readNamedFile(config: Config, key: ConfigKey): string | undefined {
  const path = config.text(key);
  if (path === undefined) return undefined;
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new FiresteelError(
      'PATH_NOT_READABLE',
      `${key} names ${path}, which cannot be read: ${(cause as Error).message}`,
      { cause, data: { key, path } },
    );
  }
}
