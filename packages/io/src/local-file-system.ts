import { existsSync } from 'node:fs';
import path from 'node:path';
import { AttemptFile } from './attempt-file.js';
import type { FileSystem } from './file-system.js';
import { listFiles } from './list-files.js';
import { LocalFile } from './local-file.js';
import { beginOutput } from './output-directory.js';
import { outputDirectory, SUCCESS } from './output-paths.js';

/** The files of this host, which executors on other hosts see only if they share them. */
export const localFileSystem: FileSystem = {
  scheme: 'file',
  listFiles,
  open: (file, position) => new LocalFile(file, position),
  beginOutput,
  createPart: (output, partition, attempt) => new AttemptFile(output, partition, attempt),
  isComplete: (directory) => existsSync(path.join(outputDirectory(directory), SUCCESS)),
};
