import { useEffect, useRef, useState } from 'preact/hooks';
import type { ApplicationState, SessionView } from '../../src/api/types.js';

const root = 'api/v1/';

/** Of the REST interface; answers are typed by whoever asks. */
async function get<T>(path: string): Promise<T> {
  const response = await fetch(root + path);
  if (response.status === 401) location.reload();
  const body = await response.json();
  if (!response.ok) throw new Error(body.error ?? response.statusText);
  return body as T;
}

export function applicationPath(appId: string, path = ''): string {
  return `applications/${encodeURIComponent(appId)}${path === '' ? '' : `/${path}`}`;
}

let session: Promise<SessionView> | undefined;

export function useSession(): SessionView | undefined {
  const [view, setView] = useState<SessionView>();
  useEffect(() => {
    session ??= get<SessionView>('session');
    session.then(setView, () => {});
  }, []);
  return view;
}

/** Cancels a job or a stage; resolves to an error to be shown. */
export async function kill(
  appId: string,
  what: 'jobs' | 'stages',
  id: number,
  { requestToken = '' }: SessionView,
): Promise<string | undefined> {
  const path = root + applicationPath(appId, `${what}/${id}/kill`);
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'X-Firesteel-Token': requestToken },
  });
  return response.ok ? undefined : (await response.json()).error;
}

export interface Answer<T> {
  readonly data?: T;
  readonly error?: string;
}

/**
 * What the interface answers at a path; asked again when `version` changes, but not before it has
 * answered: a driver with much to do is not asked more than it can tell. Until the new answer comes
 * the old one stays, so that pages do not flicker.
 */
export function useData<T>(path: string, version = 0): Answer<T> {
  const [answer, setAnswer] = useState<Answer<T> & { path: string; version: number }>({
    path,
    version: -1,
  });
  const asked = useRef<string | undefined>(undefined);
  useEffect(() => {
    const isNew = answer.path === path && answer.version === version;
    if (isNew || asked.current === path) return;
    asked.current = path;
    const take = (next: Answer<T>) => {
      if (asked.current !== path) return;
      asked.current = undefined;
      setAnswer({ ...next, path, version });
    };
    get<T>(path).then(
      (data) => take({ data }),
      (error: Error) => take({ error: error.message }),
    );
  }, [path, version, answer]);
  // What was asked before at another path is of no use.
  return samePage(answer.path, path) ? answer : {};
}

/** Another order or page of the same list may stand until the new one has come. */
function samePage(a: string, b: string): boolean {
  return a.split('?')[0] === b.split('?')[0];
}

/** How often pages ask about what runs, though nothing has happened but time. */
const RUNNING_INTERVAL_MS = 5000;

export interface Changes {
  /** Counts the reasons to ask again. */
  readonly version: number;
  readonly state: ApplicationState | undefined;
  /** False after the connection was lost, as when the driver has ended. */
  readonly isConnected: boolean;
}

/** Follows an application; nothing is asked for while nobody looks at the page. */
export function useChanges(appId: string): Changes {
  const [changes, setChanges] = useState<Changes>({
    version: 0,
    state: undefined,
    isConnected: true,
  });
  useEffect(() => {
    let stream: EventSource | undefined;
    const open = () => {
      stream?.close();
      stream = undefined;
      if (document.hidden) return;
      stream = new EventSource(`${root}${applicationPath(appId, 'changes')}`);
      stream.addEventListener('change', ({ data }) => {
        const { state } = JSON.parse(data) as Pick<Changes, 'state'>;
        setChanges(({ version }) => ({ version: version + 1, state, isConnected: true }));
      });
      stream.addEventListener('error', () =>
        setChanges((last) => ({ ...last, isConnected: false })),
      );
      stream.addEventListener('open', () => setChanges((last) => ({ ...last, isConnected: true })));
    };
    open();
    document.addEventListener('visibilitychange', open);
    const timer = setInterval(
      () =>
        setChanges((last) =>
          last.state === 'running' && last.isConnected && !document.hidden
            ? { ...last, version: last.version + 1 }
            : last,
        ),
      RUNNING_INTERVAL_MS,
    );
    return () => {
      clearInterval(timer);
      stream?.close();
      document.removeEventListener('visibilitychange', open);
    };
  }, [appId]);
  return changes;
}
