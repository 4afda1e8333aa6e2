import { decodeSafetensors, encodeSafetensors, loadInto, type Safetensors } from '@elman/checkpoint';
import { type Tree, tree } from '@elman/core';
import { cast, memory, notEqual, scalar, tensor, tensor1d } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import fixture from '../fixtures/python.json' with { type: 'json' };
import { refusal } from './support/refusal.ts';

type Described = { readonly [name: string]: { readonly dtype: string; readonly shape: number[]; values: number[] } };

const bytesOf = (text: string): Uint8Array => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
const METADATA = { 'made by': 'Python, “quoted” and \\ escaped' };

function expectHolds(found: Safetensors, wanted: Described): void {
  expect([...found.entries.keys()].sort()).toEqual(Object.keys(wanted).sort());
  for (const [name, { dtype, shape, values }] of Object.entries(wanted)) {
    const held = found.entries.get(name);
    expect(held?.shape, name).toEqual(shape);
    expect(held?.dtype, name).toBe(dtype === 'bool' ? 'bool' : dtype.includes('float') ? 'float32' : 'int32');
    expect([...(held?.values ?? [])], name).toEqual(
      values.map((value) => (dtype === 'float64' ? Math.fround(value) : value)),
    );
  }
}

describe("files of Python's safetensors", () => {
  test('are read, with their metadata', () => {
    const found = decodeSafetensors(bytesOf(fixture.ours.bytes), 'python');
    expectHolds(found, fixture.ours.tensors);
    expect(found.metadata).toEqual(METADATA);
  });

  test('are read from float16, bfloat16, float64 and integers of every width', () => {
    expectHolds(decodeSafetensors(bytesOf(fixture.others.bytes), 'python'), fixture.others.tensors);
  });

  test('are byte-equal to those written here', async () => {
    const {
      'cell.kernel': kernel,
      'cell.bias': bias,
      'head.0': ids,
      'head.1': flags,
      step,
      empty,
    } = fixture.ours.tensors;
    const params = {
      step: tensor(step.values, step.shape),
      head: [tensor(ids.values, ids.shape, 'int32'), tensor(flags.values, flags.shape, 'bool')],
      empty: tensor([], empty.shape),
      cell: { kernel: tensor(kernel.values, kernel.shape), bias: tensor(bias.values, bias.shape) },
    };
    expect(await encodeSafetensors(params, METADATA)).toEqual(bytesOf(fixture.ours.bytes));
  });

  test('are loaded', async () => {
    const bytes = bytesOf(fixture.ours.bytes);
    const like = {
      cell: {
        kernel: tensor([
          [1, 2, 3],
          [4, 5, 6],
        ]),
        bias: tensor1d([0, 0, 0]),
      },
      head: [tensor1d([0, 0, 0, 0], 'int32'), tensor([0, 0, 0], [3, 1], 'bool')],
      empty: tensor([], [0, 4]),
      step: scalar(0),
    };
    const found = loadInto(like, bytes, { where: 'python' });
    expect([...(await found.cell.bias.data())]).toEqual(fixture.ours.tensors['cell.bias'].values);
    expect(tree.entries(found).map(([, x]) => x.dtype)).toEqual([
      'float32',
      'float32',
      'float32',
      'int32',
      'bool',
      'float32',
    ]);
  });
});

describe('round trip of a tree', () => {
  const roundTrip = async (of: Tree) => decodeSafetensors(await encodeSafetensors(of), 'memory');

  test('values made on the backend', async () => {
    const params = {
      flags: notEqual(tensor1d([1, 0, 2]), 0),
      whole: cast(tensor1d([3.5, -2]), 'int32'),
    };
    const { entries } = await roundTrip(params);
    expect([...(entries.get('flags')?.values ?? [])]).toEqual([1, 0, 1]);
    expect([...(entries.get('whole')?.values ?? [])]).toEqual([3, -2]);
  });

  test('names with a special meaning in JavaScript', async () => {
    const odd: Tree = Object.fromEntries(
      ['__proto__', '1', '0', 'é\n"\\', 'constructor'].map((key, i) => [key, tensor1d([i])]),
    );
    const { entries } = await roundTrip([tensor1d([9]), odd]);
    for (const [i, key] of ['__proto__', '1', '0', 'é\n"\\', 'constructor'].entries()) {
      expect([...(entries.get(`1.${key}`)?.values ?? [])], key).toEqual([i]);
    }
    expect(entries.size).toBe(6);
  });

  test('a single tensor and an empty tree', async () => {
    expect([...(await roundTrip(scalar(4))).entries.keys()]).toEqual(['']);
    expect((await roundTrip({})).entries.size).toBe(0);
  });

  test('the data and every tensor are aligned to their width', async () => {
    for (let length = 0; length < 9; length++) {
      const bytes = await encodeSafetensors({ ['x'.repeat(length)]: tensor1d([1]), flag: tensor1d([true], 'bool') });
      const start = 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true));
      expect(start % 8).toBe(0);
      expect(bytes.length).toBe(start + 5);
      expect(new DataView(bytes.buffer).getFloat32(start, true)).toBe(1);
    }
  });

  test('bytes at an odd offset of a larger buffer can be read', async () => {
    const bytes = await encodeSafetensors({ x: tensor1d([1.5, 2.5]) });
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    const { entries } = decodeSafetensors(shifted.subarray(3), 'shifted');
    expect([...(entries.get('x')?.values ?? [])]).toEqual([1.5, 2.5]);
  });

  test('tensors may be disposed once the encoding has started', async () => {
    const x = tensor1d([1, 2, 3]);
    const encoding = encodeSafetensors({ x });
    x.dispose();
    expect([...(decodeSafetensors(await encoding, 'x').entries.get('x')?.values ?? [])]).toEqual([1, 2, 3]);
  });

  test('makes no tensors except those loaded', async () => {
    const params = { x: tensor1d([1, 2]), y: [scalar(3)] };
    const before = memory().numTensors;
    const bytes = await encodeSafetensors(params);
    decodeSafetensors(bytes, 'x');
    expect(memory().numTensors).toBe(before);
    tree.dispose(loadInto(params, bytes));
    expect(memory().numTensors).toBe(before);
  });
});

describe('values that cannot be written', () => {
  test('dtypes that safetensors does not have', async () => {
    expect(await refusal(() => encodeSafetensors({ words: tensor(['a']) }))).toBe(
      'safetensors: words: expected one of float32, int32, bool, got string; leave it out or cast it.',
    );
  });
  test('the name of the metadata', async () => {
    expect(await refusal(() => encodeSafetensors({ __metadata__: scalar(1) }))).toContain('rename it');
  });
  test('metadata that are not strings', async () => {
    expect(await refusal(() => encodeSafetensors({}, { step: 3 } as never))).toBe(
      'safetensors: metadata: step: expected a text, got number; use JSON.stringify.',
    );
  });
});
