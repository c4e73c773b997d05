const secretWords = 'secret|password|passwd|token|credential|access[._-]?key|api[._-]?key';
const secretName = new RegExp(secretWords, 'i');
/** As in a list of variables for executors, in which `\,` is a comma inside of a value. */
const secretAssignment = new RegExp(`((?:${secretWords})[\\w.-]*=)(?:\\\\.|[^\\\\,])+`, 'gi');
const credentialsInUrl = /(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi;

const MASK = '********';

/** Whether a setting of this name is nobody's business. */
export function isSecretName(name: string): boolean {
  return secretName.test(name);
}

/**
 * The value of a setting as it may be shown, written or logged: hidden if its name says that it is
 * secret, without the credentials of addresses and the secret ones of assignments in it.
 */
export function maskedValue(name: string, value: string): string {
  if (isSecretName(name)) return MASK;
  return value.replaceAll(credentialsInUrl, `$1${MASK}@`).replaceAll(secretAssignment, `$1${MASK}`);
}
