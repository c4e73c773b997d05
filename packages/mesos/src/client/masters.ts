import { FiresteelError, shown } from '@firesteel/common';

const defaultPort = 5050;
const maxRedirects = 5;

/**
 * The masters of a list such as `host1:5050,host2` as `host:port`; 5050 is the default port.
 * @throws INVALID_MASTER if there is none, or one is not a host with an optional port
 */
export function parseMasterList(list: string): readonly string[] {
  return list.split(',').map((master) => {
    const address = /[\s/?#@]/.test(master.trim()) ? undefined : addressOf(master.trim());
    if (address === undefined) {
      throw new FiresteelError(
        'INVALID_MASTER',
        `${shown(list)} is not a list of Mesos masters: write host:port, or several of them with commas between.`,
      );
    }
    return address;
  });
}

/**
 * The address that a standby's `Location` names. Masters write `//host:port/path`; their
 * documentation shows a bare `host:port`. Undefined if there is no address in it.
 */
export function redirectTarget(location: string): string | undefined {
  return addressOf(location.replace(/^([a-z]+:)?\/\//i, ''));
}

function addressOf(authority: string): string | undefined {
  // A scheme that URL does not know: of those that it knows it drops the default port.
  const text = `mesos://${authority}`;
  if (!URL.canParse(text)) return undefined;
  const { hostname, port } = new URL(text);
  return hostname === '' ? undefined : `${hostname}:${port || defaultPort}`;
}

/**
 * Which master to ask next. It goes round the list until one redirects to the leader; standbys may
 * point at each other for a while during an election, so hops are counted.
 */
export class LeaderSearch {
  readonly #masters: readonly string[];
  #next = 0;
  #hops = 0;
  /** Who leads or led last, to be asked first. */
  #leader: string | undefined;

  constructor(masters: readonly string[]) {
    this.#masters = masters;
  }

  /** The master to ask now; it stays the same until one of the other methods is called. */
  get target(): string {
    return this.#leader ?? this.#masters[this.#next]!;
  }

  /** `target` is the leader, and is asked first when its connection ends. */
  found(): void {
    this.#leader = this.target;
    this.#hops = 0;
    // The list comes after it, from the beginning.
    this.#next = -1;
  }

  /** `target` says that `to` leads. True if a master is left to ask in this round. */
  redirected(to: string): boolean {
    if (++this.#hops > maxRedirects) return this.failed();
    this.#leader = to;
    return true;
  }

  /** `target` does not lead or cannot be reached. True if a master is left to ask in this round. */
  failed(): boolean {
    this.#hops = 0;
    this.#leader = undefined;
    this.#next++;
    if (this.#next < this.#masters.length) return true;
    this.#next = 0;
    return false;
  }
}
