import type { ApplicationDetail, JobView } from '../../../src/api/types.js';
import { applicationPath, useData } from '../api.js';
import { CancelButton, Figures, Missing, Progress, Section, Status } from '../components/parts.js';
import { Table } from '../components/table.js';
import { amount, bytes, count, duration, time } from '../format.js';
import { href } from '../router.js';
import type { PageProps } from './page.js';

/** What runs, and what ran. */
export function JobsPage({ appId, version }: PageProps) {
  const application = useData<ApplicationDetail>(applicationPath(appId), version);
  const jobs = useData<readonly JobView[]>(applicationPath(appId, 'jobs'), version);
  if (jobs.data === undefined) return <Missing error={jobs.error} />;
  const of = (...statuses: string[]) =>
    jobs.data?.filter(({ status }) => statuses.includes(status)) ?? [];
  const groups = [
    ['Running', of('running')],
    ['Unknown: the application ended meanwhile', of('unknown')],
    ['Failed', of('failed')],
    ['Succeeded', of('succeeded')],
  ] as const;
  return (
    <>
      <h1>Jobs</h1>
      {application.data && <Overview application={application.data} />}
      {jobs.data.length === 0 && (
        <p class="hint">No job has run yet. An action, such as collect or count, starts one.</p>
      )}
      {groups.map(
        ([title, rows]) =>
          rows.length > 0 && (
            <Section key={title} title={`${title} (${count(rows.length)})`}>
              <JobTable appId={appId} jobs={rows} />
            </Section>
          ),
      )}
    </>
  );
}

function Overview({ application }: { readonly application: ApplicationDetail }) {
  const { counts, totals, startTime, endTime, lastEventTime, state } = application;
  const until = endTime ?? (state === 'running' ? Date.now() : lastEventTime);
  return (
    <Figures
      figures={[
        ['Up', duration(until - startTime)],
        ['Cores', count(application.cores)],
        ['Tasks running', count(application.activeTasks)],
        ['Tasks done', count(counts.tasksSucceeded)],
        ['Tasks failed', count(counts.tasksFailed)],
        ['Read', amount(totals.rowsRead, totals.bytesRead)],
        ['Shuffled', amount(totals.shuffleRowsWritten, totals.shuffleBytesWritten)],
        ['Written', amount(totals.rowsWritten, totals.bytesWritten)],
        ['Spilled', bytes(totals.diskBytesSpilled)],
      ]}
    />
  );
}

function JobTable({ appId, jobs }: { readonly appId: string; readonly jobs: readonly JobView[] }) {
  return (
    <Table
      rows={jobs}
      keyOf={({ jobId }) => jobId}
      columns={[
        { title: 'Job', isNumber: true, cell: ({ jobId }) => jobId },
        {
          title: 'Action',
          cell: ({ jobId, name, description, failureReason }) => (
            <>
              <a href={href(appId, 'jobs', jobId)}>{description ?? name}</a>
              {description !== undefined && <span class="aside">{name}</span>}
              {failureReason !== undefined && (
                <span class="aside bad">{firstLine(failureReason)}</span>
              )}
            </>
          ),
        },
        { title: 'Status', isShort: true, cell: ({ status }) => <Status status={status} /> },
        {
          title: 'Group',
          cell: ({ jobGroup, tags }) => [jobGroup, ...tags].filter(Boolean).join(', '),
        },
        { title: 'Begun', isShort: true, cell: ({ submissionTime }) => time(submissionTime) },
        { title: 'Duration', isNumber: true, cell: ({ durationMs }) => duration(durationMs) },
        {
          title: 'Stages',
          isNumber: true,
          cell: ({ stageIds, numSkippedStages }) =>
            `${stageIds.length}${numSkippedStages > 0 ? ` (+${numSkippedStages} skipped)` : ''}`,
        },
        {
          title: 'Tasks',
          cell: (job) => <Progress of={job} />,
        },
        {
          title: '',
          cell: ({ jobId, status }) =>
            status === 'running' && <CancelButton appId={appId} what="jobs" id={jobId} />,
        },
      ]}
    />
  );
}

export function firstLine(text: string): string {
  const line = text.split('\n', 1)[0] ?? '';
  return line.length > 160 ? `${line.slice(0, 159)}…` : line;
}
