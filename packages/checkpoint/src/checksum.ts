/** The form in the metadata: `"checksum":"crc32:0a1b2c3d"`. */
const KEY = 'checksum';
const PREFIX = `"${KEY}":"crc32:`;
const DIGITS = 8;

/** A placeholder in the metadata, of the length of a checksum. */
export const unsummed: { readonly [KEY]: string } = { [KEY]: `crc32:${'0'.repeat(DIGITS)}` };

/** Fills in the checksum of the complete file, computed with its own digits as 0. */
export function fillIn(bytes: Uint8Array, headerLength: number): void {
  const at = place(bytes, headerLength);
  if (at !== undefined) bytes.set(new TextEncoder().encode(hex(crc32(bytes))), at);
}

/** Whether a file matches its checksum; true without one. */
export function isIntact(bytes: Uint8Array, headerLength: number): boolean {
  const at = place(bytes, headerLength);
  if (at === undefined) return true;
  const stored = new TextDecoder().decode(bytes.subarray(at, at + DIGITS));
  const zeros = new Uint8Array(DIGITS).fill(0x30);
  const before = crc32(bytes.subarray(0, at));
  return hex(crc32(bytes.subarray(at + DIGITS), crc32(zeros, before))) === stored;
}

/** The position of the digits. Metadata are first in the header, and quotes in strings are escaped: the first match is it. */
function place(bytes: Uint8Array, headerLength: number): number | undefined {
  const header = new TextDecoder('latin1').decode(bytes.subarray(8, 8 + headerLength));
  const found = header.indexOf(PREFIX);
  return found < 0 ? undefined : 8 + found + PREFIX.length;
}

const hex = (sum: number): string => sum.toString(16).padStart(DIGITS, '0');

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) remainder = remainder & 1 ? (remainder >>> 1) ^ 0xedb88320 : remainder >>> 1;
  return remainder;
});

/** CRC-32 (ISO 3309, as in zip and png), continued from that of the preceding bytes. */
export function crc32(bytes: Uint8Array, before = 0): number {
  let sum = ~before;
  for (let i = 0; i < bytes.length; i++) sum = (TABLE[(sum ^ (bytes[i] as number)) & 0xff] as number) ^ (sum >>> 8);
  return ~sum >>> 0;
}
