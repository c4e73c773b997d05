import type { ServerResponse } from 'node:http';
import type { ApplicationSource } from '../api/application-source.js';

/** How often a page is told at most. */
const LIVE_INTERVAL_MS = 500;
const HISTORY_INTERVAL_MS = 2000;

/**
 * Server-sent events `change` with the version and state of an application, whenever something has
 * happened since the last one. What has changed, pages ask for themselves.
 */
export class ChangeStream {
  readonly #source: ApplicationSource;
  readonly #clients = new Map<ServerResponse, { readonly appId: string; told: string }>();
  #timer: NodeJS.Timeout | undefined;

  constructor(source: ApplicationSource) {
    this.#source = source;
  }

  add(response: ServerResponse, appId: string): void {
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    response.flushHeaders();
    this.#clients.set(response, { appId, told: '' });
    response.on('close', () => {
      this.#clients.delete(response);
      if (this.#clients.size === 0) this.close();
    });
    const intervalMs = this.#source.isLive ? LIVE_INTERVAL_MS : HISTORY_INTERVAL_MS;
    this.#timer ??= setInterval(() => void this.#tell(), intervalMs).unref();
    void this.#tell();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    for (const response of this.#clients.keys()) response.end();
  }

  async #tell(): Promise<void> {
    for (const [response, client] of this.#clients) {
      const served = await this.#source.open(client.appId).catch(() => undefined);
      if (served === undefined) continue;
      const { state, store } = served;
      const news = JSON.stringify({ version: store.version, state });
      // A client that does not read gets no more to keep for it.
      if (news === client.told || response.writableNeedDrain) continue;
      client.told = news;
      response.write(`event: change\ndata: ${news}\n\n`);
    }
  }
}
