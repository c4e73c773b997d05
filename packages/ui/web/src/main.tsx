import { render } from 'preact';
import { useEffect } from 'preact/hooks';
import type { ApplicationView } from '../../src/api/types.js';
import { applicationPath, type Changes, useChanges, useData, useSession } from './api.js';
import { Missing, Status } from './components/parts.js';
import { ApplicationsPage } from './pages/applications.js';
import { EnvironmentPage } from './pages/environment.js';
import { ExecutorsPage } from './pages/executors.js';
import { JobPage } from './pages/job.js';
import { JobsPage } from './pages/jobs.js';
import type { PageProps } from './pages/page.js';
import { StagePage } from './pages/stage.js';
import { StagesPage } from './pages/stages.js';
import { RddPage, StoragePage } from './pages/storage.js';
import { href, useRoute } from './router.js';

const tabs = [
  ['jobs', 'Jobs'],
  ['stages', 'Stages'],
  ['storage', 'Storage'],
  ['executors', 'Executors'],
  ['environment', 'Environment'],
] as const;

function App() {
  const [appId, ...path] = useRoute();
  if (appId !== undefined) return <Application key={appId} appId={appId} path={path} />;
  return <Start />;
}

/** A driver has one application, which is what is looked for; a history server has a list. */
function Start() {
  const session = useSession();
  const { data } = useData<readonly ApplicationView[]>('applications');
  const only = session?.isLive ? data?.[0] : undefined;
  useEffect(() => {
    if (only !== undefined) location.replace(href(only.id, 'jobs'));
    document.title = 'Firesteel';
  }, [only]);
  if (session === undefined || session.isLive) return <Missing error={undefined} />;
  return (
    <>
      <header>
        <Brand />
        <span class="app-name">History</span>
      </header>
      <ApplicationsPage />
    </>
  );
}

function Application(props: { readonly appId: string; readonly path: readonly string[] }) {
  const { appId, path } = props;
  const changes = useChanges(appId);
  const { version } = changes;
  const { data: application, error } = useData<ApplicationView>(applicationPath(appId), version);
  const [tab = 'jobs', ...rest] = path;
  useEffect(() => {
    const name = application?.name ?? appId;
    document.title = `${name} · ${[tab, ...rest].join(' ')} · Firesteel`;
  });
  return (
    <>
      <button type="button" class="skip" onClick={skipToMain}>
        Skip to the content
      </button>
      <header>
        <Brand />
        <span class="app-name">{application?.name ?? appId}</span>
        <nav aria-label="Pages">
          {tabs.map(([name, title]) => (
            <a key={name} href={href(appId, name)} aria-current={name === tab ? 'page' : undefined}>
              {title}
            </a>
          ))}
        </nav>
        <State changes={changes} application={application} />
      </header>
      <main id="main" tabIndex={-1}>
        {application === undefined && error !== undefined ? (
          <Missing error={error} />
        ) : (
          <Page tab={tab} rest={rest} appId={appId} version={version} />
        )}
      </main>
    </>
  );
}

/** No link, because an address of its own would be another page. */
function skipToMain(): void {
  document.getElementById('main')?.focus();
}

function Brand() {
  return (
    <a class="brand" href="#/">
      Firesteel
    </a>
  );
}

function State(props: {
  readonly changes: Changes;
  readonly application: ApplicationView | undefined;
}) {
  const { changes, application } = props;
  const state = changes.state ?? application?.state;
  if (!changes.isConnected && state === 'running')
    return (
      <span class="state" role="status">
        <Status status="unreachable" />
      </span>
    );
  return (
    <span class="state" role="status">
      {application?.master} {state !== undefined && <Status status={state} />}
    </span>
  );
}

function Page(props: PageProps & { readonly tab: string; readonly rest: readonly string[] }) {
  const { tab, rest, appId, version } = props;
  const [first, second] = rest;
  const page = { appId, version };
  switch (tab) {
    case 'jobs':
      return first === undefined ? <JobsPage {...page} /> : <JobPage {...page} jobId={first} />;
    case 'stages':
      return first === undefined ? (
        <StagesPage {...page} />
      ) : (
        <StagePage {...page} stageId={first} attempt={second ?? '0'} />
      );
    case 'storage':
      return first === undefined ? <StoragePage {...page} /> : <RddPage {...page} rddId={first} />;
    case 'executors':
      return <ExecutorsPage {...page} />;
    case 'environment':
      return <EnvironmentPage {...page} />;
    default:
      return <Missing error="There is no such page." />;
  }
}

render(<App />, document.getElementById('app') as HTMLElement);
