import type { JobDetail } from '../../../src/api/types.js';
import { applicationPath, useData } from '../api.js';
import { CancelButton, Figures, Missing, Progress, Section, Status } from '../components/parts.js';
import { StageGraph } from '../components/stage-graph.js';
import { Table } from '../components/table.js';
import { duration, time } from '../format.js';
import { href } from '../router.js';
import type { PageProps } from './page.js';
import { StageTable } from './stages.js';

/** One job: its stages as a drawing and as a table. */
export function JobPage({ appId, version, jobId }: PageProps & { readonly jobId: string }) {
  const path = applicationPath(appId, `jobs/${encodeURIComponent(jobId)}`);
  const { data: job, error } = useData<JobDetail>(path, version);
  if (job === undefined) return <Missing error={error} />;
  const properties = Object.entries(job.properties);
  return (
    <>
      <h1>
        Job {job.jobId} <Status status={job.status} />
        {job.status === 'running' && <CancelButton appId={appId} what="jobs" id={job.jobId} />}
      </h1>
      <p class="lead">{job.description ?? job.name}</p>
      {job.failureReason !== undefined && <pre class="note bad">{job.failureReason}</pre>}
      <Figures
        figures={[
          ['Action', job.description && job.name],
          ['Begun', time(job.submissionTime)],
          ['Duration', duration(job.durationMs)],
          ['Group', job.jobGroup],
          ['Tags', job.tags.join(', ')],
          ['Pool', job.pool === 'default' ? '' : job.pool],
          ['Tasks', <Progress key="tasks" of={job} />],
        ]}
      />
      {job.stages.length > 0 && (
        <Section title="Stages">
          <StageGraph
            stages={job.stages}
            hrefOf={({ stageId, attempt }) =>
              stageId === undefined || attempt === undefined
                ? undefined
                : href(appId, 'stages', stageId, attempt)
            }
          />
          <StageTable appId={appId} stages={job.stages} />
        </Section>
      )}
      {properties.length > 0 && (
        <Section title="Properties">
          <Table
            rows={properties}
            keyOf={([key]) => key}
            columns={[
              { title: 'Key', cell: ([key]) => <code>{key}</code> },
              { title: 'Value', cell: ([, value]) => value },
            ]}
          />
        </Section>
      )}
    </>
  );
}
