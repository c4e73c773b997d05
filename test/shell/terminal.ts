import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';

const bin = fileURLToPath(new URL('../../packages/firesteel/bin/firesteel.js', import.meta.url));

/** Pause between two looks at the screen, for which tmux has no event. */
const lookIntervalMs = 50;
const patienceMs = 40_000;

/** `firesteel shell` in a real terminal: a detached session of tmux. */
export class TerminalShell {
  readonly #socket = `firesteel-test-${randomUUID()}`;

  /** @param directory that it runs in, and that keeps its history */
  constructor(directory: string, master: string) {
    const command = `XDG_STATE_HOME='${directory}/state' CI= '${process.execPath}' '${bin}' shell --master '${master}'; echo "ended with $?"; read _`;
    this.#tmux(
      '-f',
      '/dev/null',
      'new-session',
      '-d',
      '-x',
      '120',
      '-y',
      '50',
      '-c',
      directory,
      command,
    );
  }

  /** Types a text and Enter. */
  enter(text: string): void {
    this.type(text);
    this.press('Enter');
  }

  type(text: string): void {
    this.#tmux('send-keys', '-l', text);
  }

  /** Presses a key by the name that tmux has for it, such as `C-c`. */
  press(key: string): void {
    this.#tmux('send-keys', key);
  }

  /** Resolves to the screen when it has the text; rejects when that does not come. */
  async shows(text: RegExp): Promise<string> {
    const endMs = performance.now() + patienceMs;
    for (;;) {
      const screen = this.screen();
      if (text.test(screen)) return screen;
      if (performance.now() > endMs) throw new Error(`${text} did not appear in:\n${screen}`);
      await new Promise((resolve) => setTimeout(resolve, lookIntervalMs));
    }
  }

  screen(): string {
    return this.#tmux('capture-pane', '-p', '-J').trimEnd();
  }

  [Symbol.dispose](): void {
    this.#tmux('kill-server');
  }

  #tmux(...args: string[]): string {
    return execFileSync('tmux', ['-L', this.#socket, ...args], { encoding: 'utf8' });
  }
}
