import type { ServerResponse } from 'node:http';
import {
  encodeBody,
  encodeRecord,
  type MediaType,
  type MessageName,
  type MessageTypes,
} from '@firesteel/mesos-protocol';

/** How the bytes of a record are cut into writes; by default each record is one. */
export type RecordSplitter = (record: Buffer) => readonly Buffer[];

/** The sending side of a subscription: events as RecordIO records in the negotiated media type. */
export class EventStream<N extends MessageName> {
  readonly #output: ServerResponse;
  readonly #name: N;
  readonly #mediaType: MediaType;
  readonly #split: RecordSplitter;
  #open = true;

  /** @param onClosed called once when the peer closes the stream, not by {@link close} */
  constructor(
    output: ServerResponse,
    name: N,
    mediaType: MediaType,
    onClosed: () => void,
    split: RecordSplitter = (record) => [record],
  ) {
    this.#output = output;
    this.#name = name;
    this.#mediaType = mediaType;
    this.#split = split;
    output.on('error', () => {});
    output.on('close', () => {
      if (!this.#open) return;
      this.#open = false;
      onClosed();
    });
  }

  send(event: MessageTypes[N]): void {
    this.sendBytes(encodeBody(this.#mediaType, this.#name, event));
  }

  /** One record of any content, for events that no schema knows. */
  sendBytes(payload: Uint8Array): void {
    if (!this.#open) return;
    for (const part of this.#split(encodeRecord(payload))) this.#output.write(part);
  }

  /** Ends the stream properly, with a terminating chunk. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#output.end();
  }

  /** Cuts the connection as a network may: the owner notices like the peer does. */
  cut(): void {
    this.#output.destroy();
  }

  /** Cuts the connection without a terminating chunk, as the death of the owner does. */
  destroy(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#output.destroy();
  }
}
