import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, parse, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  Config,
  FiresteelError,
  readPropertiesFile,
  setSubmitDefaults,
  watchLiveContexts,
} from '@firesteel/common';
import { bundleJob } from './bundle.js';
import type { Installation } from './installation.js';
import { errorReport } from './report-error.js';
import { runJob } from './run-job.js';
import { showProgress } from './terminal-progress.js';
import { addUp, summaryLine } from './totals.js';

/** A `firesteel submit` command, as it was written. */
export interface SubmitCommand {
  readonly jobFile: string;
  /** Everything after the job file. */
  readonly jobArguments: readonly string[];
  readonly master: string | undefined;
  readonly name: string | undefined;
  /** `key=value` pairs, in order. */
  readonly conf: readonly string[];
  readonly propertiesFile: string | undefined;
  readonly quiet: boolean;
  readonly summary: boolean;
}

/**
 * Runs a job file in this process. Returns when the job's top level is through; the process ends
 * by itself, with the job's exit code, when nothing is left to do.
 * @throws FiresteelError for a configuration that is wrong or a job file that does not compile
 */
export async function submit(command: SubmitCommand, installation: Installation): Promise<void> {
  const startMs = performance.now();
  handOverConfiguration(command);
  const jobPath = existingFile(command.jobFile);
  const directory = mkdtempSync(join(tmpdir(), 'firesteel-job-'));
  process.on('exit', () => rmSync(directory, { recursive: true, force: true }));

  const modulePath = join(directory, `${parse(jobPath).name}.mjs`);
  // The compiler is a process of its own: the engine loads meanwhile.
  const bundling = bundleJob(jobPath, modulePath, installation);
  bundling.catch(() => {});
  await installation.load();
  writeFileSync(modulePath, await bundling);

  process.argv = [process.execPath, jobPath, ...command.jobArguments];
  process.setSourceMapsEnabled(true);
  const totals = { rows: 0, bytes: 0, stages: 0, tasks: 0 };
  if (command.summary) watchLiveContexts((context) => addUp(totals, context.events));
  const hideProgress = process.stderr.isTTY && !command.quiet ? showProgress() : () => {};

  let failed = false;
  await runJob(pathToFileURL(modulePath).href, {
    failed(error) {
      failed = true;
      hideProgress();
      process.stderr.write(`${errorReport(error, engineFiles(installation))}\n`);
    },
    ended() {
      hideProgress();
      if (command.summary && !failed)
        process.stderr.write(`${summaryLine({ ...totals, ms: performance.now() - startMs })}\n`);
    },
  });
}

/** Leaves the configuration for the contexts of the job, after checking all of it. */
function handOverConfiguration(command: SubmitCommand): void {
  const commandLine: Record<string, string> = {};
  for (const pair of command.conf) {
    const equals = pair.indexOf('=');
    if (equals < 1) {
      throw new FiresteelError(
        'INVALID_CONFIG_VALUE',
        `--conf needs key=value, but it is ${JSON.stringify(pair)}. Example: --conf default.parallelism=8`,
        { data: { conf: pair } },
      );
    }
    commandLine[pair.slice(0, equals).trim()] = pair.slice(equals + 1);
  }
  if (command.master !== undefined) commandLine.master = command.master;
  if (command.name !== undefined) commandLine['app.name'] = command.name;
  const path = command.propertiesFile;
  const layers = {
    commandLine,
    ...(path === undefined
      ? {}
      : { propertiesFile: { path, properties: readPropertiesFile(path) } }),
  };
  const config = Config.fromLayers({ ...layers, environment: process.env });
  if (!config.has('app.name')) commandLine['app.name'] = parse(command.jobFile).name;
  setSubmitDefaults(layers);
}

function existingFile(jobFile: string): string {
  const path = resolve(jobFile);
  const status = statSync(path, { throwIfNoEntry: false });
  if (status?.isFile()) return path;
  const what = status === undefined ? 'does not exist' : 'is not a file';
  throw new FiresteelError(
    'JOB_FILE_INVALID',
    `The job file ${relative(process.cwd(), path)} ${what}. The first argument after the options must be a .ts or .js file.`,
    { data: { path } },
  );
}

/** The directories of the packages of Firesteel: `…/@firesteel/` and `…/firesteel/`. */
function engineFiles(installation: Installation): string[] {
  const packageOf = (specifier: string) =>
    dirname(dirname(fileURLToPath(installation.resolve(specifier))));
  return [join(dirname(packageOf('@firesteel/common')), '/'), join(packageOf('firesteel'), '/')];
}
