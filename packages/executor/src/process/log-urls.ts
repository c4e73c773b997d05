const prefix = 'FIRESTEEL_LOG_URL_';

/**
 * Where the output of an executor can be read, by name. Whoever starts it may tell: a variable
 * `FIRESTEEL_LOG_URL_STDERR` is the address of its `stderr`. An agent of Mesos gives the address by
 * which it serves the files of a sandbox (`/files/download`), and the sandbox by its path there.
 */
export function logUrlsOf(environment: NodeJS.ProcessEnv): Record<string, string> {
  const urls: Record<string, string> = {};
  const { MESOS_AGENT_ENDPOINT: agent, MESOS_DIRECTORY: sandbox } = environment;
  if (agent !== undefined && sandbox !== undefined) {
    // Agents tell nothing of their scheme; this is the customary switch.
    const hasTls = /^(1|true)$/.test(environment.LIBPROCESS_SSL_ENABLED ?? '');
    for (const name of ['stdout', 'stderr']) {
      const path = encodeURIComponent(`${sandbox}/${name}`);
      urls[name] = `${hasTls ? 'https' : 'http'}://${agent}/files/download?path=${path}`;
    }
  }
  for (const [name, url] of Object.entries(environment))
    if (name.startsWith(prefix) && url !== undefined && /^https?:\/\//.test(url))
      urls[name.slice(prefix.length).toLowerCase()] = url;
  return urls;
}
