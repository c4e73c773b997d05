import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

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
