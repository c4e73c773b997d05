import { type ChildProcess, spawn } from 'node:child_process';

/**
 * Remembers process groups on its standard input and kills what is left of them when that closes:
 * also when this process is killed and cannot do it itself. A shell is small and is everywhere
 * where executors run.
 */
const script = `
trap '' INT TERM HUP
groups=' '
while read -r what group; do
  case "$what" in
    add) groups="$groups$group " ;;
    drop) groups="\${groups%% $group *} \${groups#* $group }" ;;
  esac
done
for group in $groups; do kill -s KILL -- "-$group" 2>/dev/null; done
exit 0
`;

/** Kills the process groups of a cluster in the end, however that comes. */
export class Reaper {
  #shell: ChildProcess | undefined;
  readonly #groups = new Set<number>();

  /** To be called before a process starts, so that nothing but a message is left to do for it then. */
  prepare(): void {
    this.#shell ??= startShell();
  }

  add(group: number): void {
    this.#groups.add(group);
    this.#tell(`add ${group}`);
  }

  drop(group: number): void {
    if (this.#groups.delete(group)) this.#tell(`drop ${group}`);
  }

  /** Kills what is left; resolves when that is done. */
  async close(): Promise<void> {
    const shell = this.#shell;
    if (shell === undefined) return;
    this.#shell = undefined;
    const exited = new Promise<void>((resolve) => shell.once('exit', () => resolve()));
    // Until it has ended it is worth waiting for, also when nothing else keeps this process alive.
    shell.ref();
    shell.stdin?.end();
    await exited;
  }

  #tell(line: string): void {
    this.#shell?.stdin?.write(`${line}\n`);
  }
}

function startShell(): ChildProcess {
  const shell = spawn('/bin/sh', ['-c', script], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  shell.stdin?.on('error', () => {});
  // The shell must not keep a process alive that has nothing else to do.
  shell.unref();
  (shell.stdin as unknown as { unref?: () => void } | null)?.unref?.();
  return shell;
}
