import { CheckpointError, type Rng, tree } from '@elman/core';
import { memory, neg, ones } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { decodeSafetensors, encodeSafetensors, loadInit } from '../src/index.ts';

const init = (size: number) => (rng: Rng) => ({
  kernel: rng.fork('kernel').tensor([size, size], (r) => r.normal()),
  bias: ones([size]),
});

async function fileOf(size: number) {
  const params = tree.tidy(() => ({ kernel: ones([size, size]), bias: ones([size]) }));
  const file = decodeSafetensors(await encodeSafetensors(params), 'm.safetensors');
  tree.dispose(params);
  return file;
}

it('loads what init would make', async () => {
  const { numTensors } = memory();
  const { kernel, bias } = loadInit(init(3), await fileOf(3));
  expect(Array.from(await kernel.data())).toEqual(Array(9).fill(1));
  tree.dispose([kernel, bias]);
  expect(memory().numTensors).toBe(numTensors);
});

it('says which tensor has other sizes', async () => {
  const file = await fileOf(3);
  expect(() => loadInit(init(4), file)).toThrow(
    'm.safetensors: bias: expected float32 [4], got float32 [3]; the file belongs to a model with other options.',
  );
});

it.each([9000, 1e6, 1e9])('refuses %d × %d before memory is taken for it', async (size) => {
  const file = await fileOf(3);
  const { numTensors } = memory();
  expect(() => loadInit(init(size), file, { where: 'model.json' })).toThrow(
    new CheckpointError(
      'model.json: its sizes need far more numbers than the 12 of m.safetensors; they do not belong together.',
    ),
  );
  expect(memory().numTensors).toBe(numTensors);
});

it('says what an init of other code does wrong', async () => {
  const file = await fileOf(3);
  const broken = (rng: Rng) => neg((rng as unknown as { missing: { kernel: never } }).missing.kernel);
  expect(() => loadInit(broken, file)).toThrow(
    /^m\.safetensors: expected a model, got what cannot be read \(.*\); use/,
  );
});
