import { ElmanError, type Frame, Rng, type Sequence, ShapeError, tree, valueAndGrad } from '@elman/core';
import { countTensors, expectTreesClose } from '@elman/testkit';
import {
  cast,
  engine,
  grads,
  memory,
  mul,
  type Scalar,
  square,
  sum,
  type Tensor,
  type Tensor2D,
  tensor2d,
  tidy,
  zeros,
} from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { hasLstmSequence, type LstmSequence, lstmSequence } from '../src/index.ts';
import { casesOf, near, onGpu } from './describe-sequence.ts';
import { parametersOf, portableSequence, resultAndGradients, type Sizes, weightsOf } from './reference.ts';

/** Rows of lengths 0, 1, 2, … up to the number of frames, or gaps anywhere. */
const masks: { readonly [kind: string]: (rng: Rng, sizes: Sizes) => Tensor2D | undefined } = {
  'no mask': () => undefined,
  lengths: (_, { batch, time }) => maskOf(batch, time, (row, t) => t < row % (time + 1)),
  holes: (rng, { batch, time }) => maskOf(batch, time, () => rng.uniform() < 0.5),
};

function maskOf(batch: number, time: number, real: (row: number, t: number) => boolean): Tensor2D {
  const values = Float32Array.from({ length: batch * time }, (_, i) => (real(Math.floor(i / time), i % time) ? 1 : 0));
  return tensor2d(values, [batch, time]);
}

/** Bytes of the heap of the wasm backend; others have none. */
function heapSize(): number | undefined {
  return (engine().backend as { readonly wasm?: { readonly HEAPU8: Uint8Array } }).wasm?.HEAPU8.length;
}

async function expectSame(rng: Rng, sizes: Sizes, options: Pick<LstmSequence, 'mask' | 'reverse'>, scale = 1) {
  const parameters = parametersOf(rng, sizes, scale);
  const weights = weightsOf(rng.fork('weights'), sizes);
  const actual = resultAndGradients(lstmSequence, parameters, weights, options);
  const expected = resultAndGradients(portableSequence, parameters, weights, options);
  await expectTreesClose(actual, expected, { ...near(1e-30), where: JSON.stringify(sizes) });
  tree.dispose([parameters, { ...weights }, actual, expected]);
}

describe('lstmSequence', () => {
  for (const [kind, mask] of Object.entries(masks)) {
    for (const reverse of [false, true]) {
      it(`equals the frame-by-frame computation, in values and gradients: ${kind}${reverse ? ', reverse' : ''}`, async () => {
        const rng = Rng.seeded(`${kind} ${reverse}`);
        for (const sizes of casesOf(rng)) {
          const here = rng.fork(JSON.stringify(sizes));
          await expectSame(here, sizes, { mask: mask(here, sizes), reverse });
        }
      });
    }
  }

  it.each([30, 1e-4, 1e-19, 1e-36])('equals the frame-by-frame computation on numbers up to %f', async (scale) => {
    const sizes = { batch: 3, time: 6, hidden: 7 };
    await expectSame(Rng.seeded(`scale ${scale}`), sizes, {}, scale);
  });

  it('takes masks of other types', async () => {
    const sizes = { batch: 2, time: 3, hidden: 3 };
    const mask = tensor2d([1, 1, 0, 1, 0, 0], [2, 3]);
    for (const other of [cast(mask, 'bool'), cast(mask, 'int32')] as Tensor2D[]) {
      const parameters = parametersOf(Rng.seeded(1), sizes);
      const expected = lstmSequence({ ...parameters, mask });
      await expectTreesClose({ ...lstmSequence({ ...parameters, mask: other }) }, { ...expected }, { relative: 0 });
    }
  });

  it('keeps the state of masked rows, without influence of their padding', async () => {
    const { projected, ...rest } = parametersOf(Rng.seeded(2), { batch: 2, time: 3, hidden: 4 });
    const bad = mul(projected, Number.NaN) as Sequence;
    const { outputs, h, c } = lstmSequence({ ...rest, projected: bad, mask: zeros([2, 3]) });
    await expectTreesClose({ h, c }, { h: rest.h, c: rest.c }, { relative: 0, absolute: 0 });
    await expectTreesClose(outputs, zeros([2, 3, 4]), { relative: 0, absolute: 0 });
  });

  it('has correct gradients if only some results are used and only some gradients requested', async () => {
    const sizes = { batch: 2, time: 4, hidden: 3 };
    const parameters = parametersOf(Rng.seeded(3), sizes);
    for (const used of ['outputs', 'h', 'c'] as const) {
      const loss = (sequence: typeof lstmSequence) => (kernel: Tensor) => {
        return sum(square(sequence({ ...parameters, recurrentKernel: kernel as Tensor2D })[used])) as Scalar;
      };
      const [actual] = grads(loss(lstmSequence))([parameters.recurrentKernel]) as [Tensor];
      const [expected] = grads(loss(portableSequence))([parameters.recurrentKernel]) as [Tensor];
      await expectTreesClose(actual, expected, { ...near(0), where: used });
    }
  });

  it('passes a state to the next sequence, through which gradients flow', async () => {
    const sizes = { batch: 2, time: 4, hidden: 3 };
    const parameters = parametersOf(Rng.seeded(4), sizes);
    const weights = weightsOf(Rng.seeded(5), sizes);
    const twice = (sequence: typeof lstmSequence) => (p: LstmSequence) => {
      const { h, c } = sequence(p);
      return sequence({ ...p, h, c, reverse: true });
    };
    const actual = resultAndGradients(twice(lstmSequence), parameters, weights);
    await expectTreesClose(actual, resultAndGradients(twice(portableSequence), parameters, weights), near(1e-6));
  });

  it('is one op on the tape and keeps no tensor', () => {
    const sizes = { batch: 3, time: 5, hidden: 4 };
    const parameters = parametersOf(Rng.seeded(6), sizes);
    const weights = weightsOf(Rng.seeded(7), sizes);
    expect(countTensors(() => lstmSequence(parameters))).toBe(3);
    const left = countTensors(() => tree.dispose(resultAndGradients(lstmSequence, parameters, weights)));
    expect(left).toBe(0);
    expect(countTensors(() => tidy(() => void lstmSequence(parameters)))).toBe(0);
  });

  // In software a GPU needs minutes for the queue of a thousand, which the next test would wait for.
  const calls = onGpu ? 30 : 200;
  it(`does not grow over ${calls} calls`, () => {
    const sizes = { batch: 4, time: onGpu ? 2 : 16, hidden: onGpu ? 3 : 17 };
    const parameters = parametersOf(Rng.seeded(8), sizes);
    const weights = weightsOf(Rng.seeded(9), sizes);
    const once = (): void => tree.dispose(resultAndGradients(lstmSequence, parameters, weights));
    once();
    const { numTensors, numBytes } = memory();
    const held = engine().backend.numDataIds();
    const heap = heapSize();
    for (let call = 0; call < calls; call++) once();
    expect(memory()).toMatchObject({ numTensors, numBytes });
    expect(engine().backend.numDataIds()).toBe(held);
    expect(heapSize()).toBe(heap);
  });

  it('borrows its arguments', async () => {
    const parameters = parametersOf(Rng.seeded(10), { batch: 2, time: 3, hidden: 5 });
    const before = tree.clone(parameters);
    tree.dispose(
      resultAndGradients(lstmSequence, parameters, weightsOf(Rng.seeded(11), { batch: 2, time: 3, hidden: 5 })),
    );
    await expectTreesClose(parameters, before, { relative: 0, absolute: 0 });
  });

  it('is bit-identical every time', async () => {
    const sizes = { batch: 5, time: 6, hidden: 17 };
    const parameters = parametersOf(Rng.seeded(12), sizes);
    const weights = weightsOf(Rng.seeded(13), sizes);
    const first = resultAndGradients(lstmSequence, parameters, weights);
    await expectTreesClose(resultAndGradients(lstmSequence, parameters, weights), first, { relative: 0, absolute: 0 });
  });

  it('refuses second-order gradients', () => {
    const parameters = parametersOf(Rng.seeded(14), { batch: 1, time: 2, hidden: 2 });
    const first = (h: Tensor): Scalar => {
      const [slope] = grads((x: Tensor) => sum(lstmSequence({ ...parameters, h: x as Frame }).outputs))([h]) as [
        Tensor,
      ];
      return sum(square(slope));
    };
    expect(() => valueAndGrad((h: Tensor) => ({ loss: first(h), aux: {} }), parameters.h as Tensor)).toThrow(
      ElmanError,
    );
  });

  it('rejects inputs of other shapes and dtypes', () => {
    const parameters = parametersOf(Rng.seeded(15), { batch: 2, time: 3, hidden: 4 });
    const wrong = (change: Partial<LstmSequence>) => () => lstmSequence({ ...parameters, ...change });
    const state = zeros([2, 3]) as Tensor2D;
    expect(wrong({ h: state })).toThrow(new ShapeError('lstmSequence: h: expected [batch=2, hidden=4], got [2, 3].'));
    expect(wrong({ c: state })).toThrow('lstmSequence: c: expected [batch=2, hidden=4], got [2, 3].');
    expect(wrong({ mask: zeros([2, 2]) })).toThrow('lstmSequence: mask: expected [batch=2, time=3], got [2, 2].');
    expect(wrong({ recurrentKernel: zeros([4, 12]) })).toThrow(
      'lstmSequence: recurrentKernel: expected [hidden=4, gates=16], got [4, 12].',
    );
    expect(wrong({ projected: zeros([2, 3, 12]) })).toThrow('expected [batch=2, time=3, gates=16], got [2, 3, 12].');
    expect(wrong({ projected: zeros([2, 0, 16]) })).toThrow('expected one frame or more, got [2, 0, 16].');
    expect(wrong({ h: zeros([2, 4], 'int32') })).toThrow('lstmSequence: h: expected float32, got int32.');
  });

  it('runs on every backend under test, with a constant answer', () => {
    expect(hasLstmSequence()).toBe(true);
    expect(hasLstmSequence()).toBe(true);
  });
});
