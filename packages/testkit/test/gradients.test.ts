import { customGrad, memory, mul, relu, scalar, square, type Tensor, tensor1d, tidy } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { checkGradient, countTensors, expectTreesClose, finiteDifferences } from '../src/index.ts';

it('computes a directional derivative', async () => {
  const x = { a: tensor1d([1, 2]), b: scalar(3) };
  const directions = { a: tensor1d([1, -1]), b: scalar(1) };
  const [a, b] = await finiteDifferences(({ a, b }) => [square(a), square(b)], x, directions);
  expect(a).toBeCloseTo(2 * 1 - 2 * 2, 3);
  expect(b).toBeCloseTo(2 * 3, 3);
  const weights = [1, 10, 0];
  const weighted = await finiteDifferences(({ a, b }) => [square(a), square(b)], x, directions, { weights });
  expect(weighted[0]).toBeCloseTo(2 * 1 - 10 * 2 * 2, 2);
  expect(weighted[1]).toBe(0);
});

it('accepts correct gradients, at a kink too', async () => {
  await checkGradient((x) => mul(x.a, x.b), { a: tensor1d([1, 2, 3]), b: scalar(0.5) });
  await checkGradient(relu, tensor1d([0.005, -0.002, 1]));
});

it('refuses a gradient of which one entry is wrong, and names the leaf', async () => {
  const wrong = customGrad((x) => ({
    value: square(x as Tensor),
    gradFunc: (dy: Tensor) => mul(dy, tensor1d([2, 4, 5])),
  }));
  const x = { a: { b: tensor1d([1, 2, 3]) } };
  await expect(checkGradient(({ a }) => wrong(a.b), x, { where: 'square' })).rejects.toThrow(/^square: a\.b: expected/);
});

it('ignores integers', async () => {
  await checkGradient(({ x }) => square(x), { x: tensor1d([1, 2]), n: scalar(3, 'int32') });
});

it('leaks no tensor', async () => {
  const x = tensor1d([1, 2]);
  expect(await countTensors(() => checkGradient((y) => tidy(() => square(y)), x))).toBe(0);
});

it('counts tensors, also over time', async () => {
  expect(countTensors(() => tidy(() => square(square(scalar(2)))))).toBe(1);
  expect(await countTensors(async () => square(scalar(2)))).toBe(2);
  const one = scalar(1);
  expect(countTensors(() => one.dispose())).toBe(-1);
  expect(memory().numTensors).toBeGreaterThan(0);
});

it('compares trees by branches, shapes, dtypes and values', async () => {
  const a = { h: tensor1d([1, 2]) };
  await expectTreesClose(a, { h: tensor1d([1, 2 + 1e-7]) });
  await expect(expectTreesClose(a, { h: tensor1d([1, 2.1]) }, { where: 'lstm' })).rejects.toThrow(
    /^lstm: h: expected 2/,
  );
  await expect(expectTreesClose(a, { h: tensor1d([1, Number.NaN]) })).rejects.toThrow(/NaN/);
  await expect(expectTreesClose({ h: tensor1d([1, Number.NaN]) }, a)).rejects.toThrow(/NaN/);
  await expect(expectTreesClose(a, { c: tensor1d([1, 2]) })).rejects.toThrow(/expected the leaves c, got h/);
  await expect(expectTreesClose(a, { h: tensor1d([1, 2, 3]) })).rejects.toThrow(/expected float32 \[3\]/);
  await expect(expectTreesClose(a, { h: tensor1d([1, 2], 'int32') })).rejects.toThrow(/expected int32/);
});

it('measures closeness by the largest value of each leaf with relative closeness', async () => {
  const exactly = { relative: 1e-3, absolute: 0 };
  await expectTreesClose([tensor1d([1000, 0.5])], [tensor1d([1000, 0])], exactly);
  await expect(expectTreesClose([tensor1d([1e-5])], [tensor1d([2e-5])], exactly)).rejects.toThrow();
});
