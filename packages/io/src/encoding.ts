/**
 * Whether lines can be found without decoding, and files so be cut anywhere. In these encodings a
 * byte 0x0A or 0x0D may be something else than the end of a line.
 *
 * @param encoding as `encodingName` spells it
 */
export function isSplittableEncoding(encoding: string): boolean {
  return !/^(utf-16(le|be)|iso-2022-jp)$/.test(encoding);
}

/** Decodes text of which every piece ends where a character does. */
export type Decode = (bytes: Buffer) => string;

export function decoderOf(encoding: string): Decode {
  if (encoding === 'utf-8') return (bytes) => bytes.toString('utf8');
  if (encoding === 'latin1') return (bytes) => bytes.toString('latin1');
  const decoder = new TextDecoder(encoding);
  return (bytes) => decoder.decode(bytes);
}
