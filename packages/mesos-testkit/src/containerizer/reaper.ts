import { type ChildProcess, spawn } from 'node:child_process';

/**
 * Remembers process groups on its standard input. When that closes, it kills what is left of them
 * and removes the directory that its argument names: also when this process is killed and cannot do
 * it itself. A shell is small and is everywhere where executors run.
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
if [ -n "$1" ]; then
  # Processes that are dying may write once more.
  for attempt in 1 2 3 4 5; do rm -rf -- "$1" 2>/dev/null && break; sleep 1; done
fi
exit 0
`;

/** Kills the process groups of a cluster in the end, however that comes. */
export class Reaper {
  #shell: ChildProcess | undefined;
  readonly #groups = new Set<number>();

  /** @param directory to be removed in the end */
  constructor(directory?: string) {
    this.#shell = startShell(directory ?? '');
  }

  add(group: number): void {
    this.#groups.add(group);
    this.#tell(`add ${group}`);
  }

  drop(group: number): void {
    if (this.#groups.delete(group)) this.#tell(`drop ${group}`);
  }

  /** Kills and removes what is left; resolves when that is done. */
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

function startShell(directory: string): ChildProcess {
  const shell = spawn('/bin/sh', ['-c', script, 'reaper', directory], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  shell.stdin?.on('error', () => {});
  // The shell must not keep a process alive that has nothing else to do.
  shell.unref();
  (shell.stdin as unknown as { unref?: () => void } | null)?.unref?.();
  return shell;
}
