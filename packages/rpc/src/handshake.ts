import { randomBytes } from 'node:crypto';
import { FrameReader, FrameWriter, ProtocolError } from './frames.js';
import { NONCE_BYTES, PROOF_BYTES, type Secret } from './secret.js';

/**
 * The beginning of a connection (version 1). Every message has a fixed length, so that a stranger
 * can make a server hold no more than that many bytes:
 *
 * | from | message |
 * |---|---|
 * | client | `FSRP`, version, 3 zeros, client nonce (32) |
 * | server | `FSRP`, version, 3 zeros, server nonce (32), proof (32) |
 * | client | proof (32) |
 *
 * A proof is an HMAC with the shared secret over the prover's role and both nonces: it is worth
 * nothing in another connection or in the other role. Keys for the tags of frames, one for each
 * direction, come from the same secret and nonces.
 */
const MAGIC = Buffer.from('FSRP');
const VERSION = 1;
const HELLO_BYTES = 8 + NONCE_BYTES;

/** What a finished handshake leaves behind. */
export interface Session {
  readonly reader: FrameReader;
  readonly writer: FrameWriter;
  /** Bytes that came behind the handshake already. */
  readonly rest: Buffer;
}

/** One side of the handshake, fed with the bytes that arrive. */
export class Handshake {
  readonly #role: 'client' | 'server';
  readonly #secret: Secret;
  readonly #maxPayloadBytes: number;
  readonly #send: (bytes: Buffer) => void;
  readonly #nonce = randomBytes(NONCE_BYTES);
  #peerNonce: Buffer | undefined;
  #received: Buffer = Buffer.alloc(0);

  constructor(
    role: 'client' | 'server',
    secret: Secret,
    maxPayloadBytes: number,
    send: (bytes: Buffer) => void,
  ) {
    this.#role = role;
    this.#secret = secret;
    this.#maxPayloadBytes = maxPayloadBytes;
    this.#send = send;
    if (role === 'client') send(this.#hello());
  }

  /**
   * The session, once the peer has proved itself.
   * @throws ProtocolError for a peer that does not know the protocol or the secret
   */
  push(chunk: Buffer): Session | undefined {
    this.#received = Buffer.concat([this.#received, chunk]);
    return this.#role === 'client' ? this.#asClient() : this.#asServer();
  }

  #asClient(): Session | undefined {
    const reply = this.#take(HELLO_BYTES + PROOF_BYTES);
    if (reply === undefined) return undefined;
    this.#peerNonce = nonceOf(reply);
    this.#checkProof('server', reply.subarray(HELLO_BYTES));
    this.#send(this.#proof('client'));
    return this.#session();
  }

  #asServer(): Session | undefined {
    if (this.#peerNonce === undefined) {
      const hello = this.#take(HELLO_BYTES);
      if (hello === undefined) return undefined;
      this.#peerNonce = nonceOf(hello);
      this.#send(Buffer.concat([this.#hello(), this.#proof('server')]));
    }
    const proof = this.#take(PROOF_BYTES);
    if (proof === undefined) return undefined;
    this.#checkProof('client', proof);
    return this.#session();
  }

  /** Strangers are told apart by the first bytes, before the rest has arrived. */
  #take(length: number): Buffer | undefined {
    const received = this.#received;
    if (this.#peerNonce === undefined) {
      const seen = Math.min(received.length, MAGIC.length);
      if (!received.subarray(0, seen).equals(MAGIC.subarray(0, seen)))
        throw new ProtocolError('the peer does not speak this protocol');
    }
    if (received.length < length) return undefined;
    this.#received = received.subarray(length);
    return received.subarray(0, length);
  }

  #hello(): Buffer {
    return Buffer.concat([MAGIC, Buffer.from([VERSION, 0, 0, 0]), this.#nonce]);
  }

  #nonces(): [Buffer, Buffer] {
    const peer = this.#peerNonce as Buffer;
    return this.#role === 'client' ? [this.#nonce, peer] : [peer, this.#nonce];
  }

  #proof(role: 'client' | 'server'): Buffer {
    return this.#secret.prove(`proof of the ${role}`, ...this.#nonces());
  }

  #checkProof(role: 'client' | 'server', proof: Buffer): void {
    if (!this.#secret.verify(proof, `proof of the ${role}`, ...this.#nonces()))
      throw new ProtocolError('the peer does not know the secret of this application');
  }

  #session(): Session {
    const keyFrom = (role: string) =>
      this.#secret.prove(`frames of the ${role}`, ...this.#nonces());
    const peerRole = this.#role === 'client' ? 'server' : 'client';
    return {
      reader: new FrameReader(keyFrom(peerRole), this.#maxPayloadBytes),
      writer: new FrameWriter(keyFrom(this.#role)),
      rest: this.#received,
    };
  }
}

function nonceOf(hello: Buffer): Buffer {
  const version = hello[MAGIC.length];
  if (version !== VERSION)
    throw new ProtocolError(`the peer speaks version ${version} of the protocol, not ${VERSION}`);
  return hello.subarray(8, HELLO_BYTES);
}
