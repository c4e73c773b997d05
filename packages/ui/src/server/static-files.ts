import { readdirSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface StaticFile {
  readonly content: Buffer;
  readonly type: string;
  /** Whether its name changes with its content, so that browsers can keep it. */
  readonly isImmutable: boolean;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

const notBuilt: StaticFile = {
  content: Buffer.from('The pages are not built. Run "npm run build" in the clone.\n'),
  type: 'text/plain; charset=utf-8',
  isImmutable: false,
};

/** The pages as Vite has built them. Only what was there at the first request is ever served. */
export class StaticFiles {
  // Beside the one file that this package is built to.
  readonly #root = new URL('./web/', import.meta.url);
  #files: ReadonlyMap<string, StaticFile> | undefined;

  /** @param path relative to the pages, without a leading slash */
  find(path: string): StaticFile | undefined {
    this.#files ??= this.#load();
    return this.#files.get(path);
  }

  /** A page of the given name. */
  page(name: 'index' | 'login'): StaticFile {
    return this.find(`${name}.html`) ?? notBuilt;
  }

  #load(): Map<string, StaticFile> {
    const files = new Map<string, StaticFile>();
    for (const directory of ['', 'assets/']) {
      let names: string[];
      try {
        names = readdirSync(new URL(directory, this.#root));
      } catch {
        continue;
      }
      for (const name of names) {
        const type = types[extname(name)];
        if (type === undefined) continue;
        const path = `${directory}${name}`;
        const content = readFileSync(fileURLToPath(new URL(path, this.#root)));
        files.set(path, { content, type, isImmutable: directory !== '' });
      }
    }
    return files;
  }
}
