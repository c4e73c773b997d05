import { invalidArgument, optionsOf } from '@firesteel/common';
import { JobControl } from './job-control.js';

export interface AddFileOptions {
  /** Whether `path` may be a directory, which is added with all that is in it; default false. */
  readonly recursive?: boolean;
}

/** The members of a context that give files to tasks. */
export abstract class FileSharing extends JobControl {
  /**
   * Gives a file, or a directory, to all tasks of actions that are called when this has resolved.
   * Functions find it with `FiresteelFiles.get(name)`, where the name is the last part of the path;
   * so does the driver. A copy is taken now, and each executor process fetches it once, before its
   * first task that follows. Adding the same path again changes nothing and warns.
   *
   * @param path of a local file, a URL of a registered file system, or an http(s) URL
   * @throws FiresteelError PATH_NOT_FOUND or PATH_NOT_READABLE; INVALID_ARGUMENT for a directory
   *   without `recursive`, and for a name that another path has already; FILES_TOO_LARGE for more
   *   than `files.maxSize`; CONTEXT_STOPPED
   * @example
   * await sc.addFile('data/stop-words.txt');
   * await sc.addFile('model', { recursive: true });
   */
  async addFile(path: string, options: AddFileOptions = {}): Promise<void> {
    this.assertRunning('addFile');
    if (typeof path !== 'string' || path === '')
      throw invalidArgument('The path of addFile', 'a non-empty string', path);
    const { recursive = false } = optionsOf(options, { recursive: 'boolean' }, 'addFile');
    await this.engine.addFile(path, recursive);
  }

  /** The paths that were added, as they were written, in the order of their addition. */
  listFiles(): readonly string[] {
    return this.engine.listFiles();
  }
}
