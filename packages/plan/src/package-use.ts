/** A package that functions load where they run, as the closure package found it. */
export interface PackageUse {
  /** As it is imported: a name, perhaps with a path behind it, or the path or URL of a file. */
  readonly specifier: string;
  /** URL or path of the file that says so; empty where the specifier is absolute. */
  readonly from: string;
}
