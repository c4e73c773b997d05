// Preloaded into executor processes: damages answers of their block servers, one for each file of
// the directory that is named so, which is renamed when that happens.
import { readdirSync, renameSync } from 'node:fs';
import { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';

const directory = process.env.FIRESTEEL_TEST_TRANSFER_FAULTS;
const DELAY_MS = 300;

const faults = {
  drop: (response) => response.destroy(),
  delay: ({ socket }) => {
    socket.cork();
    setTimeout(() => socket.uncork(), DELAY_MS);
  },
  truncate: (response) => {
    const { write } = response;
    response.write = (chunk) => {
      write.call(response, chunk.subarray(0, chunk.length >> 1), () => response.destroy());
      response.write = () => true;
      return true;
    };
  },
  corrupt: (response) => {
    const { write } = response;
    response.write = (chunk) => {
      const damaged = Buffer.from(chunk);
      damaged[damaged.length - 1] ^= 1;
      return write.call(response, damaged);
    };
  },
};

/** The next fault that nobody has taken. */
function take() {
  for (const name of readdirSync(directory)) {
    const [id, kind, state] = name.split('.');
    if (state !== 'armed') continue;
    try {
      renameSync(join(directory, name), join(directory, `${id}.${kind}.struck`));
      return faults[kind];
    } catch {
      // Another process was faster.
    }
  }
  return undefined;
}

if (directory !== undefined && isMainThread) {
  const { writeHead } = ServerResponse.prototype;
  ServerResponse.prototype.writeHead = function (status, headers) {
    const isBlocks = headers?.['content-type'] === 'application/octet-stream';
    const fault = isBlocks ? take() : undefined;
    writeHead.call(this, status, headers);
    fault?.(this);
    return this;
  };
}
