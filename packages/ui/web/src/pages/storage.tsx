import type { RddDetail, RddView } from '../../../src/api/types.js';
import { applicationPath, useData } from '../api.js';
import { Figures, Missing, Section } from '../components/parts.js';
import { Table } from '../components/table.js';
import { bytes } from '../format.js';
import { href } from '../router.js';
import type { PageProps } from './page.js';

/** The RDDs of which partitions are cached. */
export function StoragePage({ appId, version }: PageProps) {
  const path = applicationPath(appId, 'storage/rdd');
  const { data, error } = useData<readonly RddView[]>(path, version);
  if (data === undefined) return <Missing error={error} />;
  return (
    <>
      <h1>Storage</h1>
      {data.length === 0 ? (
        <p class="hint">
          Nothing is cached. <code>rdd.cache()</code> keeps the rows of an RDD once a job has made
          them.
        </p>
      ) : (
        <Table
          rows={data}
          keyOf={({ id }) => id}
          columns={[
            { title: 'RDD', isNumber: true, cell: ({ id }) => id },
            {
              title: 'Name',
              cell: ({ id, name }) => <a href={href(appId, 'storage', id)}>{name}</a>,
            },
            { title: 'Level', cell: ({ storageLevel }) => storageLevel },
            { title: 'Cached partitions', isNumber: true, cell: cachedText },
            { title: 'In memory', isNumber: true, cell: ({ memoryBytes }) => bytes(memoryBytes) },
            { title: 'On disk', isNumber: true, cell: ({ diskBytes }) => bytes(diskBytes) },
          ]}
        />
      )}
    </>
  );
}

function cachedText({ numCachedPartitions, numPartitions }: RddView): string {
  if (numPartitions === undefined) return `${numCachedPartitions}`;
  const share = Math.round((100 * numCachedPartitions) / Math.max(1, numPartitions));
  return `${numCachedPartitions} of ${numPartitions} (${share} %)`;
}

/** The partitions of one RDD. */
export function RddPage({ appId, version, rddId }: PageProps & { readonly rddId: string }) {
  const path = applicationPath(appId, `storage/rdd/${encodeURIComponent(rddId)}`);
  const { data: rdd, error } = useData<RddDetail>(path, version);
  if (rdd === undefined) return <Missing error={error} />;
  return (
    <>
      <h1>RDD {rdd.id}</h1>
      <p class="lead">{rdd.name}</p>
      <Figures
        figures={[
          ['Level', rdd.storageLevel],
          ['Cached partitions', cachedText(rdd)],
          ['In memory', bytes(rdd.memoryBytes)],
          ['On disk', bytes(rdd.diskBytes)],
        ]}
      />
      <Section title="Partitions">
        <Table
          rows={rdd.partitions}
          keyOf={({ partition }) => partition}
          columns={[
            { title: 'Partition', isNumber: true, cell: ({ partition }) => partition },
            { title: 'In memory', isNumber: true, cell: ({ memoryBytes }) => bytes(memoryBytes) },
            { title: 'On disk', isNumber: true, cell: ({ diskBytes }) => bytes(diskBytes) },
            { title: 'Executors', cell: ({ executors }) => executors.join(', ') },
          ]}
        />
      </Section>
    </>
  );
}
