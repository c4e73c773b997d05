import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { StringDecoder } from 'node:string_decoder';
import { FiresteelError } from '@firesteel/common';
import type { StepProgram } from '@firesteel/plan';
import type { Chunk } from '@firesteel/shuffle';
import { rowsOf } from './chunk-rows.js';
import { type ChunkSource, rowsChunk } from './chunk-source.js';
import { type RunningTask, TaskKilled } from './running-task.js';
import { linkedWorkingDirectory } from './working-directory.js';

/** Loaded with the first pipe: each thread would wait for it otherwise. */
const childProcess = () =>
  createRequire(import.meta.url)('node:child_process') as typeof import('node:child_process');

type Pipe = Extract<StepProgram, { kind: 'pipe' }>;
type Print = (line: string) => void;

/**
 * The lines that a child process prints, while the rows of the source are written to it: neither
 * waits for the other, and each only as fast as its reader takes. The child is started when the
 * first row is wanted and killed when the task ends before it does.
 */
export function pipeSource(source: ChunkSource, pipe: Pipe, task: RunningTask): ChunkSource {
  let run: PipeRun | undefined;
  return {
    next() {
      run ??= new PipeRun(source, pipe, task);
      return run.next();
    },
    close() {
      run?.close();
      source.close();
    },
  };
}

class PipeRun {
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly output: AsyncIterator<Buffer>;
  private readonly exited: Promise<void>;
  private readonly removeDirectory: (() => void) | undefined;
  private readonly decoder: StringDecoder;
  private partial = '';
  private failure: unknown;
  private status = '';
  private ended = false;

  constructor(
    source: ChunkSource,
    private readonly pipe: Pipe,
    private readonly task: RunningTask,
  ) {
    const { command, env, encoding, separateWorkingDir } = pipe;
    const directory = separateWorkingDir ? linkedWorkingDirectory() : undefined;
    this.removeDirectory = directory?.remove;
    const [program = '', ...args] = command;
    // Names as Hadoop streaming has them, which Spark sets too.
    const input = task.inputFile;
    const files =
      input === undefined ? {} : { map_input_file: input, mapreduce_map_input_file: input };
    this.child = childProcess().spawn(program, args, {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, ...files, ...env },
      ...(directory && { cwd: directory.path }),
    }) as unknown as ChildProcessWithoutNullStreams;
    this.decoder = new StringDecoder(encoding);
    this.exited = new Promise((resolve) => {
      this.child.once('error', (cause) => {
        this.fail(pipeFailed(command, `could not be started: ${cause.message}`, cause));
        resolve();
      });
      this.child.once('close', (code, signal) => {
        this.status = signal === null ? `status ${code}` : `signal ${signal}`;
        resolve();
      });
    });
    // A program need not read all that it is given: its exit status tells whether it did well.
    this.child.stdin.on('error', () => {});
    this.output = this.child.stdout[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    task.onKilled(() => this.fail(new TaskKilled()));
    this.feed(source).catch((error: unknown) => this.fail(error));
  }

  async next(): Promise<Chunk | null> {
    if (this.ended) return null;
    const result = await this.output.next().catch((error: unknown) => {
      this.fail(error);
      return { done: true, value: undefined } as const;
    });
    if (this.failure !== undefined) throw this.failure;
    if (result.done !== true) return rowsChunk(this.lines(this.decoder.write(result.value)));
    this.ended = true;
    await this.exited;
    if (this.failure !== undefined) throw this.failure;
    if (this.status !== 'status 0')
      throw pipeFailed(this.pipe.command, `ended with ${this.status}`);
    const rest = this.partial + this.decoder.end();
    return rest === '' ? null : rowsChunk([rest.replace(/\r$/, '')]);
  }

  close(): void {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill('SIGKILL');
    this.child.stdin.destroy();
    this.child.stdout.destroy();
    this.removeDirectory?.();
  }

  /** The first failure wins; without its child the reader comes to an end. */
  private fail(error: unknown): void {
    this.failure ??= error;
    this.child.kill('SIGKILL');
    this.child.stdout.destroy();
  }

  private lines(text: string): string[] {
    const lines = (this.partial + text).split('\n');
    this.partial = lines.pop() ?? '';
    return lines.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
  }

  private async feed(source: ChunkSource): Promise<void> {
    const { printContext, printElement, bufferSize, encoding } = this.pipe;
    const { closures } = this.task;
    const { stdin } = this.child;
    let text = '';
    const print: Print = (line) => {
      text += `${line}\n`;
    };
    const flush = async (): Promise<void> => {
      if (text === '' || stdin.destroyed) return;
      const isRoom = stdin.write(text, encoding);
      text = '';
      // A closed input ends the wait as well.
      if (!isRoom) await Promise.race([once(stdin, 'drain'), this.exited]).catch(() => {});
    };
    if (printContext !== undefined) (closures[printContext] as (print: Print) => void)(print);
    const printRow =
      printElement === undefined
        ? (row: unknown) => print(String(row))
        : (row: unknown) =>
            (closures[printElement] as (row: unknown, print: Print) => void)(row, print);
    for (let chunk = await source.next(); chunk !== null; chunk = await source.next()) {
      if (stdin.destroyed || this.failure !== undefined) return;
      for (const row of rowsOf(chunk)) {
        printRow(row);
        if (text.length >= bufferSize) await flush();
      }
      await flush();
    }
    await flush();
    stdin.end();
  }
}

function pipeFailed(command: readonly string[], what: string, cause?: unknown): FiresteelError {
  const line = command.join(' ');
  return new FiresteelError(
    'PIPE_FAILED',
    `The command of pipe ${what}. Command: ${line}. What it wrote to its standard error is on that of the executor.`,
    { ...(cause !== undefined && { cause }), data: { command: line } },
  );
}
