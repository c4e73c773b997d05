import { assertUiIsGuarded, type Config } from '@firesteel/common';
import {
  type ApplicationStart,
  type ListenerBus,
  type SchedulerEvent,
  systemClock,
} from '@firesteel/scheduler';
import type { ApplicationControl, ApplicationStore, EventLogWriter, UiServer } from '@firesteel/ui';

/** Nobody looks at the pages of an application that is over sooner. */
const UI_DELAY_MS = 1000;
/** So many events are kept as they are before somebody wants to know about them. */
const MAX_HELD_EVENTS = 20_000;

export interface MonitoringOptions {
  readonly config: Config;
  readonly bus: ListenerBus;
  readonly application: ApplicationStart;
  readonly control: ApplicationControl;
}

/**
 * Brings what happens in a context to its web pages and its event log. The pages, and the code for
 * them, come a second after the context, or when somebody asks for their address; until then
 * events wait in a list. So a short job pays next to nothing for them.
 */
export class Monitoring {
  readonly #options: MonitoringOptions;
  readonly #log: EventLogWriter | undefined;
  readonly #unsubscribe: () => void;
  #held: SchedulerEvent[] = [];
  #store: ApplicationStore | undefined;
  #server: Promise<UiServer | undefined> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stopping: Promise<void> | undefined;

  private constructor(options: MonitoringOptions, log: EventLogWriter | undefined) {
    this.#options = options;
    this.#log = log;
    const hasPages = options.config.get('ui.enabled');
    this.#unsubscribe =
      hasPages || log !== undefined
        ? options.bus.onAny((event) => {
            log?.write(event);
            if (hasPages) this.#receive(event);
          })
        : () => {};
    if (hasPages) this.#timer = setTimeout(() => void this.#serve(), UI_DELAY_MS).unref();
  }

  /**
   * Watches everything from the start of the application on, which it tells.
   *
   * @throws FiresteelError INVALID_CONFIG_VALUE for pages that others could see without a token,
   *   OUTPUT_FAILED for an event log that cannot be written
   */
  static async start(options: MonitoringOptions): Promise<Monitoring> {
    const { config, bus, application } = options;
    if (config.get('ui.enabled')) assertUiIsGuarded(config);
    const monitoring = new Monitoring(options, await openLog(config, application.appId));
    bus.post(application);
    return monitoring;
  }

  /** The address of the pages, which are served from now on; undefined if there are none. */
  async url(): Promise<string | undefined> {
    if (!this.#options.config.get('ui.enabled') || this.#stopping !== undefined) return undefined;
    return (await this.#serve())?.url;
  }

  /** Tells that the application has ended, and ends pages and log. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    const { bus } = this.#options;
    clearTimeout(this.#timer);
    bus.post({ kind: 'applicationEnd', time: systemClock.now() });
    bus.flush();
    this.#unsubscribe();
    this.#held = [];
    this.#log?.close();
    await (await this.#server)?.close();
  }

  #receive(event: SchedulerEvent): void {
    if (this.#store !== undefined) this.#store.apply(event);
    else if (this.#held.push(event) >= MAX_HELD_EVENTS) void this.#serve();
  }

  #serve(): Promise<UiServer | undefined> {
    clearTimeout(this.#timer);
    this.#server ??= this.#start().catch((error: Error) => {
      // A job does not fail because nobody can watch it.
      process.emitWarning(error.message, { type: 'FiresteelWarning', code: 'UI_NOT_SERVED' });
      return undefined;
    });
    return this.#server;
  }

  async #start(): Promise<UiServer | undefined> {
    const { config, control, application } = this.#options;
    const { ApplicationStore, retentionOf, serveLiveUi } = await import('@firesteel/ui');
    const store = new ApplicationStore(retentionOf(config));
    for (const event of this.#held) store.apply(event);
    this.#held = [];
    this.#store = store;
    if (this.#stopping !== undefined) return undefined;
    const { version } = application;
    const server = await serveLiveUi({ config, store, control, version });
    if (this.#stopping === undefined) return server;
    await server.close();
    return undefined;
  }
}

async function openLog(config: Config, appId: string): Promise<EventLogWriter | undefined> {
  if (!config.get('eventLog.enabled')) return undefined;
  const { defaultLogDirectory, EventLogWriter } = await import('@firesteel/ui');
  return new EventLogWriter(config.get('eventLog.dir') ?? defaultLogDirectory(), appId);
}
