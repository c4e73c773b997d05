import { invalidArgument, type OptionKind, optionsOf } from '@firesteel/common';
import { type CallSite, createNode, type PipeNode, type PlanNode } from '@firesteel/plan';
import { checkInteger, checkOptionalFunction } from './arguments.js';

/** How `pipe` runs its command. */
export interface PipeOptions<T> {
  /** Variables besides those of the executor; `map_input_file` is set where rows come of files. */
  readonly env?: Readonly<Record<string, string>>;
  /**
   * Run each command in a fresh directory of links to what is in the current one, deleted
   * afterwards, so that commands which write files do not meet. False by default.
   */
  readonly separateWorkingDir?: boolean;
  /** Of rows and lines; `utf8` by default. */
  readonly encoding?: PipeNode['encoding'];
  /** How many characters of rows are gathered before they are written; 8192 by default. */
  readonly bufferSize?: number;
  /** Prints lines before those of the rows, such as tables that the command needs. */
  readonly printPipeContext?: (print: (line: string) => void) => void;
  /** Prints the lines of a row, in place of `String(row)`. */
  readonly printRDDElement?: (row: T, print: (line: string) => void) => void;
}

const optionKinds = {
  env: 'object',
  separateWorkingDir: 'boolean',
  encoding: ['utf8', 'latin1', 'utf16le'] satisfies PipeNode['encoding'][],
  bufferSize: 'number',
  printPipeContext: 'function',
  printRDDElement: 'function',
} satisfies Record<keyof PipeOptions<unknown>, OptionKind>;

export function pipeNode<T>(
  parent: PlanNode,
  callSite: CallSite,
  command: string | readonly string[],
  options: PipeOptions<T>,
): PlanNode {
  const {
    env = {},
    separateWorkingDir = false,
    encoding = 'utf8',
    bufferSize = 8192,
    printPipeContext,
    printRDDElement,
  } = optionsOf(options, optionKinds, 'pipe');
  const words = typeof command === 'string' ? command.split(/\s+/).filter(Boolean) : command;
  if (!Array.isArray(words) || !words[0] || words.some((word) => typeof word !== 'string'))
    throw invalidArgument('The command of pipe', 'a program and its arguments', command);
  for (const [name, value] of Object.entries(env))
    if (typeof value !== 'string')
      throw invalidArgument(`${name} of env of pipe`, 'a string', value);
  checkInteger(bufferSize, 'bufferSize of pipe', 1);
  checkOptionalFunction(printPipeContext, 'printPipeContext of pipe');
  checkOptionalFunction(printRDDElement, 'printRDDElement of pipe');
  return createNode({
    kind: 'pipe',
    parents: [parent],
    callSite,
    command: Object.freeze([...words]),
    env: Object.freeze({ ...env }),
    separateWorkingDir,
    encoding,
    bufferSize,
    ...(printPipeContext && { printContext: printPipeContext }),
    ...(printRDDElement && { printElement: printRDDElement }),
  });
}
