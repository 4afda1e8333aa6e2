import { decodeSafetensors, encodeSafetensors, loadInto } from '@elman/checkpoint';
import { CheckpointError, Rng, tree } from '@elman/core';
import { tensor, tensor1d } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { crc32 } from '../src/crc32.ts';
import { file, refusal } from './support/refusal.ts';

const x = (begin: number, end: number, dtype = 'F32', shape: unknown = [(end - begin) / 4]) => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});

describe('a damaged file is refused in one line', () => {
  const doubles = new Uint8Array(new Float64Array([1e300]).buffer);
  const long = new Uint8Array(new BigInt64Array([2147483648n]).buffer);
  const withData = (header: unknown, data: Uint8Array): Uint8Array => {
    const bytes = file(header, data.length);
    bytes.set(data, bytes.length - data.length);
    return bytes;
  };
  test.each<[Uint8Array, string, string?]>([
    [new Uint8Array(0), 'truncated: expected at least 8 bytes, the file has 0.'],
    [new Uint8Array(7), 'truncated: expected at least 8 bytes, the file has 7.'],
    [file('{}', 0).subarray(0, 9), 'truncated: the header ends at byte 10, the file has 9.'],
    [
      file({ a: x(0, 12336) }, 9000).subarray(0, 9000),
      'truncated: the header promises 12,405 bytes, the file has 9,000.',
    ],
    [
      new TextEncoder().encode('<!doctype html>'),
      'not a safetensors file: its header would have 8,104,636,974,849,335,612 bytes.',
      'Check the path.',
    ],
    [file('{"a"', 0), 'damaged: its header is not JSON.'],
    [file('[]', 0), 'damaged: its header is not a JSON object.'],
    [file(' {}', 0), 'damaged: its header is not a JSON object.'],
    [file('null', 0), 'damaged: its header is not a JSON object.'],
    [file('{"\ud800"', 0), 'damaged: its header is not JSON.'],
    [
      file(`{"a":${JSON.stringify(x(0, 4))},"a":${JSON.stringify(x(0, 4))}}`, 4),
      'damaged: a stands twice in its header.',
    ],
    [
      file(`{"a\\u0062":${JSON.stringify(x(0, 4))},"ab":${JSON.stringify(x(0, 4))}}`, 4),
      'damaged: ab stands twice in its header.',
    ],
    [file({ __metadata__: { step: 3 } }, 0), 'damaged: its metadata are not texts.'],
    [file({ __metadata__: [] }, 0), 'damaged: its metadata are not texts.'],
    [file({ a: 3 }, 0), 'damaged: a: expected a description, got 3.'],
    [file({ a: { dtype: 'F32', data_offsets: [0, 4] } }, 4), 'damaged: a: expected a shape, got undefined.'],
    [file({ a: x(0, 4, 'F32', [-1]) }, 4), 'damaged: a: expected a shape, got [-1].'],
    [file({ a: { dtype: 'F32', shape: [1] } }, 4), 'damaged: a: expected two offsets, got undefined.'],
    [file({ a: { ...x(0, 4), data_offsets: [0, 4, 8] } }, 8), 'damaged: a: expected two offsets, got [0,4,8].'],
    [file({ a: { ...x(0, 4), data_offsets: [0.5, 4.5] } }, 8), 'damaged: a: expected two offsets, got [0.5,4.5].'],
    [file({ a: x(8, 4, 'F32', [1]) }, 8), 'damaged: a: F32 [1] takes 4 bytes, its offsets give -4.'],
    [file({ a: x(0, 4, 'F32', [2, 3]) }, 4), 'damaged: a: F32 [2, 3] takes 24 bytes, its offsets give 4.'],
    [file({ a: x(0, 4), b: x(8, 12) }, 12), 'damaged: 4 bytes before b belong to no tensor.'],
    [file({ a: x(0, 8), b: x(4, 12) }, 12), 'damaged: b overlaps the tensor before it.'],
    [file({ a: x(0, 4), b: x(0, 4) }, 4), 'damaged: b overlaps the tensor before it.'],
    [file({ a: x(0, 4) }, 5), 'damaged: the header promises 66 bytes, the file has 67.'],
    [
      file({ a: x(0, 4, 'C64') }, 4),
      'a: expected one of F32, F64, F16, BF16, I32, I64, I16, I8, U8, BOOL, got the dtype "C64".',
      'Convert the file.',
    ],
    [
      file({ a: x(0, 4, 'toString') }, 4),
      'a: expected one of F32, F64, F16, BF16, I32, I64, I16, I8, U8, BOOL, got the dtype "toString".',
      'Convert the file.',
    ],
    [
      withData({ a: x(0, 8, 'F64', [1]) }, doubles),
      'a: 1e+300 does not fit into float32 (stored as F64).',
      'Convert the file.',
    ],
    [
      withData({ a: x(0, 8, 'I64', [1]) }, long),
      'a: 2147483648 does not fit into int32 (stored as I64).',
      'Convert the file.',
    ],
    [
      withData({ a: x(0, 1, 'BOOL', [1]) }, Uint8Array.of(2)),
      'a: the byte 2 is no boolean (stored as BOOL).',
      'Convert the file.',
    ],
  ])('%# ', async (bytes, what, todo = 'Use an earlier checkpoint.') => {
    expect(await refusal(() => decodeSafetensors(bytes, 'runs/model.safetensors'))).toBe(
      `runs/model.safetensors: ${what} ${todo}`,
    );
  });

  test('names with line breaks do not break the line', async () => {
    const message = await refusal(() => decodeSafetensors(file({ [`a\nb${'c'.repeat(5000)}`]: 1 }, 0), 'm'));
    expect(message.length).toBeLessThan(500);
  });
});

test('any byte changed, cut off or added: read as another file or refused, never anything else', async () => {
  const rng = Rng.seeded('damage');
  const like = {
    kernel: tensor([
      [1, 2],
      [3, 4],
    ]),
    ids: tensor1d([1, 2], 'int32'),
    flag: [tensor1d([true], 'bool')],
  };
  const whole = await encodeSafetensors(like, { step: '12', made: 'here' });
  const outcomes = { read: 0, refused: 0 };
  const attempt = (bytes: Uint8Array): void => {
    try {
      tree.dispose(loadInto(like, bytes, { where: 'runs/x.safetensors' }));
      outcomes.read++;
    } catch (error) {
      expect(CheckpointError.isInstance(error), `${error}`).toBe(true);
      expect((error as Error).message).toMatch(/^runs\/x\.safetensors: .*\.$/);
      outcomes.refused++;
    }
  };
  for (let length = 0; length < whole.length; length++) {
    const before = outcomes.read;
    attempt(whole.subarray(0, length));
    expect(outcomes.read, `cut to ${length} bytes`).toBe(before);
  }
  for (let i = 0; i < 1500; i++) {
    const bytes = whole.slice();
    for (let flips = rng.integer(3); flips >= 0; flips--) {
      // More often in the length and the header than in the data.
      const at = rng.integer(rng.integer(2) === 0 ? 60 : bytes.length);
      bytes[at] = rng.integer(2) === 0 ? rng.integer(256) : (bytes[at] as number) ^ (1 << rng.integer(8));
    }
    attempt(bytes);
  }
  attempt(new Uint8Array([...whole, 0]));
  expect(outcomes.refused).toBeGreaterThan(1000);
  expect(outcomes.read).toBeGreaterThan(10);
});

test('with a checksum, any byte changed is refused', async () => {
  const like = { x: tensor1d([1, 2, 3]) };
  const whole = await encodeSafetensors(like, { step: '12' }, { checksum: true });
  const loads = (bytes: Uint8Array): boolean => {
    try {
      tree.dispose(loadInto(like, bytes, { where: 'runs/x.safetensors' }));
      return true;
    } catch (error) {
      expect((error as Error).message).toMatch(/^runs\/x\.safetensors: .*\.$/);
      return false;
    }
  };
  expect(loads(whole)).toBe(true);
  for (let bit = 0; bit < 8 * whole.length; bit++) expect(loads(flipped(whole, bit)), `bit ${bit}`).toBe(false);
});

test('long texts in a header take no stack, and are looked at as short ones', async () => {
  const long = '"\\\n'.repeat(3_000_000);
  const bytes = await encodeSafetensors({ x: tensor1d([1]) }, { long, other: 'a:' });
  expect(decodeSafetensors(bytes, 'x').metadata.long?.length).toBe(long.length);
});

test('damage to the mark of the checksum does not switch it off', async () => {
  const whole = await encodeSafetensors({ x: tensor1d([1, 2, 3]) }, { step: '12' }, { checksum: true });
  const key = whole.indexOf(0x63, 8); // The c of "checksum".
  const last = 8 * whole.length - 3;
  for (let bit = 8 * key; bit < 8 * (key + '"checksum":"crc32:'.length); bit++) {
    const bytes = flipped(flipped(whole, bit), last);
    expect(await refusal(() => decodeSafetensors(bytes, 'x')), `bit ${bit}`).toContain('x: damaged: ');
  }
});

test('a checksum may be demanded, which files of other programs need not have', async () => {
  const bytes = await encodeSafetensors({ x: tensor1d([1]) }, { checksum: 'sha256:0', crc: 'crc32:00000000' });
  expect(decodeSafetensors(bytes, 'x').metadata).toEqual({ checksum: 'sha256:0', crc: 'crc32:00000000' });
  expect(await refusal(() => decodeSafetensors(bytes, 'x', { checksum: true }))).toBe(
    'x: damaged: it has no checksum. Use an earlier checkpoint.',
  );
});

test('numbers that loadInto would refuse can be refused when they are written', async () => {
  const saved = encodeSafetensors({ x: tensor1d([1, Number.NaN]) }, {}, { finite: true, where: 'saveModel' });
  await expect(saved).rejects.toThrow(
    'saveModel: x: not finite: NaN at element 1 of 2; nothing was written. Save parameters from before they diverged.',
  );
});

test('the checksum is the standard CRC-32', () => {
  expect(crc32(new TextEncoder().encode('123456789')).toString(16)).toBe('cbf43926');
  const halves = ['1234', '56789'].map((text) => new TextEncoder().encode(text)) as [Uint8Array, Uint8Array];
  expect(crc32(halves[1], crc32(halves[0])).toString(16)).toBe('cbf43926');
});

function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  const changed = bytes.slice();
  changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7));
  return changed;
}
