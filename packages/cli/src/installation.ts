/** The installation of Firesteel whose `bin` file was started; it hands itself to the command. */
export interface Installation {
  readonly version: string;
  /** The file URL that `firesteel` or `@firesteel/…` means in every job. */
  resolve(specifier: string): string;
  /** Loads the engine; called early, so that it loads while the job is bundled. */
  load(): Promise<unknown>;
}
