import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { appendFile, chmod, copyFile, mkdir, rename, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createGunzip } from 'node:zlib';
import type { CommandInfoURI } from '@firesteel/mesos-protocol';

const run = promisify(execFile);

const tarSuffix = /\.(tar|tgz|tar\.gz|tbz2|tar\.bz2|txz|tar\.xz)$/;

/**
 * Brings URIs into sandboxes before a container starts: `file:`, `http:` and `https:`, archives
 * unpacked by the suffix of their name, `cache: true` through a directory that the agent keeps.
 */
export class Fetcher {
  readonly #cacheDir: string;
  readonly #cached = new Map<string, Promise<string>>();

  constructor(cacheDir: string) {
    this.#cacheDir = cacheDir;
  }

  /** In order; the first failure ends it. What went wrong stands in the sandbox's `stderr` too. */
  async fetch(uris: readonly CommandInfoURI[], sandbox: string): Promise<void> {
    for (const uri of uris) {
      try {
        await this.#fetchOne(uri, sandbox);
      } catch (cause) {
        const text = cause instanceof Error ? cause.message : String(cause);
        await appendFile(join(sandbox, 'stderr'), `Failed to fetch '${uri.value}': ${text}\n`);
        throw cause;
      }
      await appendFile(join(sandbox, 'stderr'), `Fetched '${uri.value}'\n`);
    }
  }

  async #fetchOne(uri: CommandInfoURI, sandbox: string): Promise<void> {
    const { value, executable = false, extract = true, cache = false } = uri;
    if (/[\\'\0]/.test(value)) throw new Error('the URI contains forbidden characters');
    const base = value.slice(value.lastIndexOf('/') + 1);
    const target = resolve(sandbox, uri.output_file ?? base);
    if (base === '' || relative(sandbox, target).startsWith('..')) {
      throw new Error('the target lies outside of the sandbox');
    }
    await mkdir(dirname(target), { recursive: true });
    const extracting = extract && !executable;
    if (cache) {
      const copy = await this.#throughCache(value, base);
      // Of a cached archive only the content appears.
      if (extracting && (await extractInto(copy, base, sandbox))) return;
      await copyFile(copy, target);
    } else {
      await download(value, target);
      if (extracting) await extractInto(target, uri.output_file ?? base, sandbox);
    }
    if (executable) await chmod(target, 0o755);
  }

  /** One copy for each URI, never looked up again; a failure is not kept. */
  async #throughCache(uri: string, base: string): Promise<string> {
    const known = this.#cached.get(uri);
    if (known !== undefined) return known;
    const key = createHash('sha256').update(uri).digest('hex').slice(0, 16);
    const path = join(this.#cacheDir, `${key}-${base}`);
    const fetching = mkdir(this.#cacheDir, { recursive: true })
      .then(() => download(uri, `${path}.part`))
      .then(() => rename(`${path}.part`, path))
      .then(() => path);
    this.#cached.set(uri, fetching);
    fetching.catch(() => this.#cached.delete(uri));
    return fetching;
  }
}

async function download(uri: string, target: string): Promise<void> {
  if (uri.startsWith('/')) return copy(uri, target);
  if (uri.startsWith('file://')) return copy(fileURLToPath(uri), target);
  if (!/^https?:\/\//.test(uri)) throw new Error('the scheme of the URI is not supported');
  const response = await fetch(uri);
  if (response.status !== 200 || response.body === null) {
    throw new Error(`the server answered ${response.status}`);
  }
  const body = Readable.fromWeb(response.body as ReadableStream<Uint8Array>);
  await pipeline(body, createWriteStream(target));
}

async function copy(from: string, to: string): Promise<void> {
  if (!(await stat(from)).isFile()) throw new Error('it is not a file');
  await copyFile(from, to);
}

/** Whether the file was an archive, by its name; the content lands in the root of the sandbox. */
async function extractInto(file: string, name: string, sandbox: string): Promise<boolean> {
  if (tarSuffix.test(name)) await run('tar', ['-C', sandbox, '-xf', file]);
  else if (name.endsWith('.zip')) await run('unzip', ['-o', '-q', '-d', sandbox, file]);
  else if (name.endsWith('.gz')) {
    const target = join(sandbox, name.slice(name.lastIndexOf('/') + 1, -'.gz'.length));
    await pipeline(createReadStream(file), createGunzip(), createWriteStream(target));
  } else return false;
  return true;
}
