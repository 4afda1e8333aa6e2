import { DataError, OptionError, Rng, ShapeError, valueAndGrad } from '@elman/core';
import {
  getBackend,
  mul,
  ones,
  type Scalar,
  type Tensor,
  tensor,
  tensor1d,
  tensor2d,
  tensor3d,
  zeros,
} from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import {
  accuracy,
  binaryCrossEntropy,
  type Loss,
  meanSquaredError,
  normal,
  softmaxCrossEntropy,
} from '../src/index.ts';
import { expectClose, expectGradient, number } from './differences.ts';

const rng = Rng.seeded('losses');
const int32 = (values: number[] | number[][]): Tensor => tensor(values as number[], undefined, 'int32');

async function gradientOf(f: (x: Tensor) => Loss, x: Tensor): Promise<number[]> {
  const { grads } = valueAndGrad(({ x: y }) => ({ loss: f(y).loss, aux: [] }), { x });
  return [...(await grads.x.data())];
}

describe('softmaxCrossEntropy', () => {
  it('of equal logits is ln V, and its count the number of targets', async () => {
    const { loss, count } = softmaxCrossEntropy(
      tensor3d([
        [
          [0, 0, 0, 0],
          [3, 3, 3, 3],
        ],
      ]),
      int32([[1, 2]]),
    );
    expect(await number(loss)).toBeCloseTo(Math.log(4), 6);
    expect(await number(count)).toBe(2);
  });

  it('of one column is 0, with a gradient of 0', async () => {
    const ids = tensor1d([0, 0], 'int32');
    const { value, grads } = valueAndGrad(
      (z) => ({ loss: softmaxCrossEntropy(z, ids).loss, aux: [] }),
      tensor2d([[3], [-1]]),
    );
    expect(await number(value)).toBe(0);
    expectClose(await grads.data(), [0, 0]);
  });

  it('agrees with the definition, smoothed or not', async () => {
    const z: number[][] = [
      [1, -2, 0.5],
      [0, 3, 1],
    ];
    const ids = [2, 0];
    for (const e of [0, 0.1, 0.5]) {
      const nats = z.map((row, i) => {
        const total = Math.log(row.reduce((sum, x) => sum + Math.exp(x), 0));
        return row.reduce((sum, x, v) => sum - ((v === ids[i] ? 1 - e : 0) + e / 3) * (x - total), 0);
      });
      const { loss } = softmaxCrossEntropy(tensor2d(z), int32(ids), { labelSmoothing: e });
      expect(await number(loss)).toBeCloseTo(((nats[0] as number) + (nats[1] as number)) / 2, 5);
    }
  });

  it.each([0, 0.2])(
    'has a gradient that agrees with finite differences, label smoothing %d',
    async (labelSmoothing) => {
      const ids = int32([
        [1, 3, 0],
        [2, 2, 4],
      ]);
      const mask = tensor2d([
        [1, 1, 0],
        [1, 0, 0],
      ]);
      const logits = normal(rng.fork('logits'), [2, 3, 5]);
      await expectGradient(({ z }) => softmaxCrossEntropy(z, ids, { labelSmoothing }).loss, { z: logits });
      await expectGradient(({ z }) => mul(softmaxCrossEntropy(z, ids, { labelSmoothing, mask }).loss, 3) as Scalar, {
        z: logits,
      });
    },
  );

  it('is finite at extreme logits', async () => {
    const logits = tensor2d([
      [1e4, 0, -1e4],
      [-1e30, 1e30, 0],
      [2, Number.NEGATIVE_INFINITY, 2],
    ]);
    const { loss } = softmaxCrossEntropy(logits, int32([0, 1, 2]));
    expect(await number(loss)).toBeCloseTo(Math.LN2 / 3, 6);
    const gradient = await gradientOf((z) => softmaxCrossEntropy(z, int32([0, 1, 2])), logits);
    expectClose(gradient, [0, 0, 0, 0, 0, 0, 1 / 6, 0, -1 / 6], 1e-6);
  });

  it('is not influenced by masked values: NaN, ids out of range', async () => {
    const bad = tensor2d([
      [1, 2],
      [Number.NaN, Number.POSITIVE_INFINITY],
      [0, 1],
    ]);
    const mask = tensor1d([1, 0, 1]);
    const whole = softmaxCrossEntropy(bad, int32([0, -1, 1]), { mask });
    const alone = softmaxCrossEntropy(
      tensor2d([
        [1, 2],
        [0, 1],
      ]),
      int32([0, 1]),
    );
    expect(await number(whole.loss)).toBeCloseTo(await number(alone.loss), 6);
    expect(await number(whole.count)).toBe(2);
    const gradient = await gradientOf((z) => softmaxCrossEntropy(z, int32([0, -1, 1]), { mask }), bad);
    expect(gradient.slice(2, 4)).toEqual([0, 0]);
    expect(gradient.every(Number.isFinite)).toBe(true);
  });

  it('refuses inputs that do not match, in one line', () => {
    const z = tensor3d([
      [
        [0, 0],
        [0, 0],
      ],
    ]);
    expect(() => softmaxCrossEntropy(z, int32([1, 0]))).toThrow('softmaxCrossEntropy: ids: expected [1, 2], got [2].');
    expect(() => softmaxCrossEntropy(z, tensor2d([[1, 0]]))).toThrow(
      "softmaxCrossEntropy: ids: expected int32, got float32; cast with tf.cast(ids, 'int32').",
    );
    expect(() => softmaxCrossEntropy(z, int32([[1, 0]]), { mask: tensor1d([1, 1]) })).toThrow(
      new ShapeError('softmaxCrossEntropy: mask: expected [1, 2], got [2].'),
    );
    expect(() => softmaxCrossEntropy(z, int32([[1, 0]]), { labelSmoothing: 1 })).toThrow(
      new OptionError('softmaxCrossEntropy: labelSmoothing: expected a number from 0 to below 1, got 1.'),
    );
  });
});

describe('binaryCrossEntropy', () => {
  it('agrees with the definition and stays finite', async () => {
    const { loss, count } = binaryCrossEntropy(tensor1d([0, 2, -1]), tensor1d([1, 0, 0.25]));
    const s = (x: number): number => 1 / (1 + Math.exp(-x));
    const wanted = -(Math.log(s(0)) + Math.log(1 - s(2)) + 0.25 * Math.log(s(-1)) + 0.75 * Math.log(1 - s(-1))) / 3;
    expect(await number(loss)).toBeCloseTo(wanted, 5);
    expect(await number(count)).toBe(3);
    const far = tensor1d([1e4, -1e4, 1e4]);
    expect(await number(binaryCrossEntropy(far, tensor1d([1, 0, 0])).loss)).toBeCloseTo(1e4 / 3, 1);
    const gradient = await gradientOf((z) => binaryCrossEntropy(z, tensor1d([1, 0, 0])), far);
    expectClose(gradient, [0, 0, 1 / 3], 1e-6);
  });

  it('has a gradient that agrees with finite differences, masked by frames or by bits', async () => {
    const targets = rng.fork('bits').tensor([2, 3, 2], (r) => r.integer(2));
    const z = normal(rng.fork('z'), [2, 3, 2]);
    await expectGradient((p) => binaryCrossEntropy(p.z, targets).loss, { z });
    const mask = tensor2d([
      [1, 1, 0],
      [0, 0, 1],
    ]);
    await expectGradient((p) => binaryCrossEntropy(p.z, targets, { mask }).loss, { z });
    expect(await number(binaryCrossEntropy(z, targets, { mask }).count)).toBe(6);
  });
});

describe('meanSquaredError', () => {
  it('is the mean of squares over unmasked targets', async () => {
    const y = tensor3d([
      [
        [1, 2],
        [9, Number.NaN],
      ],
    ]);
    const t = tensor3d([
      [
        [0, 4],
        [Number.NaN, 0],
      ],
    ]);
    const { loss, count } = meanSquaredError(y, t, { mask: tensor2d([[1, 0]]) });
    expect(await number(loss)).toBeCloseTo(2.5, 6);
    expect(await number(count)).toBe(2);
    expect(await gradientOf((x) => meanSquaredError(x, t, { mask: tensor2d([[1, 0]]) }), y)).toEqual([1, -2, 0, 0]);
  });

  it('has a gradient that agrees with finite differences w.r.t. outputs and targets', async () => {
    const at = { y: normal(rng.fork('y'), [2, 3]), t: normal(rng.fork('t'), [2, 3]) };
    await expectGradient(({ y, t }) => meanSquaredError(y, t).loss, at);
    await expectGradient(
      ({ y, t }) =>
        meanSquaredError(y, t, {
          mask: tensor2d([
            [1, 0, 1],
            [1, 1, 1],
          ]),
        }).loss,
      at,
    );
  });

  it('refuses shapes that differ', () => {
    expect(() => meanSquaredError(tensor1d([1]), tensor1d([1, 2]))).toThrow(
      'meanSquaredError: targets: expected [1], got [2].',
    );
    expect(() => meanSquaredError(tensor2d([[1, 2]]), tensor2d([[1, 2]]), { mask: tensor1d([1, 1]) })).toThrow(
      'meanSquaredError: mask: expected [1, 2] or its first axes alone, got [2].',
    );
  });
});

describe('empty tensors', () => {
  it.each([[[0, 4, 3]], [[2, 0, 3]], [[0, 3]]])('of shape [%s] are refused, as they have no mean', (shape) => {
    const x = zeros(shape);
    const ids = zeros(shape.slice(0, -1), 'int32');
    const rest = `expected one number or more, got [${shape.join(', ')}]; leave empty batches out.`;
    for (const mask of [undefined, zeros(shape.slice(0, -1))]) {
      expect(() => softmaxCrossEntropy(x, ids, { mask })).toThrow(`softmaxCrossEntropy: logits: ${rest}`);
      expect(() => accuracy(x, ids, { mask })).toThrow(`accuracy: logits: ${rest}`);
      expect(() => binaryCrossEntropy(x, x, { mask })).toThrow(`binaryCrossEntropy: logits: ${rest}`);
      expect(() => meanSquaredError(x, x, { mask })).toThrow(`meanSquaredError: outputs: ${rest}`);
    }
  });
});

describe('a mask of zeros', () => {
  const mask = tensor1d([0, 0]);
  const losses: { name: string; loss: (x: Tensor) => Loss; x: Tensor }[] = [
    {
      name: 'softmaxCrossEntropy',
      loss: (x) => softmaxCrossEntropy(x, int32([0, 1]), { mask }),
      x: tensor2d([
        [1, 2],
        [3, 4],
      ]),
    },
    { name: 'binaryCrossEntropy', loss: (x) => binaryCrossEntropy(x, tensor1d([0, 1]), { mask }), x: tensor1d([1, 2]) },
    { name: 'meanSquaredError', loss: (x) => meanSquaredError(x, tensor1d([0, 1]), { mask }), x: tensor1d([1, 2]) },
  ];
  it.each(losses)('makes $name 0, without a gradient', async ({ loss, x }) => {
    expect(await number(loss(x).loss)).toBe(0);
    expect(await number(loss(x).count)).toBe(0);
    for (const value of await gradientOf(loss, x)) expect(Math.abs(value)).toBe(0);
  });
});

describe('accuracy', () => {
  it('is exactly 1 if all are correct', async () => {
    const size = 5119;
    const logits = tensor2d(Array.from({ length: size }, () => [2, 1]));
    const ids = int32(Array<number>(size).fill(0));
    expect(await number(accuracy(logits, ids))).toBe(1);
    expect(await number(accuracy(logits, ids, { mask: ones([size]) }))).toBe(1);
  });

  it('counts correct unmasked targets', async () => {
    const logits = tensor3d([
      [
        [0, 1],
        [2, 0],
        [0, 3],
      ],
      [
        [1, 0],
        [1, 0],
        [0, 1],
      ],
    ]);
    const ids = int32([
      [1, 1, 1],
      [0, 1, 0],
    ]);
    expect(await number(accuracy(logits, ids))).toBeCloseTo(0.5, 6);
    expect(
      await number(
        accuracy(logits, ids, {
          mask: tensor2d([
            [1, 0, 1],
            [1, 0, 1],
          ]),
        }),
      ),
    ).toBeCloseTo(0.75, 6);
    expect(
      await number(
        accuracy(logits, ids, {
          mask: tensor2d([
            [0, 0, 0],
            [0, 0, 0],
          ]),
        }),
      ),
    ).toBe(0);
  });
});

/** On these backends tensors can be read synchronously. */
describe.runIf(['cpu', 'wasm'].includes(getBackend()))('targets out of range', () => {
  const logits = zeros([2, 2, 2]);

  it('and masks with other numbers than 0 and 1 are refused', () => {
    const mask = tensor2d([[1, 0.5]]);
    const calls = {
      softmaxCrossEntropy: () => softmaxCrossEntropy(zeros([1, 2, 3]), int32([[0, 1]]), { mask }),
      accuracy: () => accuracy(zeros([1, 2, 3]), int32([[0, 1]]), { mask }),
      binaryCrossEntropy: () => binaryCrossEntropy(zeros([1, 2, 3]), zeros([1, 2, 3]), { mask }),
      meanSquaredError: () => meanSquaredError(zeros([1, 2, 3]), zeros([1, 2, 3]), { mask }),
    };
    for (const [name, call] of Object.entries(calls)) {
      expect(call).toThrow(new DataError(`${name}: mask: expected 0 or 1, got 0.5 at [0, 1]; 1 is for what is real.`));
    }
  });

  it('are refused, naming their index', () => {
    const refused = (ids: number[][], found: string): void => {
      for (const [name, f] of Object.entries({ softmaxCrossEntropy, accuracy })) {
        expect(() => f(logits, int32(ids))).toThrow(
          new DataError(
            `${name}: ids: expected 0 to 1, got ${found}; there are 2 logits; mask targets that do not count.`,
          ),
        );
      }
    };
    refused(
      [
        [0, 1],
        [5, 0],
      ],
      '5 at [1, 0]',
    );
    refused(
      [
        [0, -100],
        [5, 0],
      ],
      '-100 at [0, 1]',
    );
  });

  it('are refused of bits, also in a frame that counts', () => {
    const bits = tensor3d([
      [
        [0, 1],
        [1, 2],
      ],
      [
        [0, 0.5],
        [Number.NaN, 1],
      ],
    ]);
    const mask = (rows: number[][]): Tensor => tensor2d(rows);
    expect(() => binaryCrossEntropy(logits, bits)).toThrow(
      new DataError(
        'binaryCrossEntropy: targets: expected 0 to 1, got 2 at [0, 1, 1]; give each bit as 0, 1 or a probability.',
      ),
    );
    expect(() =>
      binaryCrossEntropy(logits, bits, {
        mask: mask([
          [1, 0],
          [1, 1],
        ]),
      }),
    ).toThrow(/got NaN at \[1, 1, 0\]/);
    binaryCrossEntropy(logits, bits, {
      mask: mask([
        [1, 0],
        [1, 0],
      ]),
    });
  });

  it('may have any value where the mask, of any dtype, is 0', () => {
    for (const dtype of ['float32', 'int32', 'bool'] as const) {
      const mask = tensor2d([0, 1, 1, 0], [2, 2], dtype);
      accuracy(
        logits,
        int32([
          [7, 1],
          [0, -100],
        ]),
        { mask },
      );
      softmaxCrossEntropy(
        logits,
        int32([
          [7, 1],
          [0, -100],
        ]),
        { mask },
      );
    }
  });
});
