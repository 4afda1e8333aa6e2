import { Rng, type Sequence, tree, valueAndGrad } from '@elman/core';
import { checkGradient, countTensors, expectTreesClose } from '@elman/testkit';
import {
  cast,
  getBackend,
  grad,
  mul,
  reshape,
  type Scalar,
  square,
  sum,
  type Tensor1D,
  type Tensor2D,
  tensor1d,
  tensor2d,
  tensor3d,
  tidy,
} from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import fixture from '../fixtures/torch.json' with { type: 'json' };
import { type CtcReduction, type CtcTargets, ctcLoss } from '../src/index.ts';
import { lossOnTensors } from '../src/loss-on-tensors.ts';
import { drawLogits, labellings, labelsOf, sequenceOf } from './brute-force.ts';

const onTensors = !['cpu', 'wasm'].includes(getBackend());
const logitsOf = (seed: number, batch: number, time: number, classes: number): Sequence =>
  Rng.seeded(seed).tensor([batch, time, classes], (r) => r.normal()) as Sequence;

/** Numbers of a tensor, which is disposed. */
async function read(tensor: { data(): Promise<ArrayLike<number>>; dispose(): void }): Promise<number[]> {
  const values = Array.from(await tensor.data());
  tensor.dispose();
  return values;
}

/** Few on backends where every shape compiles its own shaders, which takes seconds. */
const isTried = (i: number): boolean => !onTensors || [17, 28].includes(i);

describe('torch.nn.CTCLoss', () => {
  for (const [i, found] of fixture.cases.entries()) {
    if (!isTried(i)) continue;
    const { shape, blank, inputLengths, targets, zeroInfinity } = found;
    const reduction = found.reduction as CtcReduction;
    it(`${i}: [${shape}], blank ${blank}, ${reduction}${zeroInfinity ? ', zeroInfinity' : ''}`, async () => {
      const logits = tensor3d(found.logits, shape as [number, number, number]);
      const weights = tensor1d(targets.map((_, row) => row + 1));
      const options = { blank, inputLengths, reduction, zeroInfinity };
      const { value, grads, aux } = valueAndGrad((z) => {
        const losses = ctcLoss(z, targets, options);
        const loss: Scalar = reduction === 'none' ? sum(mul(losses, weights)) : (losses as Scalar);
        return { loss, aux: losses };
      }, logits);
      const shapeOfLoss = reduction === 'none' ? [targets.length] : [];
      await expectTreesClose(reshape(aux, [-1]), tensor1d(found.loss), { where: `loss [${shapeOfLoss}]` });
      await expectTreesClose(grads, tensor3d(found.gradient, shape as [number, number, number]), { where: 'gradient' });
      tree.dispose([logits, weights, value, grads, aux]);
    });
  }
});

/** The same loss by the ops of the backend, on any backend. */
function byOps(logits: Sequence, labels: Tensor2D, lengths: number[], real?: Tensor2D, zeroInfinity = false): Tensor1D {
  return tidy(() => lossOnTensors(logits, { labels, lengths: tensor1d(lengths), real }, { blank: 0, zeroInfinity }));
}

describe('the recursion by ops', () => {
  it('equals the kernel, value and gradient, with lengths and skipped frames', async () => {
    const logits = logitsOf(4, 3, 7, 4);
    const labels = tensor2d(
      [
        [1, 1, 2],
        [3, -1, -1],
        [0, 0, 0],
      ],
      [3, 3],
      'int32',
    ); // arbitrary padding
    const mask = tensor2d([
      [1, 1, 0, 1, 1, 1, 1],
      [0, 1, 1, 1, 0, 0, 1],
      [1, 1, 1, 0, 0, 0, 0],
    ]);
    const weights = tensor1d([0.5, -2, 0]);
    const ours = valueAndGrad((z) => {
      const losses = ctcLoss(z, labels, { mask, targetLengths: tensor1d([3, 1, 0], 'int32'), reduction: 'none' });
      return { loss: sum<Scalar>(mul(losses, weights)), aux: losses };
    }, logits);
    const ops = valueAndGrad((z) => {
      const losses = byOps(z, labels, [3, 1, 0], cast(mask, 'bool'));
      return { loss: sum<Scalar>(mul(losses, weights)), aux: losses };
    }, logits);
    await expectTreesClose(ours.aux, ops.aux);
    await expectTreesClose(ours.grads, ops.grads);
    const alone = byOps(logits, labels, [3, 1, 0], cast(mask, 'bool')); // without a gradient tape
    await expectTreesClose(alone, ops.aux);
  });

  it('has an infinite loss for rows without an alignment', async () => {
    const logits = logitsOf(5, 2, 3, 3);
    const labels = tensor2d(
      [
        [1, 1, 1],
        [1, 2, 1],
      ],
      [2, 3],
      'int32',
    );
    for (const zeroInfinity of [false, true]) {
      const gradient = grad((z) => sum(byOps(z as Sequence, labels, [3, 3], undefined, zeroInfinity)))(logits);
      const [loss, slopes] = [await read(byOps(logits, labels, [3, 3], undefined, zeroInfinity)), await read(gradient)];
      expect(loss[0]).toBe(zeroInfinity ? 0 : Number.POSITIVE_INFINITY);
      expect(loss[1]).toBeGreaterThan(0);
      expect(slopes.slice(0, 9).every((slope) => (zeroInfinity ? slope === 0 : Number.isNaN(slope)))).toBe(true);
      expect(slopes.slice(9).every((slope) => Math.abs(slope) < 1)).toBe(true);
    }
  });
});

describe('ctcLoss', () => {
  it('is the sum over all alignments', async () => {
    for (let seed = 0; seed < (onTensors ? 1 : 12); seed++) {
      const rng = Rng.seeded(seed);
      const [time, classes] = [1 + rng.integer(5), 2 + rng.integer(2)];
      const blank = rng.integer(classes);
      const logits = drawLogits(rng, time, classes);
      const worth = [...labellings(logits, blank)];
      const sequence = sequenceOf(worth.map(() => logits));
      const targets = worth.map(([key]) => labelsOf(key));
      const losses = await read(ctcLoss(sequence, targets, { blank, reduction: 'none' }));
      worth.forEach(([key, probability], row) => {
        expect(losses[row], key).toBeCloseTo(-Math.log(probability), 4);
      });
      sequence.dispose();
    }
  });

  it('has a gradient that agrees with finite differences', async () => {
    const logits = logitsOf(2, 2, 5, 4);
    const targets = [[1, 1, 3], [2]];
    await checkGradient((z) => ctcLoss(z, targets, { inputLengths: [5, 4], reduction: 'none' }), logits);
    await checkGradient((z) => ctcLoss(z, targets, { blank: 0 }), logits);
  });

  it.runIf(['cpu', 'wasm'].includes(getBackend()))('refuses a mask with other numbers than 0 and 1', () => {
    const call = (): unknown => ctcLoss(logitsOf(7, 1, 2, 3), [[1]], { mask: tensor2d([[1, 2]]) });
    expect(call).toThrow('ctcLoss: mask: expected 0 or 1, got 2 at [0, 1]; 1 is for what is real.');
  });

  it('takes lengths and targets as arrays and as tensors, and a mask, alike', async () => {
    const logits = logitsOf(7, 2, 6, 4);
    const plain = await read(ctcLoss(logits, [[1, 2], [3]], { inputLengths: [6, 4] }));
    const labels = tensor2d(
      [
        [1, 2],
        [3, 1],
      ],
      [2, 2],
      'int32',
    );
    const mask = tensor2d([
      [1, 1, 1, 1, 1, 1],
      [1, 1, 1, 1, 0, 0],
    ]);
    const lengths = tensor1d([6, 4], 'int32');
    const others = [
      ctcLoss(logits, labels, { inputLengths: lengths, targetLengths: tensor1d([2, 1], 'int32') }),
      ctcLoss(logits, labels, { mask, targetLengths: [2, 1] }),
      ctcLoss(
        logits,
        [
          [1, 2],
          [3, 9],
        ],
        { inputLengths: lengths, targetLengths: [2, 1] },
      ),
    ];
    for (const other of others) expect((await read(other))[0]).toBeCloseTo(plain[0] as number, 4);
    const empty = tensor2d([], [2, 0], 'int32');
    const blanks = await read(ctcLoss(logits, empty, { reduction: 'none' }));
    const [first] = await read(ctcLoss(logits, [[], []], { reduction: 'sum' }));
    expect((blanks[0] as number) + (blanks[1] as number)).toBeCloseTo(first as number, 4);
  });

  it('is independent of frames beyond a row, even if NaN', async () => {
    const values = await read(logitsOf(8, 1, 5, 3));
    const short = tensor3d(values.slice(0, 9), [1, 3, 3]);
    const padded = tensor3d([...values.slice(0, 9), ...Array<number>(6).fill(Number.NaN)], [1, 5, 3]);
    const slopes = valueAndGrad((z) => ({ loss: ctcLoss(z, [[1, 2]], { inputLengths: [3] }), aux: [] }), padded);
    const expected = valueAndGrad((z) => ({ loss: ctcLoss(z, [[1, 2]]), aux: [] }), short);
    await expectTreesClose(slopes.value, expected.value);
    const found = await read(slopes.grads);
    expect(found.slice(9)).toEqual(Array(6).fill(0));
    await expectTreesClose(tensor3d(found.slice(0, 9), [1, 3, 3]), expected.grads);
  });

  it('allows forbidden classes: a row that needs one has the loss ∞, or 0 with zeroInfinity', async () => {
    const forbidden = tensor3d([0, Number.NEGATIVE_INFINITY, 0, 0, Number.NEGATIVE_INFINITY, 0], [1, 2, 3]);
    expect((await read(ctcLoss(forbidden, [[2]])))[0]).toBeCloseTo(-Math.log(0.75), 5);
    expect(await read(ctcLoss(forbidden, [[1]]))).toEqual([Number.POSITIVE_INFINITY]);
    expect(await read(ctcLoss(forbidden, [[1]], { zeroInfinity: true }))).toEqual([0]);
  });

  it('is NaN for NaN logits', async () => {
    const logits = tensor3d([0, 1, Number.NaN, 0, 1, 0], [1, 3, 2]);
    expect(await read(ctcLoss(logits, [[1]]))).toEqual([Number.NaN]);
  });

  it('is exact over many frames', async () => {
    const time = onTensors ? 30 : 1000;
    const logits = tensor3d(new Float32Array(time * 2), [1, time, 2]);
    // Two equally likely classes: of the 2^T paths T·(T + 1)/2 have a single run of the one label.
    const [loss] = await read(ctcLoss(logits, [[1]]));
    const expected = time * Math.LN2 - Math.log((time * (time + 1)) / 2);
    expect(Math.abs((loss as number) / expected - 1)).toBeLessThan(1e-5);
  });

  it('leaks nothing', async () => {
    const logits = logitsOf(3, 2, 4, 3);
    const targets: CtcTargets = [[1, 2], [1]];
    const once = (): void => {
      ctcLoss(logits, targets).dispose();
      const { value, grads } = valueAndGrad((z) => ({ loss: ctcLoss(z, targets), aux: [] }), logits);
      tree.dispose([value, grads]);
    };
    once();
    expect(countTensors(once)).toBe(0);
  });

  it('refuses second-order gradients', () => {
    const logits = logitsOf(3, 1, 3, 3);
    const slope = grad((z) => ctcLoss(z as Sequence, [[1]]));
    expect(() => grad((z) => sum(square(slope(z))))(logits)).toThrow('the gradient of a gradient');
  });

  it('refuses invalid arguments in one line', () => {
    const logits = logitsOf(3, 2, 4, 3);
    const of =
      (targets: CtcTargets, options = {}) =>
      () =>
        ctcLoss(logits, targets, options);
    expect(of([[1, 3], []])).toThrow('targets: row 0: expected labels from 0 to 2 but not the blank, got 3, at 1.');
    expect(of([[1], [2, 0]])).toThrow('row 1: expected labels from 0 to 2 but not the blank, got 0, the blank, at 1.');
    expect(of([[1], [2, 2, 2]])).toThrow('row 1: expected 5 frames or more for 3 labels');
    expect(of([[1], [2, 2]], { inputLengths: [4, 2] })).toThrow('row 1: expected 3 frames or more for 2 labels');
    expect(of([[1]])).toThrow('targets: expected 2 rows, as logits have, got 1.');
    expect(of([[1], []], { blank: 3 })).toThrow('blank: expected a class from 0 to 2, got 3.');
    expect(of([[1], []], { inputLengths: [4] })).toThrow('inputLengths: expected 2 numbers');
    expect(of([[1], []], { inputLengths: [4, 5] })).toThrow(
      'inputLengths: row 1: expected a length from 0 to 4, got 5.',
    );
    expect(of([[1], []], { targetLengths: [2, 0] })).toThrow('targetLengths: row 0: expected a length from 0 to 1');
    expect(of([[1], []], { reduction: 'all' })).toThrow("reduction: expected 'mean', 'sum' or 'none', got \"all\".");
    expect(() => ctcLoss(reshape(logits, [4, 6]) as unknown as Sequence, [])).toThrow(
      'expected [batch, time, classes]',
    );
  });
});
