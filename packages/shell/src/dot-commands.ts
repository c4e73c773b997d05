import { didYouMean } from '@firesteel/common';
import { errorText } from './error-text.js';
import { fileInput } from './file-input.js';
import type { InteractiveShell } from './interactive-shell.js';

/** A line such as `.load file.ts`, which is for the shell and not to be evaluated. */
interface DotCommand {
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
      if (path === '') {
        shell.print('Write a file behind .load, such as .load helpers.ts');
        return;
      }
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

/**
 * What a line asks the shell to do; undefined for a line to be evaluated.
 *
 * @param isGoingOn whether the line goes on with an input, which a line may do with a dot
 */
export function commandOf(
  line: string,
  isGoingOn: boolean,
): ((shell: InteractiveShell) => void | Promise<void>) | undefined {
  const [, name = '', argument = ''] = /^\s*\.(\w+)(?:\s+(.*?))?\s*$/.exec(line) ?? [];
  if (Object.hasOwn(dotCommands, name))
    return (shell) => (dotCommands[name] as DotCommand).run(shell, argument);
  const [, word] = /^\s*\.([a-z]\w*)/i.exec(line) ?? [];
  if (word === undefined || isGoingOn) return undefined;
  return (shell) =>
    shell.print(
      `There is no command .${word}.${didYouMean(word, Object.keys(dotCommands))} To go on with an input of several lines, end a line with the dot, or use .editor.`,
    );
}

const hints = [
  'sc is the context: sc.range(10).map((x) => x * x).collect()',
  'rdd.show() prints rows as a table. Tab completes. Ctrl-C cancels running jobs.',
];
