import { createInterface, type Interface } from 'node:readline';
import { maskedValue } from '@firesteel/common';
import { IncompleteInput } from './compile-input.js';
import { completeLine } from './complete-line.js';
import { commandOf } from './dot-commands.js';
import { errorText } from './error-text.js';
import { History, historySize } from './history.js';
import type { ShellContext, ShellHost, ShellOptions } from './host.js';
import { InputTypes } from './input-types.js';
import type { Input, Session } from './session.js';

const prompt = 'firesteel> ';
const continuation = '         … ';
/** What was entered: a line, or all that the editor had. */
interface Entry {
  readonly text: string;
  readonly isWhole: boolean;
}

/** What a Ctrl-C rejects the running input with. */
const interrupted = Symbol('interrupted');

/**
 * The shell at a terminal. Lines that come while an input runs wait for its end. It sits on
 * readline, not on `node:repl`, which would evaluate them side by side.
 */
export class InteractiveShell {
  readonly session: Session;
  readonly host: ShellHost;
  readonly #context: ShellContext;
  readonly #quiet: boolean;
  readonly #history = new History();
  readonly #types: InputTypes;
  readonly #waiting: Entry[] = [];
  #readline: Interface | undefined;
  /** Lines of an input that is not complete yet. */
  #lines: string[] = [];
  #isEditing = false;
  #isRunning = false;
  #isPumping = false;
  #interrupt: (() => void) | undefined;
  #hinted = false;
  #ended: () => void = () => {};

  constructor(session: Session, context: ShellContext, host: ShellHost, options: ShellOptions) {
    this.session = session;
    this.host = host;
    this.#context = context;
    this.#quiet = options.quiet;
    this.#types = new InputTypes(host);
  }

  /** Resolves when the user leaves. */
  async run(): Promise<void> {
    const ended = new Promise<void>((resolve) => {
      this.#ended = resolve;
    });
    const report = (error: unknown) => this.#interject(errorText(error, this.session, this.host));
    process.on('uncaughtException', report);
    if (!this.#quiet) this.print(await this.#welcome());
    this.#open();
    this.#prompt();
    await ended;
    process.off('uncaughtException', report);
  }

  print(text: string): void {
    process.stdout.write(`${text}\n`);
  }

  /** Leaves the shell after the running input. */
  exit(): void {
    this.#isEditing = false;
    this.#readline?.close();
  }

  /** Forgets the lines of an input that is not complete. */
  clear(): void {
    this.#lines = [];
  }

  /** Takes lines, whatever they are, up to Ctrl-D. */
  startEditor(): void {
    this.#isEditing = true;
    this.print('// Enter lines, Ctrl-D to run them, Ctrl-C to cancel');
  }

  /** The type of an expression, or what it takes to know it. */
  typeOf(expression: string): string {
    return this.#types.typeOf(expression);
  }

  /** Runs an input to its end or to Ctrl-C, and tells what comes of it. */
  async evaluate(input: Input): Promise<void> {
    const summary = this.host.startSummary();
    const interrupt = new Promise<never>((_resolve, reject) => {
      this.#interrupt = () => reject(interrupted);
    });
    try {
      await Promise.race([this.session.evaluate(input), interrupt]);
      this.#types.accept(input.text);
      const line = summary();
      if (!this.#quiet && line !== undefined) this.print(`(${line})`);
    } catch (error) {
      if (error instanceof IncompleteInput) throw error;
      if (error === interrupted) this.print('Interrupted; running jobs were cancelled.');
      else this.print(errorText(error, this.session, this.host));
    } finally {
      this.#interrupt = undefined;
    }
  }

  async #welcome(): Promise<string> {
    const { master, appName } = this.#context;
    const url = await this.#context.uiWebUrl;
    return [
      `Firesteel ${this.host.version} on Node ${process.versions.node}. The context is sc (${appName} on ${maskedValue('master', master)}).`,
      ...(url === undefined ? [] : [`Its jobs are at ${url}`]),
      'Type .help for help.',
    ].join('\n');
  }

  #open(): void {
    const readline = createInterface({
      input: process.stdin,
      output: process.stdout,
      history: this.#history.read(),
      historySize,
      removeHistoryDuplicates: true,
      completer: (line: string) => this.#complete(line),
    });
    this.#readline = readline;
    readline.on('line', (text) => this.#enter({ text, isWhole: false }));
    readline.on('SIGINT', () => this.#onInterrupt());
    readline.on('close', () => this.#onClose());
  }

  #enter(entry: Entry): void {
    this.#waiting.push(entry);
    void this.#pump();
  }

  #prompt(): void {
    const isOpen = this.#lines.length > 0;
    this.#readline?.setPrompt(this.#isEditing ? '' : isOpen ? continuation : prompt);
    this.#readline?.prompt();
  }

  /** A name that is complete, or a call that was begun, shows signatures instead. */
  #complete(line: string): [string[], string] {
    const [hits, word] = completeLine(line, this.session);
    const isWhole = word !== '' && hits.includes(word) && !/^\s*\./.test(line);
    if (isWhole || line.endsWith('(')) {
      const before = [...this.#lines, line.replace(/\($/, '')].join('\n');
      setImmediate(() => this.#showSignatures(before));
    }
    return isWhole && hits.length === 1 ? [[], word] : [hits, word];
  }

  #showSignatures(before: string): void {
    const signatures = this.#types.signatures(before);
    if (signatures.length > 0 && !this.#isRunning) this.#interject(signatures.join('\n'));
  }

  /** Prints what nobody has entered something for; the line that is being typed comes back below. */
  #interject(text: string): void {
    if (this.#isRunning) {
      this.print(text);
      return;
    }
    this.print(`\n${text}`);
    this.#readline?.prompt(true);
  }

  /** Takes what waits, one after the other. */
  async #pump(): Promise<void> {
    if (this.#isPumping) return;
    this.#isPumping = true;
    try {
      for (let entry = this.#waiting.shift(); entry !== undefined; entry = this.#waiting.shift()) {
        this.#hinted = false;
        this.#isRunning = true;
        await (entry.isWhole ? this.#takeWhole(entry.text) : this.#take(entry.text));
      }
    } finally {
      this.#isRunning = false;
      this.#isPumping = false;
    }
    this.#prompt();
  }

  async #take(line: string): Promise<void> {
    if (this.#isEditing) {
      this.#lines.push(line);
      return;
    }
    this.#history.add(line);
    const command = commandOf(line, this.#lines.length > 0);
    if (command !== undefined) {
      await command(this);
      return;
    }
    if (this.#lines.length === 0 && line.trim() === '') return;
    this.#lines.push(line);
    try {
      await this.evaluate({ text: this.#lines.join('\n'), echo: 'last' });
      this.#lines = [];
    } catch {
      // More lines are needed.
    }
  }

  async #takeWhole(text: string): Promise<void> {
    try {
      await this.evaluate({ text, echo: 'last' });
    } catch (error) {
      this.print((error as IncompleteInput).message);
    }
  }

  #onInterrupt(): void {
    if (this.#isRunning) {
      this.#context.cancelAllJobs('interrupted by Ctrl-C');
      this.#interrupt?.();
      // Nor does the rest of what was pasted run.
      this.#waiting.length = 0;
      return;
    }
    const isEmpty = this.#lines.length === 0 && this.#readline?.line === '' && !this.#isEditing;
    this.print('');
    if (isEmpty && this.#hinted) this.print('Type .exit or press Ctrl-D to leave.');
    this.#hinted = isEmpty;
    this.#lines = [];
    this.#isEditing = false;
    // Drops what stands on the line.
    this.#readline?.write(null, { ctrl: true, name: 'e' });
    this.#readline?.write(null, { ctrl: true, name: 'u' });
    this.#prompt();
  }

  /** Ctrl-D ends the editor first; a terminal that goes away, or Ctrl-D at the prompt, the shell. */
  #onClose(): void {
    // A prompt would open it again.
    this.#readline = undefined;
    if (!this.#isEditing) {
      if (this.#isRunning) this.#context.cancelAllJobs('the shell was left');
      this.#ended();
      return;
    }
    this.#isEditing = false;
    // Lines that came in one piece with the Ctrl-D may wait still.
    const entered = this.#waiting.splice(0).map(({ text }) => text);
    const text = [...this.#lines, ...entered].join('\n');
    this.#lines = [];
    this.print('');
    this.#open();
    this.#enter({ text, isWhole: true });
  }
}
