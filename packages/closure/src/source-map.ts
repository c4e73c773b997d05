import { readFileSync } from 'node:fs';
import { findSourceMap, SourceMap } from 'node:module';
import { pathToFileURL } from 'node:url';
import { scriptPath, scriptText } from './script-source.js';

/** A place in a file of the user; line and column start at 1. */
export interface SourceLocation {
  /** URL or absolute path. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

interface FileMap {
  readonly map: SourceMap;
  /** What relative source names are relative to. */
  readonly base: string;
}

const maps = new Map<string, FileMap | undefined>();

/** Where code of a compiled file comes from; the same location when it has no source map. */
function mapLocation(location: SourceLocation): SourceLocation {
  const fileMap = mapFor(location.file);
  if (fileMap === undefined) return formattedLocation(location) ?? location;
  const entry = fileMap.map.findEntry(location.line - 1, location.column - 1);
  if (!('originalSource' in entry)) return location;
  return {
    file: resolveSource(entry.originalSource, fileMap.base),
    line: entry.originalLine + 1,
    column: entry.originalColumn + 1,
  };
}

/**
 * Replaces compiled positions in a stack trace by those of the source, where the loader registered
 * a source map (tsx, `--enable-source-maps`) or the file on disk names one.
 */
export function mapStack(stack: string): string {
  return stack.replace(
    /^(\s+at (?:.*\()?(?:async )?)((?:file:\/\/|\/|[A-Za-z]:[\\/])[^\n]*?):(\d+):(\d+)(\)?)$/gm,
    (frame, before: string, file: string, line: string, column: string, after: string) => {
      const location = { file, line: Number(line), column: Number(column) };
      const mapped = mapLocation(location);
      if (mapped === location) return frame;
      return `${before}${mapped.file}:${mapped.line}:${mapped.column}${after}`;
    },
  );
}

/**
 * Where the user called a public function: the first frame below `skipBelow`. Costs about 10 µs,
 * and once for each file the reading of its source map.
 */
export function callSite(skipBelow: (...args: never[]) => unknown): SourceLocation {
  const frame = frameBelow(skipBelow);
  const file = frame?.getFileName();
  if (frame === undefined || !file) return unknownLocation;
  return mapLocation({
    file,
    line: frame.getLineNumber() ?? 0,
    column: frame.getColumnNumber() ?? 0,
  });
}

function frameBelow(fn: (...args: never[]) => unknown): NodeJS.CallSite | undefined {
  const prepare = Error.prepareStackTrace;
  const limit = Error.stackTraceLimit;
  const holder: { stack?: unknown } = {};
  Error.stackTraceLimit = 1;
  Error.prepareStackTrace = (_error, frames) => frames;
  try {
    Error.captureStackTrace(holder, fn);
    return (holder.stack as NodeJS.CallSite[])[0];
  } finally {
    if (prepare === undefined) Reflect.deleteProperty(Error, 'prepareStackTrace');
    else Error.prepareStackTrace = prepare;
    Error.stackTraceLimit = limit;
  }
}

/**
 * The location as a formatter of stack traces writes it that someone installed in this process:
 * it may know maps that nobody else does (vitest's does). Formatters take nothing but frames of
 * V8, so one of those is made to tell the location.
 */
function formattedLocation({ file, line, column }: SourceLocation): SourceLocation | undefined {
  const prepare: typeof Error.prepareStackTrace | undefined = Error.prepareStackTrace;
  const frame = frameBelow(formattedLocation);
  if (prepare === undefined || frame === undefined) return undefined;
  // The inspector, which functions are captured with, gives URLs for scripts named by a path.
  const path = scriptPath(file) ?? file;
  const told: Record<string | symbol, () => unknown> = {
    getFileName: () => path,
    getScriptNameOrSourceURL: () => path,
    getLineNumber: () => line,
    getColumnNumber: () => column,
  };
  const elsewhere = new Proxy(frame, {
    get(target, key) {
      const own: unknown = Reflect.get(target, key);
      return told[key] ?? (typeof own === 'function' ? own.bind(target) : own);
    },
  });
  return fromText(String(prepare(new Error(), [elsewhere])));
}

const unknownLocation: SourceLocation = { file: 'unknown', line: 0, column: 0 };

function fromText(stack: string): SourceLocation | undefined {
  const match = /\(?((?:file:\/\/|\/|[A-Za-z]:[\\/])[^\n()]*?):(\d+):(\d+)\)?$/m.exec(stack);
  if (match === null) return undefined;
  return { file: match[1] as string, line: Number(match[2]), column: Number(match[3]) };
}

function mapFor(file: string): FileMap | undefined {
  if (maps.has(file)) return maps.get(file);
  const base = file.startsWith('file:') ? file : pathUrl(file);
  // What a loader registered wins: the text on disk may not be what runs.
  const registered = findSourceMap(file) ?? (base === undefined ? undefined : findSourceMap(base));
  let found: FileMap | undefined;
  if (registered !== undefined) found = { map: registered, base: base ?? file };
  else if (base !== undefined) {
    const payload = payloadOf(file);
    if (payload !== undefined) found = { map: new SourceMap(payload.json), base: payload.base };
  }
  maps.set(file, found);
  return found;
}

function pathUrl(file: string): string | undefined {
  const path = scriptPath(file);
  return path === undefined ? undefined : pathToFileURL(path).href;
}

/** The source map that the last `sourceMappingURL` comment of a file names. */
function payloadOf(
  file: string,
): { json: ConstructorParameters<typeof SourceMap>[0]; base: string } | undefined {
  const path = scriptPath(file);
  const text = scriptText(file);
  if (path === undefined || text === undefined) return undefined;
  const at = text.lastIndexOf('//# sourceMappingURL=');
  if (at < 0) return undefined;
  const reference = text.slice(at + '//# sourceMappingURL='.length).split(/\s/, 1)[0] as string;
  const base = new URL(reference.startsWith('data:') ? '' : reference, pathToFileURL(path));
  try {
    const json = reference.startsWith('data:')
      ? Buffer.from(reference.slice(reference.indexOf(',') + 1), 'base64').toString()
      : readFileSync(base, 'utf8');
    return { json: JSON.parse(json), base: base.href };
  } catch {
    return undefined; // a map that is gone or damaged: positions stay as they are
  }
}

function resolveSource(source: string, base: string): string {
  if (/^[a-z]+:\/\//i.test(source)) return source;
  return URL.canParse(source, base) ? new URL(source, base).href : source;
}
