import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';

/** Bytes of a full proof, and of the nonces that go into it. */
export const PROOF_BYTES = 32;
export const NONCE_BYTES = 32;

/**
 * What the processes of one application share and nobody else knows. It never travels: peers
 * prove to each other that they have it. Printing it gives no hint of what it is.
 */
export class Secret {
  readonly #text: string;
  readonly #key: Uint8Array;

  constructor(text: string) {
    this.#text = text;
    // Keys for other uses of the same text are different keys.
    this.#key = new Uint8Array(hkdfSync('sha256', text, '', 'firesteel rpc 1', PROOF_BYTES));
  }

  /** A new one that cannot be guessed: 256 random bits. */
  static random(): Secret {
    return new Secret(randomBytes(PROOF_BYTES).toString('base64url'));
  }

  /** HMAC-SHA-256 over a purpose, which never contains a zero byte, and further parts. */
  prove(purpose: string, ...parts: Uint8Array[]): Buffer {
    const hmac = createHmac('sha256', this.#key).update(`${purpose}\0`);
    for (const part of parts) hmac.update(part);
    return hmac.digest();
  }

  /** Whether a proof is right, in time that does not depend on where it is wrong. */
  verify(proof: Uint8Array, purpose: string, ...parts: Uint8Array[]): boolean {
    const right = this.prove(purpose, ...parts);
    return proof.length === right.length && timingSafeEqual(proof, right);
  }

  /** A secret for another use, which tells nothing about this one. */
  derive(purpose: string): Secret {
    return new Secret(this.prove(`secret for ${purpose}`).toString('base64url'));
  }

  /** The text itself, for the environment of a process that is about to be started. */
  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }
}
