import { decodeSafetensors, encodeSafetensors, loadInto } from '@elman/checkpoint';
import type { Tree } from '@elman/core';
import { memory, scalar, type Tensor, tensor, tensor1d, zeros } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { refusal } from './support/refusal.ts';

const where = 'runs/poet/model.safetensors';
const model = () => ({ cell: { kernel: zeros([2, 3]), bias: tensor1d([1, 2, 3]) }, head: [zeros([3])] });
const numbers = async (x: Tensor): Promise<number[]> => [...(await x.data())];

test('loadInto refuses a promise and advises await', () => {
  expect(() => loadInto({}, Promise.resolve(new Uint8Array()) as never)).toThrow(
    'loadInto: from: got a promise: wait for it with await.',
  );
});

describe('loadInto throws, naming the first tensor that does not match', () => {
  const cases: [string, Tree, string][] = [
    [
      'a tensor missing',
      { cell: { kernel: zeros([2, 3]) }, head: [zeros([3])] },
      'cell.bias: expected float32 [3], got nothing; the file belongs to another model.',
    ],
    ['a tensor too many', { ...model(), tail: scalar(1) }, 'tail: not expected; the file belongs to another model.'],
    [
      'another shape',
      { ...model(), head: [zeros([4])] },
      'head.0: expected float32 [3], got float32 [4]; the file belongs to a model with other options.',
    ],
    [
      'another rank of the same size',
      { ...model(), head: [zeros([1, 3])] },
      'head.0: expected float32 [3], got float32 [1, 3]; the file belongs to a model with other options.',
    ],
    [
      'another dtype',
      { ...model(), head: [zeros([3], 'int32')] },
      'head.0: expected float32 [3], got int32 [3]; the file belongs to a model with other options.',
    ],
    ...[Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].map((bad): [string, Tree, string] => [
      `${bad}`,
      { ...model(), cell: { kernel: tensor([0, 0, 0, 0, bad, 0], [2, 3]), bias: zeros([3]) } },
      `cell.kernel: not finite: ${bad} at element 4 of 6. Use an earlier checkpoint.`,
    ]),
  ];
  test.each(cases)('%s', async (_, stored, what) => {
    const bytes = await encodeSafetensors(stored);
    const like = model();
    const before = memory().numTensors;
    expect(await refusal(() => loadInto(like, bytes, { where }))).toBe(`${where}: ${what}`);
    expect(memory().numTensors).toBe(before);
  });
});

describe('a part of a file', () => {
  const run = async () =>
    decodeSafetensors(
      await encodeSafetensors({ params: model(), state: { h: tensor1d([7]) }, paramsOld: scalar(9), loss: scalar(2) }),
      where,
    );

  test('is loaded by its prefix, ignoring other tensors', async () => {
    const found = loadInto(model(), await run(), { prefix: 'params' });
    expect(await numbers(found.cell.bias)).toEqual([1, 2, 3]);
    expect(await numbers(loadInto({ h: zeros([1]) }, await run(), { prefix: 'state' }).h)).toEqual([7]);
    expect(await numbers(loadInto(scalar(0), await run(), { prefix: 'loss' }))).toEqual([2]);
  });

  test('is checked like a complete file', async () => {
    const file = await run();
    expect(await refusal(() => loadInto({ h: zeros([2]) }, file, { prefix: 'state' }))).toBe(
      `${where}: state.h: expected float32 [2], got float32 [1]; the file belongs to a model with other options.`,
    );
    expect(await refusal(() => loadInto({}, file, { prefix: 'state' }))).toBe(
      `${where}: state.h: not expected; the file belongs to another model.`,
    );
    expect(await refusal(() => loadInto(scalar(0), file, { prefix: 'none' }))).toContain(
      `${where}: none: expected float32 []`,
    );
  });
});
