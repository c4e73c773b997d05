/**
 * Files and formats on the local file system. All of it is synchronous, after `loadCompression`:
 * drivers list and commit, executor threads read and write whole chunks.
 */
export { type FileReader, openFiles, type ReadableFormat } from './file-reader.js';
export { loadCompression } from './frame-codec.js';
export { listObjectParts, listSplits, type SplitHints } from './list-splits.js';
export { ObjectFileReader } from './object-file-reader.js';
export { beginOutput, type OutputJob } from './output-directory.js';
export { openPart, type PartWriter } from './part-writer.js';
