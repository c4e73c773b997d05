/**
 * Files and formats, on the local file system and others that are registered. All of it is
 * synchronous, after `loadCompression`: drivers list and commit, executor threads read and write
 * whole chunks.
 */
export type { PartFile } from './attempt-file.js';
export { type BlockCompression, blockCodec } from './block-codec.js';
export type { ByteSource } from './byte-source.js';
export { type FileReader, openFiles, type ReadableFormat } from './file-reader.js';
export type { FileSystem, RandomAccessFile } from './file-system.js';
export { fileSystemOf, registerFileSystem } from './file-systems.js';
export { loadCompression } from './frame-codec.js';
export type { InputFile } from './list-files.js';
export { listObjectParts, listSplits, type SplitHints } from './list-splits.js';
export { ObjectFileReader } from './object-file-reader.js';
export type { OutputJob } from './output-directory.js';
export { openPart, type PartWriter } from './part-writer.js';
