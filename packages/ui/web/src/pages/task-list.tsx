import { useState } from 'preact/hooks';
import type { TaskListView, TaskView } from '../../../src/api/types.js';
import { type TaskStatus, taskStatuses } from '../../../src/store/task-table.js';
import { useData } from '../api.js';
import { Missing, Status } from '../components/parts.js';
import { type Column, type Order, Table } from '../components/table.js';
import { amount, bytes, count, duration, time } from '../format.js';

const PAGE_LENGTH = 50;

/** The tasks of a stage attempt, a page at a time. */
export function TaskList({ path, version }: { readonly path: string; readonly version: number }) {
  const [order, setOrder] = useState<Order>({ sortBy: 'taskId', isDescending: false });
  const [offset, setOffset] = useState(0);
  const [status, setStatus] = useState<TaskStatus | ''>('');
  const query = new URLSearchParams({
    offset: `${offset}`,
    length: `${PAGE_LENGTH}`,
    sortBy: `${order.isDescending ? '-' : ''}${order.sortBy}`,
    ...(status !== '' && { status }),
  });
  const { data, error } = useData<TaskListView>(`${path}/taskList?${query}`, version);
  if (data === undefined) return <Missing error={error} />;
  const end = Math.min(offset + PAGE_LENGTH, data.numTasks);
  return (
    <>
      <div class="controls">
        <label>
          Show{' '}
          <select
            value={status}
            onChange={({ currentTarget }) => {
              setStatus(currentTarget.value as TaskStatus | '');
              setOffset(0);
            }}
          >
            <option value="">all tasks</option>
            {taskStatuses.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <span>
          {data.numTasks === 0 ? 'none' : `${offset + 1}–${end} of ${count(data.numTasks)}`}
        </span>
        <button
          type="button"
          disabled={offset === 0}
          onClick={() => setOffset(offset - PAGE_LENGTH)}
        >
          Previous
        </button>
        <button
          type="button"
          disabled={end >= data.numTasks}
          onClick={() => setOffset(offset + PAGE_LENGTH)}
        >
          Next
        </button>
      </div>
      <Table
        rows={data.tasks}
        keyOf={({ taskId }) => taskId}
        columns={columns}
        order={order}
        onOrder={(next) => {
          setOrder(next);
          setOffset(0);
        }}
      />
    </>
  );
}

const columns: readonly Column<TaskView>[] = [
  { title: 'Task', isNumber: true, sortBy: 'taskId', cell: ({ taskId }) => taskId },
  {
    title: 'Partition',
    isNumber: true,
    sortBy: 'partition',
    cell: ({ partition, attempt }) => `${partition}${attempt > 0 ? `, attempt ${attempt}` : ''}`,
  },
  {
    title: 'Status',
    cell: ({ status, reason }) => (
      <>
        <Status status={status} />
        {reason !== undefined && <span class="aside bad">{reason}</span>}
      </>
    ),
  },
  {
    title: 'Where',
    isShort: true,
    sortBy: 'slot',
    cell: ({ executorId, host, slot }) =>
      executorId === 'driver' ? `thread ${slot}` : `${executorId} on ${host}, slot ${slot}`,
  },
  { title: 'Begun', isShort: true, sortBy: 'startTime', cell: ({ startTime }) => time(startTime) },
  {
    title: 'Duration',
    isNumber: true,
    sortBy: 'durationMs',
    cell: ({ durationMs }) => duration(durationMs),
  },
  {
    title: 'GC',
    isNumber: true,
    sortBy: 'gcTimeMs',
    cell: ({ gcTimeMs }) => gcTimeMs && duration(gcTimeMs),
  },
  {
    title: 'Read',
    isNumber: true,
    sortBy: 'rowsRead',
    cell: (task) => amount(task.rowsRead ?? 0, task.bytesRead ?? 0),
  },
  {
    title: 'Shuffle read',
    isNumber: true,
    sortBy: 'shuffleBytesRead',
    cell: (task) => amount(task.shuffleRowsRead ?? 0, task.shuffleBytesRead ?? 0),
  },
  {
    title: 'Shuffle written',
    isNumber: true,
    sortBy: 'shuffleBytesWritten',
    cell: (task) => amount(task.shuffleRowsWritten ?? 0, task.shuffleBytesWritten ?? 0),
  },
  {
    title: 'Written',
    isNumber: true,
    sortBy: 'bytesWritten',
    cell: (task) => amount(task.rowsWritten ?? 0, task.bytesWritten ?? 0),
  },
  {
    title: 'Spilled',
    isNumber: true,
    sortBy: 'diskBytesSpilled',
    cell: ({ diskBytesSpilled }) => bytes(diskBytesSpilled),
  },
];
