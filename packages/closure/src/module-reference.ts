/** Something that a module exports: imported again where the closure is revived. */
export interface ModuleReference {
  /**
   * `builtin`: a module of Node. `import`: a specifier resolved from the file `from`.
   * `file`: a file inside a package of `node_modules`, looked up from `from`.
   */
  readonly via: 'builtin' | 'import' | 'file';
  readonly specifier: string;
  /** URL or path of the module that mentions it. */
  readonly from: string;
  /** Property names from the module namespace (`import`, `file`) or exports object (`builtin`). */
  readonly path: readonly string[];
  /** Loaded with `require`, so that `path` starts at `module.exports`. */
  readonly commonJs?: boolean;
}
