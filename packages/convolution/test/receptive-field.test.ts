import { type Cell, Rng, type Sequence, type Tree, tree } from '@elman/core';
import { residual, stack, unroll } from '@elman/rnn';
import { expectTreesClose } from '@elman/testkit';
import { add, buffer, reshape, slice, type Tensor2D, tensor2d } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { type CausalCell, causalConvolution, tcn, temporalBlock, waveNet } from '../src/index.ts';

type Some = CausalCell<Tree, Tree>;

const sizes = { inputSize: 2, hiddenSize: 3 };
const cells = [
  causalConvolution({ ...sizes, kernelSize: 3, dilation: 2 }),
  temporalBlock({ ...sizes, kernelSize: 2, dilation: 3 }),
  tcn({ ...sizes, layers: 3, kernelSize: 2 }),
  waveNet({ ...sizes, dilations: [1, 2, 4, 1] }),
] as unknown as Some[];

const rng = Rng.seeded('receptive field');
const random = (...shape: number[]): Sequence => rng.fork(shape.join()).tensor(shape, (r) => r.normal()) as Sequence;

const frame = (of: Sequence, t: number): Tensor2D =>
  reshape(slice(of, [0, t, 0], [-1, 1, -1]), [of.shape[0], of.shape[2]]);

/** Parameters above 0, and positive inputs: no unit is off or saturated, and no two influences cancel. */
const positive = (cell: Some): Tree =>
  tree.map(cell.init(Rng.seeded(1)), ({ shape }) => Rng.seeded(2).tensor(shape, (r) => r.uniform(0.05, 0.3)));

it.each(cells)('$name: an output depends on the frames of its receptive field and no others', async (cell) => {
  const [time, touched] = [40, 3];
  const params = positive(cell);
  const inputs = rng.tensor([1, time, 2], (r) => r.uniform(0, 1)) as Sequence;
  const change = buffer([1, time, 2]);
  change.set(1, 0, touched, 1);
  const changed: Sequence = add(inputs, change.toTensor());
  const [before, after] = await Promise.all(
    [inputs, changed].map(async (x) => (await unroll(cell, params, x).outputs.array())[0] as number[][]),
  );
  const reached = before?.flatMap((y, t) => (y.every((value, i) => value === after?.[t]?.[i]) ? [] : [t])) as number[];
  const offsets = reached.map((t) => t - touched);
  expect(offsets.at(0)).toBe(0);
  expect(offsets.at(-1)).toBe(cell.receptiveField - 1);
});

it.each(cells)('$name: frame by frame from its state it gives what the whole sequence does', async (cell) => {
  const params = cell.init(Rng.seeded(1));
  const inputs = random(3, 12, 2);
  const whole = unroll(cell, params, inputs);
  const first = unroll(cell, params, slice(inputs, [0, 0, 0], [-1, 5, -1]) as Sequence);
  let { state } = first;
  for (let t = 5; t < 12; t++) {
    const next = cell.step(params, state, frame(inputs, t), undefined);
    state = next.state;
    const wanted = frame(whole.outputs, t);
    await expectTreesClose({ y: next.output }, { y: wanted }, { relative: 1e-5, absolute: 1e-5 });
  }
  await expectTreesClose({ state }, { state: whole.state }, { relative: 1e-5, absolute: 1e-5 });
});

it('within a stack under a mask with gaps, real frames are as though they stood alone', async () => {
  const cell = stack([
    tcn({ ...sizes, layers: 2, kernelSize: 3 }),
    residual(temporalBlock({ inputSize: 3, hiddenSize: 3, dilation: 2 })),
  ]) as unknown as Cell<Tree, Tree>;
  const params = cell.init(Rng.seeded(3));
  const inputs = random(1, 9, 2);
  const mask = tensor2d([[1, 1, 0, 0, 1, 1, 0, 1, 0]]);
  const real = [0, 1, 4, 5, 7];
  for (const reverse of [false, true]) {
    const masked = unroll(cell, params, inputs, { mask, reverse });
    const rows = (await inputs.array())[0] as number[][];
    const alone = Rng.seeded(0).tensor([1, 5, 2], () => 0) as Sequence;
    const packed = await alone.buffer();
    real.forEach((t, i) => {
      for (const k of [0, 1]) packed.set(rows[t]?.[k] as number, 0, i, k);
    });
    const short = unroll(cell, params, packed.toTensor() as Sequence, { reverse });
    const [found, wanted] = [(await masked.outputs.array())[0], (await short.outputs.array())[0]] as number[][][];
    for (const [t, y] of (found ?? []).entries()) {
      const at = real.indexOf(t);
      for (const [i, value] of y.entries()) expect(value).toBeCloseTo(at < 0 ? 0 : (wanted?.[at]?.[i] as number), 5);
    }
    await expectTreesClose(masked.state, short.state, { relative: 1e-5, absolute: 1e-5 });
  }
});
