import { errorText } from './error-text.js';
import { fileInput } from './file-input.js';
import type { InteractiveShell } from './interactive-shell.js';

/** A line such as `.load file.ts`, which is for the shell and not to be evaluated. */
export interface DotCommand {
  readonly help: string;
  run(shell: InteractiveShell, argument: string): void | Promise<void>;
}

export const dotCommands: Readonly<Record<string, DotCommand>> = {
  clear: {
    help: '.clear         forget an input that is not complete (Ctrl-C does it too)',
    run: (shell) => shell.clear(),
  },
  editor: {
    help: '.editor        enter many lines, then Ctrl-D',
    run: (shell) => shell.startEditor(),
  },
  exit: {
    help: '.exit          leave (Ctrl-D does it too)',
    run: (shell) => shell.exit(),
  },
  help: {
    help: '.help          this list',
    run: (shell) => {
      const lines = Object.values(dotCommands).map(({ help }) => help);
      shell.print([...lines, '', ...hints].join('\n'));
    },
  },
  load: {
    help: '.load file.ts  evaluate a file here',
    run: async (shell, path) => {
      try {
        await shell.evaluate(await fileInput(path));
      } catch (error) {
        shell.print(errorText(error, shell.session, shell.host));
      }
    },
  },
  type: {
    help: '.type expr     the type of an expression; nothing is run',
    run: (shell, expression) => shell.print(shell.typeOf(expression)),
  },
};

const hints = [
  'sc is the context: sc.range(10).map((x) => x * x).collect()',
  'rdd.show() prints rows as a table. Tab completes. Ctrl-C cancels running jobs.',
];
