import { crc32, hex } from './crc32.ts';

/** The form in the metadata: `"checksum":"crc32:0a1b2c3d"`. */
const KEY = 'checksum';
const ALGORITHM = 'crc32:';
const PREFIX = `"${KEY}":"${ALGORITHM}`;
const DIGITS = 8;

/** A placeholder in the metadata, of the length of a checksum. */
export const unsummed: { readonly [KEY]: string } = { [KEY]: `${ALGORITHM}${'0'.repeat(DIGITS)}` };

/** Fills in the checksum of the complete file, computed with its own digits as 0. */
export function fillIn(bytes: Uint8Array, headerLength: number): void {
  const at = place(bytes, headerLength);
  if (at !== undefined) bytes.set(new TextEncoder().encode(hex(crc32(bytes))), at);
}

/**
 * What is wrong with the checksum of a file, if anything. Without one a file is right, unless it is `demanded`, or a
 * changed byte may be what hides it: files of other programs have none.
 */
export function checksumFlaw(
  bytes: Uint8Array,
  { metadata, length }: { readonly metadata: { readonly [key: string]: string }; readonly length: number },
  demanded: boolean,
): string | undefined {
  const at = place(bytes, length);
  if (at === undefined) {
    return demanded || Object.entries(metadata).some(isNearly) ? 'it has no checksum.' : undefined;
  }
  const stored = new TextDecoder().decode(bytes.subarray(at, at + DIGITS));
  return hex(sumWithout(bytes, at)) === stored ? undefined : 'its checksum is wrong.';
}

/** Whether an entry of the metadata is a checksum but for one character of its key, or one of its prefix. */
function isNearly([key, value]: readonly [string, string]): boolean {
  const found = `${key} ${value.slice(0, -DIGITS)}`;
  const wanted = `${KEY} ${ALGORITHM}`;
  return found.length === wanted.length && [...wanted].filter((c, i) => c !== found[i]).length <= 1;
}

/** The checksum of a file with the digits at `at` as 0. */
function sumWithout(bytes: Uint8Array, at: number): number {
  const zeros = new Uint8Array(DIGITS).fill(0x30);
  return crc32(bytes.subarray(at + DIGITS), crc32(zeros, crc32(bytes.subarray(0, at))));
}

/**
 * The position of the digits. Metadata are first in the header, and quotes in strings are escaped: the first match is
 * it.
 */
function place(bytes: Uint8Array, headerLength: number): number | undefined {
  const header = new TextDecoder('latin1').decode(bytes.subarray(8, 8 + headerLength));
  const found = header.indexOf(PREFIX);
  return found < 0 ? undefined : 8 + found + PREFIX.length;
}
