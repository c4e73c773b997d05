import type { Secret } from '@firesteel/rpc';

/** How an application is known to shuffle services: a name, and a secret that only proves that. */
export interface ServiceIdentity {
  readonly applicationId: string;
  readonly secret: Secret;
}

/** Names that are safe as the name of a directory. */
const NAME = /^(?!\.{1,2}$)[\w.-]{1,128}$/;

export function isServiceName(name: string): boolean {
  return NAME.test(name);
}

/**
 * The identity of an application. Its secret follows from that of the application, but not the other
 * way around: whoever reads the files of a shuffle service cannot join the application.
 */
export function serviceIdentity(secret: Secret, applicationId: string): ServiceIdentity {
  return { applicationId, secret: secret.derive(`shuffle services of ${applicationId}`) };
}

/** What an application asks of a service; both sides prove that they mean the whole path. */
export type ServiceCommand =
  /** The directory of the executor is where the service looks. */
  | { readonly kind: 'register'; readonly executorId: string }
  /** The application lives. */
  | { readonly kind: 'heartbeat' }
  | { readonly kind: 'removeShuffle'; readonly shuffleId: number }
  /** The application has ended. */
  | { readonly kind: 'remove' };

/** In front of the path of blocks. */
export function executorPath(applicationId: string, executorId: string): string {
  return `/applications/${applicationId}/executors/${executorId}`;
}

export function commandPath(applicationId: string, command: ServiceCommand): string {
  const application = `/applications/${applicationId}`;
  switch (command.kind) {
    case 'register':
      return `${executorPath(applicationId, command.executorId)}/register`;
    case 'removeShuffle':
      return `${application}/shuffles/${command.shuffleId}/remove`;
    default:
      return `${application}/${command.kind}`;
  }
}

/** A path as the service understands it. */
export interface ServicePath {
  readonly applicationId: string;
  /** Present for blocks. */
  readonly blocks?: { readonly executorId: string; readonly path: string };
  /** Present for anything else. */
  readonly command?: ServiceCommand;
}

export function parseServicePath(path: string): ServicePath | undefined {
  const [, applicationId = '', rest = ''] = /^\/applications\/([^/]+)(\/.*)$/.exec(path) ?? [];
  if (!isServiceName(applicationId)) return undefined;
  if (rest === '/heartbeat' || rest === '/remove')
    return { applicationId, command: { kind: rest.slice(1) as 'heartbeat' | 'remove' } };
  const shuffle = /^\/shuffles\/(\d{1,10})\/remove$/.exec(rest);
  if (shuffle !== null)
    return { applicationId, command: { kind: 'removeShuffle', shuffleId: Number(shuffle[1]) } };
  const [, executorId = '', inner = ''] = /^\/executors\/([^/]+)(\/.*)$/.exec(rest) ?? [];
  if (!isServiceName(executorId)) return undefined;
  if (inner === '/register') return { applicationId, command: { kind: 'register', executorId } };
  return { applicationId, blocks: { executorId, path: inner } };
}
