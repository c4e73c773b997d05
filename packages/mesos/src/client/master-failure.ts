import { FiresteelError } from '@firesteel/common';

/**
 * Why a request to a master did not do what it should:
 * `redirected` or `unavailable`, another master leads or none; `unsubscribed`, the master does not
 * take this client to be connected; `fatal`, no retry will help.
 */
export type MasterFailure =
  | { readonly kind: 'redirected'; readonly location: string }
  | { readonly kind: 'unavailable'; readonly why: string; readonly cause?: unknown }
  | { readonly kind: 'unsubscribed'; readonly why: string }
  | { readonly kind: 'refused'; readonly error: FiresteelError };

export interface MasterAnswer {
  readonly master: string;
  /** The type of the call that was answered. */
  readonly call: string;
  readonly status: number;
  readonly location: string | undefined;
  readonly text: string;
}

/** Texts of 400 and 403 that mean: subscribe again. */
const unsubscribedTexts =
  /Framework cannot be found|Framework is not subscribed|stream ID|Mesos-Stream-Id/i;

/** What an answer other than 200 and 202 means (mesos: src/master/http.cpp, in its order of checks). */
export function failureOf(answer: MasterAnswer): MasterFailure {
  const { master, call, status, location } = answer;
  const text = answer.text.trim();
  if (status === 307 && location !== undefined) return { kind: 'redirected', location };
  // 404: the master process is just starting and has no routes yet.
  if (status === 503 || status === 500 || status === 404) {
    return {
      kind: 'unavailable',
      why: `${master} answers ${status}: ${asLine(text) || 'no reason given'}`,
    };
  }
  if ((status === 400 || status === 403) && call !== 'SUBSCRIBE' && unsubscribedTexts.test(text)) {
    return { kind: 'unsubscribed', why: `${master} answers ${status}: ${text}` };
  }
  const data = { master, call, status };
  if (status === 401) {
    return {
      kind: 'refused',
      error: new FiresteelError(
        'MESOS_UNAUTHORIZED',
        `The Mesos master ${master} refuses the credentials (${text}). Set mesos.principal and mesos.secret to a pair that it knows.`,
        { data },
      ),
    };
  }
  return {
    kind: 'refused',
    error: new FiresteelError(
      'MESOS_CALL_REFUSED',
      `The Mesos master ${master} answers ${status} to ${call}: ${asLine(text) || 'no reason given'}${call === 'SUBSCRIBE' ? '. Check that a Mesos master listens there.' : ''}`,
      { data },
    ),
  };
}

/** Other servers answer with whole pages. */
function asLine(text: string): string {
  const line = text
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return line.length > 200 ? `${line.slice(0, 200)} …` : line;
}
