/** @import { MessagePort } from 'node:worker_threads' */
/** @typedef {{ keys: Float64Array<ArrayBuffer> | string, values: Float64Array<ArrayBuffer>, count: number }} Rows */

const rowsPerMessage = 16_384;

/**
 * Pairs between two threads, the cheapest way without a codec: numbers in transferred typed arrays,
 * strings joined to one string a message.
 */
export class Exchange {
  /** @type {string[]} */
  #texts = [];
  #numbers = new Float64Array(rowsPerMessage);
  #values = new Float64Array(rowsPerMessage);
  #count = 0;

  /**
   * @param {MessagePort} port
   * @param {'numbers' | 'strings'} kind of the keys
   */
  constructor(port, kind) {
    this.port = port;
    this.kind = kind;
  }

  /**
   * @param {number | string} key without line breaks
   * @param {number} value
   */
  send(key, value) {
    if (typeof key === 'number') this.#numbers[this.#count] = key;
    else this.#texts.push(key);
    this.#values[this.#count++] = value;
    if (this.#count === rowsPerMessage) this.#flush();
  }

  /**
   * Sends what is left, then hands over the rows of the peer.
   *
   * @param {(key: number | string, value: number) => void} visit
   * @returns {Promise<void>} when the peer has sent its last
   */
  finish(visit) {
    this.#flush();
    this.port.postMessage(null);
    return new Promise((resolve) => {
      const receive = (/** @type {Rows | null} */ rows) => {
        if (rows === null) {
          // What comes next belongs to the next exchange: it waits in the port until then.
          this.port.off('message', receive);
          resolve();
          return;
        }
        const keys = typeof rows.keys === 'string' ? rows.keys.split('\n') : rows.keys;
        for (let i = 0; i < rows.count; i++) visit(keys[i], rows.values[i]);
      };
      this.port.on('message', receive);
    });
  }

  #flush() {
    const count = this.#count;
    if (count === 0) return;
    const values = this.#values;
    if (this.kind === 'strings') {
      this.port.postMessage({ keys: this.#texts.join('\n'), values, count }, [values.buffer]);
      this.#texts = [];
    } else {
      const keys = this.#numbers;
      this.port.postMessage({ keys, values, count }, [keys.buffer, values.buffer]);
      this.#numbers = new Float64Array(rowsPerMessage);
    }
    this.#values = new Float64Array(rowsPerMessage);
    this.#count = 0;
  }
}
