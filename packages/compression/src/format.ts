import { crc32 } from '@elman/checkpoint';
import { DataError } from '@elman/core';

/** `ELMC` */
const MAGIC = [0x45, 0x4c, 0x4d, 0x43] as const;
const VERSION = 1;
/** Of a checksum. */
const BYTES = 4;

/** What stands in a file. */
export interface Contents {
  readonly vocabSize: number;
  /** The number of tokens. */
  readonly count: number;
  /** The checksum of the tokens. */
  readonly checksum: number;
  /** The range coder's bytes. */
  readonly code: Uint8Array;
}

/**
 * The bytes of a file: `ELMC`, the version, vocabSize and count (seven bits a byte, the lowest first, and 128 if there
 * are more), the code, the CRC-32 of the tokens (int32), and that of all bytes before; whole numbers of four bytes with
 * the lowest first.
 */
export function pack({ vocabSize, count, checksum, code }: Contents): Uint8Array<ArrayBuffer> {
  const head = [...MAGIC, VERSION, ...varint(vocabSize), ...varint(count)];
  const bytes = new Uint8Array(head.length + code.length + 2 * BYTES);
  bytes.set(head);
  bytes.set(code, head.length);
  const view = new DataView(bytes.buffer);
  const end = head.length + code.length;
  view.setUint32(end, checksum, true);
  view.setUint32(end + BYTES, crc32(bytes.subarray(0, end + BYTES)), true);
  return bytes;
}

/** @throws {DataError} if the bytes are damaged, cut off, or something else. */
export function unpack(bytes: Uint8Array): Contents {
  if (!MAGIC.every((byte, i) => bytes[i] === byte)) {
    throw new DataError('decompress: expected bytes that compress gave (ELMC…), got something else.');
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = bytes.length - 2 * BYTES;
  if (end < MAGIC.length + 1 || view.getUint32(end + BYTES, true) !== crc32(bytes.subarray(0, end + BYTES))) {
    throw new DataError('decompress: the bytes are damaged or cut off (their checksum is wrong); get them again.');
  }
  const version = bytes[MAGIC.length];
  if (version !== VERSION) {
    throw new DataError(`decompress: version: expected ${VERSION}, got ${version}; use the release that wrote it.`);
  }
  let at = MAGIC.length + 1;
  const read = (): number => {
    let value = 0;
    for (let weight = 1; ; weight *= 128) {
      const byte = at < end ? (bytes[at++] as number) : 0;
      value += (byte % 128) * weight;
      if (byte < 128) return value;
    }
  };
  const vocabSize = read();
  const count = read();
  return { vocabSize, count, checksum: view.getUint32(end, true), code: bytes.subarray(at, end) };
}

/** The checksum of tokens. */
export function checksumOf(tokens: Int32Array): number {
  const bytes = new Uint8Array(4 * tokens.length);
  const view = new DataView(bytes.buffer);
  for (const [i, token] of tokens.entries()) view.setInt32(4 * i, token, true);
  return crc32(bytes);
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push(128 + (rest % 128));
  return [...bytes, rest];
}
