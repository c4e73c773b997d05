import type { StageView } from '../../../src/api/types.js';
import { applicationPath, useData } from '../api.js';
import { Missing, Progress, Section, Status } from '../components/parts.js';
import { Table } from '../components/table.js';
import { amount, bytes, count, duration, time } from '../format.js';
import { href } from '../router.js';
import { firstLine } from './jobs.js';
import type { PageProps } from './page.js';

/** The stages of all jobs. */
export function StagesPage({ appId, version }: PageProps) {
  const { data, error } = useData<readonly StageView[]>(applicationPath(appId, 'stages'), version);
  if (data === undefined) return <Missing error={error} />;
  const of = (wanted: string) => data.filter(({ status }) => status === wanted);
  const groups = [
    ['Running', of('active')],
    ['Unknown: the application ended meanwhile', of('unknown')],
    ['Failed', of('failed')],
    ['Complete', of('complete')],
  ] as const;
  return (
    <>
      <h1>Stages</h1>
      {data.length === 0 && <p class="hint">No stage has run yet.</p>}
      {groups.map(
        ([title, stages]) =>
          stages.length > 0 && (
            <Section key={title} title={`${title} (${count(stages.length)})`}>
              <StageTable appId={appId} stages={stages} />
            </Section>
          ),
      )}
    </>
  );
}

export function StageTable(props: {
  readonly appId: string;
  readonly stages: readonly StageView[];
}) {
  const { appId, stages } = props;
  return (
    <Table
      rows={stages}
      keyOf={({ stageId, attempt, shuffleId }) => `${stageId}.${attempt}.${shuffleId}`}
      columns={[
        {
          title: 'Stage',
          isNumber: true,
          cell: ({ stageId, attempt }) =>
            stageId === undefined ? '–' : `${stageId}${attempt ? `.${attempt}` : ''}`,
        },
        {
          title: 'Name',
          cell: ({ stageId, attempt, name, failureReason }) => (
            <>
              {stageId === undefined || attempt === undefined ? (
                name
              ) : (
                <a href={href(appId, 'stages', stageId, attempt)}>{name}</a>
              )}
              {failureReason !== undefined && (
                <span class="aside bad">{firstLine(failureReason)}</span>
              )}
            </>
          ),
        },
        { title: 'Status', isShort: true, cell: ({ status }) => <Status status={status} /> },
        { title: 'Begun', isShort: true, cell: ({ submissionTime }) => time(submissionTime) },
        { title: 'Duration', isNumber: true, cell: ({ durationMs }) => duration(durationMs) },
        {
          title: 'Tasks',
          cell: (stage) => <Progress of={stage} />,
        },
        {
          title: 'Read',
          isNumber: true,
          cell: ({ totals }) => totals && amount(totals.rowsRead, totals.bytesRead),
        },
        {
          title: 'Shuffle read',
          isNumber: true,
          cell: ({ totals }) => totals && amount(totals.shuffleRowsRead, totals.shuffleBytesRead),
        },
        {
          title: 'Shuffle written',
          isNumber: true,
          cell: ({ totals }) =>
            totals && amount(totals.shuffleRowsWritten, totals.shuffleBytesWritten),
        },
        {
          title: 'Written',
          isNumber: true,
          cell: ({ totals }) => totals && amount(totals.rowsWritten, totals.bytesWritten),
        },
        {
          title: 'Spilled',
          isNumber: true,
          cell: ({ totals }) => totals && bytes(totals.diskBytesSpilled),
        },
      ]}
    />
  );
}
