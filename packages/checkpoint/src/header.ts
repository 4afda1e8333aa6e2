import { parseJson } from '@elman/core';
import { READ, type StoredDtype } from './dtypes.ts';
import type { Metadata } from './encode.ts';
import { refuse } from './refuse.ts';
import { flawOf } from './strict.ts';

/** The range of a tensor in a file: bytes `begin` to `end` of the file. */
export interface Place {
  readonly name: string;
  readonly stored: string;
  readonly dtype: StoredDtype;
  readonly shape: number[];
  readonly begin: number;
  readonly end: number;
}

/** The header, a tensor and its shape are three levels; other programs may add to them. */
const DEEPEST = 10;
const MAXIMUM_HEADER = 100_000_000;
const count = (bytes: number | bigint): string => bytes.toLocaleString('en-US');

/**
 * The header of a safetensors file, checked against the bytes of the file.
 * @throws {CheckpointError} one line: the file and what is wrong.
 */
export function readHeader(bytes: Uint8Array, where: string): { metadata: Metadata; places: Place[]; length: number } {
  const fail: Fail = (what, advice = 'Use an earlier checkpoint.') => refuse(where, `${what} ${advice}`);
  if (bytes.length < 8) fail(`truncated: expected at least 8 bytes, the file has ${bytes.length}.`);
  const length = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  if (length > MAXIMUM_HEADER) {
    fail(`not a safetensors file: its header would have ${count(length)} bytes.`, 'Check the path.');
  }
  const start = 8 + Number(length);
  if (start > bytes.length) {
    fail(`truncated: the header ends at byte ${count(start)}, the file has ${count(bytes.length)}.`);
  }
  const header = parse(bytes.subarray(8, start), fail);
  const { __metadata__: metadata = {}, ...tensors } = header;
  if (!isRecord(metadata) || Object.values(metadata).some((value) => typeof value !== 'string')) {
    fail('damaged: its metadata are not texts.');
  }
  const places = Object.entries(tensors).map(([name, described]) => place(name, described, start, fail));
  checkCover(places, start, bytes.length, fail);
  return { metadata: metadata as Metadata, places, length: Number(length) };
}

type Fail = (what: string, advice?: string) => never;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function parse(bytes: Uint8Array, fail: Fail): Record<string, unknown> {
  let header: unknown;
  let text = '';
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    header = parseJson(text, { where: 'header', advice: '', deepest: DEEPEST });
  } catch {
    return fail('damaged: its header is not JSON.');
  }
  if (!text.startsWith('{') || !isRecord(header)) return fail('damaged: its header is not a JSON object.');
  const flaw = flawOf(text);
  if (flaw !== undefined) fail(`damaged: ${flaw}`);
  return header;
}

function place(name: string, described: unknown, start: number, fail: Fail): Place {
  if (!isRecord(described)) return fail(`damaged: ${name}: expected a description, got ${JSON.stringify(described)}.`);
  const { dtype: stored, shape, data_offsets: offsets } = described;
  const dtype = READ.get(stored as string);
  if (dtype === undefined) {
    const known = [...READ.keys()].join(', ');
    return fail(`${name}: expected one of ${known}, got the dtype ${JSON.stringify(stored)}.`, 'Convert the file.');
  }
  if (!isSizes(shape)) return fail(`damaged: ${name}: expected a shape, got ${JSON.stringify(shape)}.`);
  if (!isSizes(offsets) || offsets.length !== 2) {
    return fail(`damaged: ${name}: expected two offsets, got ${JSON.stringify(offsets)}.`);
  }
  const [begin, end] = offsets as [number, number];
  const wanted = shape.reduce((product, size) => product * size, dtype.bytes);
  if (end - begin !== wanted) {
    return fail(
      `damaged: ${name}: ${stored} [${shape.join(', ')}] takes ${count(wanted)} bytes, its offsets give ${count(end - begin)}.`,
    );
  }
  return { name, stored: stored as string, dtype, shape, begin: start + begin, end: start + end };
}

const isSizes = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);

/** The tensors must cover the data exactly: no gap, no overlap, no byte missing or left over. */
function checkCover(places: readonly Place[], start: number, length: number, fail: Fail): void {
  let at = start;
  for (const { name, begin, end } of [...places].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin > at) fail(`damaged: ${count(begin - at)} bytes before ${name} belong to no tensor.`);
    if (begin < at) fail(`damaged: ${name} overlaps the tensor before it.`);
    at = end;
  }
  if (at > length) fail(`truncated: the header promises ${count(at)} bytes, the file has ${count(length)}.`);
  if (at < length) fail(`damaged: the header promises ${count(at)} bytes, the file has ${count(length)}.`);
}
