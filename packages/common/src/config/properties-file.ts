import { readFileSync } from 'node:fs';
import { FiresteelError } from '../errors.js';

/** One assignment of a properties file. */
export interface Property {
  readonly key: string;
  readonly value: string;
  /** Counted from 1. */
  readonly line: number;
}

/**
 * Reads the lines of a properties file: `key=value`, `key: value` or `key value`; empty lines and
 * lines that begin with `#` or `!` are skipped; of two lines with one key the later one holds.
 * @param name how messages call the file
 * @throws FiresteelError INVALID_CONFIG_VALUE with the line number for a line without a value
 */
export function parseProperties(text: string, name: string): Property[] {
  const properties: Property[] = [];
  for (const [index, raw] of text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .entries()) {
    const content = raw.trim();
    if (content === '' || content.startsWith('#') || content.startsWith('!')) continue;
    const match = /^([^\s=:]+)(?:\s*[=:]\s*|\s+)(.+)$/.exec(content);
    if (match === null) {
      throw new FiresteelError(
        'INVALID_CONFIG_VALUE',
        `${name}:${index + 1}: ${JSON.stringify(content)} has no value. Write key=value, or put # in front of a comment.`,
        { data: { file: name, line: index + 1 } },
      );
    }
    properties.push({ key: match[1] as string, value: match[2] as string, line: index + 1 });
  }
  return properties;
}

/**
 * Reads a properties file from disk.
 * @throws FiresteelError PATH_NOT_FOUND, PATH_NOT_READABLE, or what `parseProperties` throws
 */
export function readPropertiesFile(path: string): Property[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new FiresteelError(
      missing ? 'PATH_NOT_FOUND' : 'PATH_NOT_READABLE',
      missing
        ? `The properties file ${path} does not exist. Check the path given to --properties-file.`
        : `The properties file ${path} cannot be read: ${(error as Error).message}.`,
      { cause: error, data: { path } },
    );
  }
  return parseProperties(text, path);
}
