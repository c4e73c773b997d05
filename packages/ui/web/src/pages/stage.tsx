import type { StageDetail } from '../../../src/api/types.js';
import { type MetricName, metricNames } from '../../../src/store/task-metrics.js';
import type { Skew, TaskSummary } from '../../../src/store/task-summary.js';
import type { TaskTimeline } from '../../../src/store/task-timeline.js';
import { applicationPath, useData } from '../api.js';
import { CancelButton, Figures, Missing, Progress, Section, Status } from '../components/parts.js';
import { StageGraph } from '../components/stage-graph.js';
import { Table } from '../components/table.js';
import { Timeline } from '../components/timeline.js';
import { amount, bytes, count, duration, rowsText, time } from '../format.js';
import { metricTexts } from '../metrics.js';
import { href } from '../router.js';
import type { PageProps } from './page.js';
import { TaskList } from './task-list.js';

const quantiles = [0, 0.25, 0.5, 0.75, 0.95, 1];
const quantileTitles = ['least', '25 %', 'median', '75 %', '95 %', 'most'];

/** One attempt of a stage: what it does, how its tasks differ, and each of them. */
export function StagePage(
  props: PageProps & { readonly stageId: string; readonly attempt: string },
) {
  const { appId, version } = props;
  const path = applicationPath(
    appId,
    `stages/${encodeURIComponent(props.stageId)}/${encodeURIComponent(props.attempt)}`,
  );
  const { data: stage, error } = useData<StageDetail>(path, version);
  const summary = useData<TaskSummary>(`${path}/taskSummary?quantiles=${quantiles}`, version);
  const timeline = useData<TaskTimeline>(`${path}/taskTimeline?steps=1000`, version);
  if (stage === undefined) return <Missing error={error} />;
  const { totals, stageId = 0, attempt = 0 } = stage;
  return (
    <>
      <h1>
        Stage {stageId}
        {attempt > 0 && `, attempt ${attempt}`} <Status status={stage.status} />
        {stage.status === 'active' && <CancelButton appId={appId} what="stages" id={stageId} />}
      </h1>
      <p class="lead">{stage.name}</p>
      {stage.failureReason !== undefined && <pre class="note bad">{stage.failureReason}</pre>}
      {summary.data?.skew && <SkewNote skew={summary.data.skew} />}
      <Figures
        figures={[
          ['Begun', time(stage.submissionTime)],
          ['Duration', duration(stage.durationMs)],
          ['Jobs', links(stage.jobIds, (id) => href(appId, 'jobs', id))],
          [
            'Other attempts',
            links(stage.attempts, (other) => href(appId, 'stages', stageId, other)),
          ],
          ['Read', totals && amount(totals.rowsRead, totals.bytesRead)],
          ['Shuffle read', totals && amount(totals.shuffleRowsRead, totals.shuffleBytesRead)],
          [
            'Shuffle written',
            totals && amount(totals.shuffleRowsWritten, totals.shuffleBytesWritten),
          ],
          ['Written', totals && amount(totals.rowsWritten, totals.bytesWritten)],
          ['Spilled', totals && bytes(totals.diskBytesSpilled)],
          ['Tasks', <Progress key="tasks" of={stage} />],
        ]}
      />
      {stage.operators.length > 0 && (
        <Section title="Operators">
          <StageGraph stages={[stage]} />
        </Section>
      )}
      {timeline.data && timeline.data.segments.length > 0 && (
        <Section title="Timeline">
          <Timeline timeline={timeline.data} />
        </Section>
      )}
      {summary.data && summary.data.numTasks > 0 && (
        <Section title={`Distribution over ${count(summary.data.numTasks)} tasks that succeeded`}>
          <Distribution summary={summary.data} />
        </Section>
      )}
      {stage.executors.length > 1 && (
        <Section title="Executors">
          <ExecutorTable stage={stage} />
        </Section>
      )}
      {stage.accumulators.length > 0 && (
        <Section title="Accumulators">
          <Table
            rows={stage.accumulators}
            keyOf={({ name }) => name}
            columns={[
              { title: 'Name', cell: ({ name }) => name },
              { title: 'Value', cell: ({ value }) => <code>{value}</code> },
            ]}
          />
        </Section>
      )}
      <Section title="Tasks">
        {stage.hasTasks ? (
          <TaskList path={path} version={version} />
        ) : (
          <p class="hint">The tasks of this stage are not kept one by one any more.</p>
        )}
      </Section>
    </>
  );
}

function links(ids: readonly number[], hrefOf: (id: number) => string) {
  if (ids.length === 0) return undefined;
  return ids.map((id, i) => (
    <span key={id}>
      {i > 0 && ', '}
      <a href={hrefOf(id)}>{id}</a>
    </span>
  ));
}

function SkewNote({ skew }: { readonly skew: Skew }) {
  const { taskId, partition, durationMs, medianMs, rows, medianRows } = skew;
  return (
    <p class="note warn">
      Skew: task {taskId} of partition {partition} took {duration(durationMs)}, the median is{' '}
      {duration(medianMs)}
      {rows > medianRows &&
        `; it has read ${rowsText(rows)}, the median is ${rowsText(medianRows)}`}
      .
    </p>
  );
}

function Distribution({ summary }: { readonly summary: TaskSummary }) {
  const rows: { label: string; values: readonly string[] }[] = [
    { label: 'duration', values: summary.durationMs.map(duration) },
  ];
  for (const name of metricNames satisfies readonly MetricName[]) {
    const [label, text] = metricTexts[name];
    const values = summary.metrics[name];
    if (values !== undefined) rows.push({ label, values: values.map((v) => text(v) || '0') });
  }
  return (
    <Table
      rows={rows}
      keyOf={({ label }) => label}
      columns={[
        { title: 'Of a task', cell: ({ label }) => label },
        ...quantileTitles.map((title, i) => ({
          title,
          isNumber: true,
          cell: ({ values }: { readonly values: readonly string[] }) => values[i],
        })),
      ]}
    />
  );
}

function ExecutorTable({ stage }: { readonly stage: StageDetail }) {
  return (
    <Table
      rows={stage.executors}
      keyOf={({ executorId }) => executorId}
      columns={[
        { title: 'Executor', cell: ({ executorId }) => executorId },
        { title: 'Host', cell: ({ host }) => host },
        { title: 'Tasks done', isNumber: true, cell: (row) => count(row.numCompletedTasks) },
        { title: 'Failed', isNumber: true, cell: (row) => count(row.numFailedTasks) },
        { title: 'Task time', isNumber: true, cell: (row) => duration(row.taskTimeMs) },
        { title: 'Read', isNumber: true, cell: (row) => amount(row.rowsRead, row.bytesRead) },
        { title: 'Spilled', isNumber: true, cell: (row) => bytes(row.diskBytesSpilled) },
      ]}
    />
  );
}
