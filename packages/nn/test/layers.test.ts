import { DataError, OptionError, Rng, ShapeError } from '@elman/core';
import {
  getBackend,
  memory,
  mul,
  ones,
  type Scalar,
  scalar,
  slice,
  square,
  sum,
  type Tensor,
  tensor,
  tensor2d,
  tensor3d,
  zeros,
} from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { causalConv1d, dense, dropout, embedding, layerNorm, normal, rmsNorm } from '../src/index.ts';
import { expectClose, expectGradient } from './differences.ts';

const rng = Rng.seeded('layers');
const x = normal(rng.fork('x'), [2, 3, 4]);
const weigh = (y: Tensor): Scalar =>
  sum(
    mul(
      y,
      rng.fork('weights').tensor(y.shape, (r) => r.normal()),
    ),
  );

describe('dense', () => {
  it('is x·kernel + bias over the last axis, at any rank', async () => {
    const layer = dense({ inputSize: 2, outputSize: 1 });
    const params = { kernel: tensor2d([[2], [3]]), bias: tensor([10]) as never };
    expect(
      await layer
        .apply(
          params,
          tensor2d([
            [1, 1],
            [0, 2],
          ]),
        )
        .array(),
    ).toEqual([[15], [16]]);
    expect(layer.apply(params, ones([4, 3, 2]) as Tensor).shape).toEqual([4, 3, 1]);
    expect(await layer.apply({ kernel: params.kernel }, tensor([1, 1])).array()).toEqual([5]);
  });

  it('has a gradient that agrees with finite differences', async () => {
    for (const bias of [true, false]) {
      const layer = dense({ inputSize: 4, outputSize: 2, bias });
      const params = layer.init(rng.fork('dense'));
      expect('bias' in params).toBe(bias);
      await expectGradient((p) => weigh(square(layer.apply(p.params, p.x))), { params, x });
    }
  });

  it('refuses a wrong width and invalid sizes', () => {
    const layer = dense({ inputSize: 3, outputSize: 2 });
    expect(() => layer.apply(layer.init(rng), x)).toThrow(
      new ShapeError('dense: input: expected […, inputSize=3], got [2, 3, 4].'),
    );
    expect(() => dense({ inputSize: 0, outputSize: 2 })).toThrow(
      new OptionError('dense: inputSize: expected a positive whole number, got 0.'),
    );
  });
});

describe('embedding', () => {
  const layer = embedding({ vocabSize: 5, size: 3 });
  const params = layer.init(rng.fork('embedding'));

  it('looks up rows for ids of any shape', async () => {
    const ids = tensor(
      [
        [4, 0],
        [2, 4],
      ],
      undefined,
      'int32',
    );
    const rows = (await layer.apply(params, ids).array()) as number[][][];
    const table = (await params.table.array()) as number[][];
    expect(rows).toEqual([
      [table[4], table[0]],
      [table[2], table[4]],
    ]);
    expect(layer.apply(params, scalar(3, 'int32')).shape).toEqual([3]);
  });

  it('sums the gradient of a repeated id', async () => {
    const ids = tensor(
      [
        [4, 0, 1],
        [2, 4, 3],
      ],
      undefined,
      'int32',
    );
    await expectGradient((p) => weigh(square(layer.apply(p, ids))), params);
  });

  it('refuses ids that are not int32', () => {
    expect(() => layer.apply(params, tensor([1, 2]))).toThrow(
      new ShapeError("embedding: ids: expected int32, got float32; cast with tf.cast(ids, 'int32')."),
    );
  });

  it.runIf(['cpu', 'wasm'].includes(getBackend()))('refuses ids out of range where they can be read', () => {
    for (const id of [5, -1]) {
      expect(() => layer.apply(params, tensor2d([4, id], [1, 2], 'int32'))).toThrow(
        new DataError(
          `embedding: ids: expected 0 to 4, got ${id} at [0, 1]; the vocabulary has 5 ids; encode with the tokenizer that the ` +
            'model was made for.',
        ),
      );
    }
    expect(() => layer.apply(params, scalar(9, 'int32'))).toThrow(/got 9 at \[\]/);
  });
});

describe('norms', () => {
  it('layerNorm has mean bias and deviation gain for any scale of the input', async () => {
    const layer = layerNorm({ size: 4, epsilon: 1e-9 });
    const params = { gain: mul(ones([4]), 2) as never, bias: mul(ones([4]), 5) as never };
    const rows = (await layer.apply(params, mul(x, 100)).array()) as number[][][];
    for (const row of rows.flat()) {
      const mean = row.reduce((a, b) => a + b, 0) / 4;
      expect(mean).toBeCloseTo(5, 3);
      expect(row.reduce((a, b) => a + (b - mean) ** 2, 0) / 4).toBeCloseTo(4, 2);
    }
  });

  it('rmsNorm has mean square gain²', async () => {
    const layer = rmsNorm({ size: 4, epsilon: 1e-9 });
    const rows = (await layer.apply({ gain: mul(ones([4]), 3) as never }, x).array()) as number[][][];
    for (const row of rows.flat()) expect(row.reduce((a, b) => a + b * b, 0) / 4).toBeCloseTo(9, 2);
  });

  it('has a gradient that agrees with finite differences', async () => {
    const noise = { gain: normal(rng.fork('gain'), [4]), bias: normal(rng.fork('bias'), [4]) };
    await expectGradient((p) => weigh(layerNorm({ size: 4 }).apply(p.noise, p.x)), { noise, x });
    await expectGradient((p) => weigh(rmsNorm({ size: 4 }).apply(p.noise, p.x)), { noise: { gain: noise.gain }, x });
  });

  it('of a constant row is the bias, not NaN', async () => {
    const layer = layerNorm({ size: 4 });
    const y = await layer.apply(layer.init(), ones([1, 4]) as Tensor).data();
    expect([...y]).toEqual([0, 0, 0, 0]);
  });

  it('refuses a wrong width', () => {
    const layer = layerNorm({ size: 3 });
    expect(() => layer.apply(layer.init(), x)).toThrow(
      new ShapeError('layerNorm: input: expected […, size=3], got [2, 3, 4].'),
    );
  });
});

describe('dropout', () => {
  it('keeps the expectation, drops the rate and scales the rest', async () => {
    const y = await dropout(ones([100, 50]), 0.3, Rng.seeded('noise')).data();
    const dropped = y.filter((value) => value === 0).length;
    expect(Math.abs(dropped / 5000 - 0.3)).toBeLessThan(4 * Math.sqrt((0.3 * 0.7) / 5000));
    for (const value of y) if (value !== 0) expect(value).toBeCloseTo(1 / 0.7, 5);
  });

  it('is the input outside training and at rate 0, in a new tensor', async () => {
    for (const y of [dropout(x, 0.9), dropout(x, 0, rng.fork('none'))]) {
      expect(y).not.toBe(x);
      expect(await y.data()).toEqual(await x.data());
    }
  });

  it('draws the same noise for the same seed, and has the gradient through it', async () => {
    const noisy = (y: Tensor): Tensor => dropout(y, 0.5, Rng.seeded('same'));
    expect(await noisy(x).data()).toEqual(await noisy(x).data());
    await expectGradient((p) => weigh(square(noisy(p.x))), { x });
  });

  it('refuses an invalid rate', () => {
    expect(() => dropout(x, 1)).toThrow(new OptionError('dropout: rate: expected a number from 0 to below 1, got 1.'));
  });
});

describe('causalConv1d', () => {
  it('refuses inputs without rows or frames', () => {
    const layer = causalConv1d({ inputSize: 1, outputSize: 1, kernelSize: 2 });
    const params = layer.init(Rng.seeded(1));
    for (const shape of [
      [0, 4, 1],
      [2, 0, 1],
    ] as const) {
      expect(() => layer.apply(params, zeros(shape as never))).toThrow(
        `causalConv1d: inputs: expected one number or more, got [${shape.join(', ')}]; leave empty batches out.`,
      );
    }
  });

  it('is the sum over taps, the last tap being the present', async () => {
    const layer = causalConv1d({ inputSize: 1, outputSize: 1, kernelSize: 3, dilation: 2 });
    const params = { kernel: tensor3d([[[100]], [[10]], [[1]]]), bias: tensor([0]) as never };
    const y = await layer.apply(params, tensor3d([[[1], [2], [3], [4], [5], [6]]])).data();
    expect([...y]).toEqual([1, 2, 13, 24, 135, 246]);
  });

  it.each([
    [1, 1],
    [2, 1],
    [3, 2],
    [2, 5],
  ])('kernel %i, dilation %i: depends only on its receptive field', async (kernelSize, dilation) => {
    const layer = causalConv1d({ inputSize: 1, outputSize: 1, kernelSize, dilation });
    expect(layer.receptiveField).toBe(1 + (kernelSize - 1) * dilation);
    const params = layer.init(rng.fork('convolution'));
    const time = 7;
    const touched = 2;
    const impulse = tensor3d([Array.from({ length: time }, (_, t) => [t === touched ? 1 : 0])]);
    const [changed, rest] = await Promise.all(
      [impulse, zeros([1, time, 1])].map((i) => layer.apply(params, i as never).data()),
    );
    const reached = Array.from({ length: time }, (_, t) => t).filter((t) => changed?.[t] !== rest?.[t]);
    const wanted = Array.from({ length: kernelSize }, (_, k) => touched + k * dilation).filter((t) => t < time);
    expect(reached).toEqual(wanted);
  });

  it('has a gradient that agrees with finite differences, dilated too', async () => {
    const inputs = normal(rng.fork('inputs'), [2, 5, 2]);
    for (const dilation of [1, 2]) {
      const layer = causalConv1d({ inputSize: 2, outputSize: 2, kernelSize: 2, dilation });
      const params = layer.init(rng.fork('convolution'));
      await expectGradient((p) => weigh(square(layer.apply(p.params, p.inputs))), { params, inputs });
    }
  });

  it('has the same outputs for a prefix as for the complete sequence', async () => {
    const layer = causalConv1d({ inputSize: 4, outputSize: 2, kernelSize: 3 });
    const params = layer.init(rng.fork('convolution'));
    const whole = await slice(layer.apply(params, x), [0, 0, 0], [2, 2, 2]).data();
    const prefix = await layer.apply(params, slice(x, [0, 0, 0], [2, 2, 4])).data();
    expectClose(whole, prefix);
  });

  it('refuses inputs that are not a sequence', () => {
    const layer = causalConv1d({ inputSize: 4, outputSize: 2, kernelSize: 3 });
    expect(() => layer.apply(layer.init(rng), ones([2, 4]) as never)).toThrow(
      new ShapeError('causalConv1d: inputs: expected [batch, time, inputSize=4], got [2, 4].'),
    );
  });
});

it('every layer keeps only its output', () => {
  const ids = tensor([1, 0], undefined, 'int32');
  const convolution = causalConv1d({ inputSize: 4, outputSize: 2, kernelSize: 2 });
  const linear = dense({ inputSize: 4, outputSize: 2 });
  const table = embedding({ vocabSize: 3, size: 2 });
  const norm = layerNorm({ size: 4 });
  const params = [convolution.init(rng), linear.init(rng), table.init(rng), norm.init()] as const;
  const calls: (() => Tensor)[] = [
    () => convolution.apply(params[0], x),
    () => linear.apply(params[1], x),
    () => table.apply(params[2], ids),
    () => norm.apply(params[3], x),
  ];
  for (const call of calls) {
    const before = memory().numTensors;
    const y = call();
    expect(memory().numTensors).toBe(before + 1);
    y.dispose();
  }
});
