import { text } from 'node:stream/consumers';
import { stopCompiler } from './compile-input.js';
import { errorText } from './error-text.js';
import { fileInput } from './file-input.js';
import type { ShellContext, ShellHost, ShellOptions } from './host.js';
import { InteractiveShell } from './interactive-shell.js';
import { type Input, Session } from './session.js';
import { valueText } from './value-text.js';

const exitFailed = 1;
const exitInterrupted = 130;

/**
 * Runs `firesteel shell` until its input ends: an expression, a script on stdin, or what is typed
 * at a terminal. Sets the exit code of the process: 1 after an error in an expression, a script or
 * an included file, which also ends them.
 */
export async function runShell(options: ShellOptions, host: ShellHost): Promise<void> {
  const hideProgress = host.showProgress();
  const context = await host.startContext();
  const session = new Session(host, async (value) => {
    const shown = await valueText(value, process.stdout.isTTY);
    if (shown !== undefined) process.stdout.write(`${shown}\n`);
  });
  session.define('sc', context);
  try {
    for (const path of options.include) await session.evaluate(await fileInput(path));
    if (options.expression !== undefined)
      await runScript(session, { text: options.expression, echo: 'last' }, context);
    else if (process.stdin.isTTY) await new InteractiveShell(session, context, host, options).run();
    else await runScript(session, { text: await text(process.stdin), echo: 'each' }, context);
  } catch (error) {
    process.stderr.write(`${errorText(error, session, host)}\n`);
    process.exitCode = exitFailed;
  } finally {
    hideProgress();
    session.close();
    await Promise.all([context.stop(), stopCompiler()]);
  }
}

/** A script has nobody who could type on: an interrupt ends it. */
async function runScript(session: Session, input: Input, context: ShellContext): Promise<void> {
  const interrupt = () => {
    context.cancelAllJobs('interrupted by SIGINT');
    void context.stop().finally(() => process.exit(exitInterrupted));
  };
  process.once('SIGINT', interrupt);
  try {
    await session.evaluate(input);
  } finally {
    process.off('SIGINT', interrupt);
  }
}
