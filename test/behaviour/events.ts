import type { FiresteelContext, SchedulerEvent } from 'firesteel';

type Kind = SchedulerEvent['kind'];
type EventOf<K extends Kind> = Extract<SchedulerEvent, { kind: K }>;

const kinds: readonly Kind[] = [
  'jobStart',
  'jobEnd',
  'stageSubmitted',
  'stageCompleted',
  'taskStart',
  'taskEnd',
];

/** What a context reports from now on, in order. */
export class EventLog {
  readonly all: SchedulerEvent[] = [];
  readonly #unsubscribe: (() => void)[];

  constructor(sc: FiresteelContext) {
    this.#unsubscribe = kinds.map((kind) => sc.events.on(kind, (event) => this.all.push(event)));
  }

  of<K extends Kind>(kind: K): EventOf<K>[] {
    return this.all.filter((event): event is EventOf<K> => event.kind === kind);
  }

  clear(): void {
    this.all.length = 0;
  }

  [Symbol.dispose](): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
  }
}

/** Resolves with the next event of a kind (that fits, if a test is given). */
export function nextEvent<K extends Kind>(
  sc: FiresteelContext,
  kind: K,
  fits: (event: EventOf<K>) => boolean = () => true,
): Promise<EventOf<K>> {
  return new Promise((resolve) => {
    const off = sc.events.on(kind, (event) => {
      if (!fits(event)) return;
      off();
      resolve(event);
    });
  });
}
