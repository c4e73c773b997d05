import path from 'node:path';
import { FiresteelError, invalidArgument } from '@firesteel/common';

const SCHEME = /^([a-zA-Z][a-zA-Z0-9+.-]+):\//;

/** The scheme of a URL, in lower case; undefined for a path. */
export function schemeOf(text: string): string | undefined {
  return SCHEME.exec(text)?.[1]?.toLowerCase();
}

/**
 * The ways to read a user's path as an absolute path of the local file system, most literal
 * first. `file:` URLs are accepted with and without percent-encoding, because paths with globs
 * and spaces are often written behind `file://` as they are.
 *
 * @throws FiresteelError INVALID_ARGUMENT for other schemes and for what can be no path
 */
export function localPaths(text: string): readonly string[] {
  if (typeof text !== 'string' || text.trim() === '' || text.includes('\0'))
    throw invalidArgument('path', 'the path of a file or directory', text);
  const scheme = schemeOf(text);
  if (scheme === undefined) return [path.resolve(text)];
  const rest = /^file:(?:\/\/(?:localhost)?)?(\/[^/].*|\/)$/is.exec(text)?.[1];
  if (rest === undefined)
    throw new FiresteelError(
      'INVALID_ARGUMENT',
      scheme === 'file'
        ? `${JSON.stringify(text)} names a file of another host; write file:///path for a local one.`
        : `${JSON.stringify(text)} is no path of the local file system. All paths of a list must be of one file system.`,
      { data: { path: text } },
    );
  const literal = path.resolve(rest);
  const decoded = percentDecoded(rest);
  return decoded === undefined ? [literal] : [literal, path.resolve(decoded)];
}

function percentDecoded(text: string): string | undefined {
  try {
    const decoded = decodeURIComponent(text);
    return decoded === text || decoded.includes('\0') ? undefined : decoded;
  } catch {
    return undefined;
  }
}
