import { appendFileSync, chmodSync, mkdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** Lines that a shell remembers. */
export const historySize = 1000;

/**
 * The lines typed in earlier shells, in a file that only its owner can read. It is shared by the
 * shells of a user, so each line is appended as it is typed. A line that begins with a space is
 * not kept.
 */
export class History {
  readonly #path: string;
  #last: string | undefined;

  constructor(path = historyPath()) {
    this.#path = path;
  }

  /** The newest lines first, as readline wants them. */
  read(): string[] {
    try {
      const lines = readFileSync(this.#path, 'utf8').split('\n').filter(Boolean);
      chmodSync(this.#path, 0o600);
      return lines.slice(-historySize).reverse();
    } catch {
      return []; // the first shell, or a home directory that cannot be read
    }
  }

  add(line: string): void {
    if (line.trim() === '' || line.startsWith(' ') || line === this.#last) return;
    this.#last = line;
    try {
      mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 });
      appendFileSync(this.#path, `${line}\n`, { mode: 0o600 });
    } catch {
      // A home directory that cannot be written costs the history, not the shell.
    }
  }
}

function historyPath(environment = process.env): string {
  const state = environment.XDG_STATE_HOME || join(homedir(), '.local', 'state');
  return join(state, 'firesteel', 'shell-history');
}
