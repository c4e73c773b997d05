import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { TlsOptions } from '@firesteel/rpc';
import { authorize, SERVER_PROOF_HEADER, serverProof } from '../transfer/block-request.js';
import { commandPath, type ServiceCommand, type ServiceIdentity } from './service-paths.js';

const TIMEOUT_MS = 5_000;

/** Tells shuffle services about one application. */
export class ShuffleServiceClient {
  readonly #identity: ServiceIdentity;
  readonly #tls: TlsOptions | undefined;

  constructor(identity: ServiceIdentity, tls: TlsOptions | undefined) {
    this.#identity = identity;
    this.#tls = tls;
  }

  /**
   * Resolves when the service has done it.
   * @throws Error that says why it has not
   */
  send(host: string, port: number, command: ServiceCommand): Promise<void> {
    const { applicationId, secret } = this.#identity;
    const path = commandPath(applicationId, command);
    const { header, nonce } = authorize(secret, path);
    const tls = this.#tls && { ...this.#tls, checkServerIdentity: () => undefined };
    const options = {
      ...{ host, port, path, method: 'POST', timeout: TIMEOUT_MS, agent: false as const },
      headers: { authorization: header },
      ...tls,
    };
    return new Promise((resolve, reject) => {
      const request = tls === undefined ? requestHttp(options) : requestHttps(options);
      request.on('response', (response) => {
        response.resume();
        const { statusCode, headers } = response;
        if (headers[SERVER_PROOF_HEADER] !== serverProof(secret, path, nonce))
          reject(new Error('the service there does not know this application'));
        else if (statusCode !== 200) reject(new Error(`it answered with status ${statusCode}`));
        else resolve();
      });
      request.on('timeout', () => request.destroy(new Error('it did not answer in time')));
      request.on('error', reject);
      request.end();
    });
  }
}
