/** At 256·k + b: the CRC-32 of the byte b followed by k bytes of 0. */
const TABLE: Int32Array = table(8);

function table(count: number): Int32Array {
  const sums = new Int32Array(256 * count);
  for (let byte = 0; byte < 256; byte++) {
    let sum = byte;
    for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
    sums[byte] = sum;
  }
  for (let i = 256; i < sums.length; i++) {
    const sum = sums[i - 256] as number;
    sums[i] = (sum >>> 8) ^ (sums[sum & 0xff] as number);
  }
  return sums;
}

/**
 * CRC-32 (ISO 3309, as in zip and png), continued from that of the preceding bytes. It takes eight bytes at a time
 * ("slicing-by-8", Kounavis & Berry 2005).
 */
export function crc32(bytes: Uint8Array, before = 0): number {
  let sum = ~before;
  let i = 0;
  for (const last = bytes.length - 8; i <= last; i += 8) {
    const low = sum ^ word(bytes, i);
    sum =
      (TABLE[1792 + (low & 0xff)] as number) ^
      (TABLE[1536 + ((low >>> 8) & 0xff)] as number) ^
      (TABLE[1280 + ((low >>> 16) & 0xff)] as number) ^
      (TABLE[1024 + (low >>> 24)] as number) ^
      (TABLE[768 + (bytes[i + 4] as number)] as number) ^
      (TABLE[512 + (bytes[i + 5] as number)] as number) ^
      (TABLE[256 + (bytes[i + 6] as number)] as number) ^
      (TABLE[bytes[i + 7] as number] as number);
  }
  for (; i < bytes.length; i++) sum = (TABLE[(sum ^ (bytes[i] as number)) & 0xff] as number) ^ (sum >>> 8);
  return ~sum >>> 0;
}

/** The four bytes from `at` on as an integer, the first the lowest. */
function word(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  );
}

/** A CRC-32 as it stands in files: eight hexadecimal digits. */
export const hex = (sum: number): string => sum.toString(16).padStart(8, '0');
