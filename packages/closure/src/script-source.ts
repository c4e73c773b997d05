import { readFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';

const texts = new Map<string, string | undefined>();

/** The text of the file behind a URL or absolute path as it is on disk, or undefined. */
export function scriptText(url: string): string | undefined {
  if (texts.has(url)) return texts.get(url);
  let text: string | undefined;
  const path = scriptPath(url);
  if (path !== undefined) {
    try {
      text = readFileSync(path, 'utf8');
    } catch {
      // Code that came from elsewhere (REPL, eval, data URL) has no file to read.
    }
  }
  texts.set(url, text);
  return text;
}

/**
 * Makes the text of a script known that no file holds, such as an input of a shell, with the source
 * map inside it: stack traces and call sites are then told in terms of what was typed.
 *
 * @param path absolute; the script's `filename`
 */
export function registerScript(path: string, text: string): void {
  texts.set(path, text);
  // The inspector gives URLs for scripts named by a path.
  texts.set(pathToFileURL(path).href, text);
}

/** The absolute path behind a URL or path, without query. */
export function scriptPath(url: string): string | undefined {
  if (url.startsWith('file:')) {
    const bare = new URL(url);
    bare.search = '';
    bare.hash = '';
    return fileURLToPath(bare);
  }
  const query = url.indexOf('?');
  const path = query < 0 ? url : url.slice(0, query);
  return path.startsWith('/') || /^[A-Za-z]:[\\/]/.test(path) ? path : undefined;
}
