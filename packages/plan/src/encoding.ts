import { invalidArgument } from '@firesteel/common';

/**
 * The one spelling of a text encoding that plans use: `utf-8`, `latin1` (every byte is the
 * character of that number), or a name of the WHATWG Encoding Standard such as `utf-16le`.
 *
 * @throws FiresteelError INVALID_ARGUMENT for an encoding that Node does not know
 */
export function encodingName(label: string): string {
  if (/^(latin-?1|iso-?8859-1)$/i.test(label)) return 'latin1';
  try {
    return new TextDecoder(label.replace(/^utf16(le|be)$/i, 'utf-16$1')).encoding;
  } catch {
    throw invalidArgument('encoding', 'an encoding such as "utf8", "latin1" or "utf-16le"', label);
  }
}
