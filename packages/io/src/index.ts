/**
 * Text input and output on the local file system. All of it is synchronous: drivers list and
 * commit, executor threads read and write whole chunks.
 */
export type { LineReader } from './line-reader.js';
export { listTextSplits } from './list-splits.js';
export { abortTextOutput, commitTextOutput, prepareTextOutput } from './text-output.js';
export { openTextPart, type TextCompression, type TextPartWriter } from './text-part-writer.js';
export { openTextSplit } from './text-split.js';
