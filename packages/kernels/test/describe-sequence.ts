import { type Cell, type Frame, Rng, type Sequence, ShapeError, type Tree, tree, valueAndGrad } from '@elman/core';
import { countTensors, expectTreesClose } from '@elman/testkit';
import {
  add,
  cast,
  engine,
  getBackend,
  grads,
  memory,
  mul,
  type Scalar,
  square,
  sum,
  type Tensor,
  type Tensor2D,
  tensor2d,
  zeros,
} from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

export type Sizes = { readonly batch: number; readonly time: number; readonly hidden: number };

/** Uniform numbers, up to `scale`. */
export function draw(rng: Rng, shape: number[], scale = 1): Tensor {
  return rng.tensor(shape, (r) => scale * r.uniform(-1, 1));
}

/** Every sequence has these two inputs and these two results; some have a memory c. */
export type Inputs = { readonly [name: string]: Tree } & { readonly projected: Sequence; readonly h: Frame };
export type Options = { readonly mask?: Tensor2D | undefined; readonly reverse?: boolean | undefined };
type Result = { readonly outputs: Sequence; readonly h: Frame; readonly c?: Frame };

export type Run<I extends Inputs> = (inputs: I & Options) => Result;

export type SequenceCase<I extends Inputs> = {
  readonly op: Run<I>;
  /** The same, frame by frame with ops of the backend. */
  readonly portable: Run<I>;
  /** A cell whose step it is the whole sequence of; weights and states are given to it, inputs are projected. */
  readonly cellOf: (inputSize: number, hidden: number) => Cell<Tree, Tree>;
  /** The sequence by the compiled step: see `scanOn`. */
  readonly compiledFor: (engine: 'javascript' | undefined) => Run<I>;
  readonly inputs: (rng: Rng, sizes: Sizes, scale?: number) => I;
};

const stateOf = ({ outputs: _, ...state }: Result): Omit<Result, 'outputs'> => state;

/** A mask, 1 = real. */
function maskOf({ batch, time }: Sizes, real: (row: number, t: number) => boolean): Tensor2D {
  const values = Float32Array.from({ length: batch * time }, (_, i) => (real(Math.floor(i / time), i % time) ? 1 : 0));
  return tensor2d(values, [batch, time]);
}

/** Rows of lengths 0, 1, 2, … up to the number of frames, or gaps anywhere. */
const masks: { readonly [kind: string]: (rng: Rng, sizes: Sizes) => Tensor2D | undefined } = {
  'no mask': () => undefined,
  lengths: (_, sizes) => maskOf(sizes, (row, t) => t < row % (sizes.time + 1)),
  holes: (rng, sizes) => maskOf(sizes, () => rng.uniform() < 0.5),
};

/** Pages' GPUs are emulated in software: few and short cases there. */
export const onGpu: boolean = ['webgl', 'webgpu'].includes(getBackend());

/** Cases compared with the frame-by-frame computation: widths, each with these numbers of rows and frames. */
function casesOf(rng: Rng): Sizes[] {
  // gpu-exact.test.ts has other sizes: here every frame of the portable form is some thirty draw calls in software.
  if (onGpu) return [{ hidden: 17, batch: 3, time: 4 }];
  return [1, 3, 7, 17, 65].flatMap((hidden) =>
    [[1, 1] as const, [1, 7] as const, [5, 1] as const, [2 + rng.integer(7), 2 + rng.integer(7)] as const].map(
      ([batch, time]) => ({ hidden, batch, time }),
    ),
  );
}

/** Tolerance. The tanh of tfjs has an error of 1e-7 on webgl and webgpu, which some sums amplify. */
const near = (absolute: number): { readonly relative: number; readonly absolute: number } =>
  onGpu ? { relative: 2e-5, absolute: 2e-6 } : { relative: 1e-5, absolute };

/** Compares an op over whole sequences with its portable form. */
export function describeSequence<I extends Inputs>(name: string, { op, portable, inputs }: SequenceCase<I>): void {
  /** Results, and the gradients of a weighted sum of them by all inputs. */
  const resultAndGradients = (run: (inputs: I & Options) => Result, all: I, options: Options = {}) => {
    const { grads, aux } = valueAndGrad((given: I) => {
      const result = run({ ...given, ...options });
      const rng = Rng.seeded('weights');
      const weighted = Object.entries<Tensor>(result).map(([name, x]) => sum(mul(x, draw(rng.fork(name), x.shape))));
      return { loss: weighted.reduce((a, b) => add(a, b)) as Scalar, aux: { ...result } };
    }, all);
    return { result: aux, grads };
  };

  const exactly = { relative: 0, absolute: 0 };
  const sizes = { batch: 3, time: 6, hidden: 7 };

  describe(name, () => {
    for (const [kind, mask] of Object.entries(masks)) {
      for (const reverse of [false, true]) {
        it(`equals the frame-by-frame computation, in values and gradients: ${kind}${reverse ? ', reverse' : ''}`, async () => {
          const rng = Rng.seeded(`${kind} ${reverse}`);
          for (const here of casesOf(rng)) {
            const where = JSON.stringify(here);
            const options = { mask: mask(rng.fork(where), here), reverse };
            const all = inputs(rng.fork(where), here);
            const actual = resultAndGradients(op, all, options);
            const expected = resultAndGradients(portable, all, options);
            // With one unit some gradients are one sum over frames, with cancellation.
            await expectTreesClose(actual, expected, { ...near(1e-8), where });
            tree.dispose([all, actual, expected]);
          }
        });
      }
    }

    it.each([30, 1e-4, 1e-19, 1e-36])('equals the frame-by-frame computation on numbers up to %f', async (scale) => {
      const all = inputs(Rng.seeded(`scale ${scale}`), sizes, scale);
      const expected = resultAndGradients(portable, all);
      await expectTreesClose(resultAndGradients(op, all), expected, near(1e-30));
    });

    it('keeps the state of masked rows, without influence of their padding', async () => {
      const all = inputs(Rng.seeded(2), sizes);
      const bad = { ...all, projected: mul(all.projected, Number.NaN) as Sequence };
      const { outputs, h } = op({ ...bad, mask: zeros([sizes.batch, sizes.time]) });
      await expectTreesClose(h, all.h, exactly);
      await expectTreesClose(outputs, zeros([sizes.batch, sizes.time, sizes.hidden]), exactly);
    });

    it('has correct gradients if only some results are used', async () => {
      const all = inputs(Rng.seeded(3), sizes);
      for (const used of Object.keys(op(all)) as (keyof Result)[]) {
        const slopes = (run: typeof op) => {
          const loss = (given: I) => ({ loss: sum(square(run(given)[used] as Tensor)) as Scalar, aux: {} });
          return valueAndGrad(loss, all).grads;
        };
        await expectTreesClose(slopes(op), slopes(portable), { ...near(1e-30), where: used });
      }
    });

    it('passes a state to the next sequence, through which gradients flow', async () => {
      const all = inputs(Rng.seeded(4), sizes);
      const twice = (run: typeof op) => (given: I & Options) =>
        run({ ...given, ...stateOf(run(given)), reverse: true } as I & Options);
      await expectTreesClose(resultAndGradients(twice(op), all), resultAndGradients(twice(portable), all), near(1e-8));
    });

    const calls = ['cpu', 'wasm'].includes(getBackend()) ? 200 : 30;
    it(`keeps no tensor, and does not grow over ${calls} calls`, () => {
      const all = inputs(Rng.seeded(5), { batch: 4, time: onGpu ? 3 : 16, hidden: 17 });
      const once = (): void => {
        const { grads } = valueAndGrad((given: I) => ({ loss: sum(op(given).outputs) as Scalar, aux: {} }), all);
        tree.dispose(grads);
      };
      once();
      expect(countTensors(() => op(all))).toBe(Object.keys(op(all)).length);
      const { numTensors } = memory();
      const held = engine().backend.numDataIds();
      for (let call = 0; call < calls; call++) once();
      // Each call keeps the value of its loss.
      expect(memory().numTensors).toBe(numTensors + calls);
      expect(engine().backend.numDataIds()).toBe(held + calls);
    });

    it('borrows its arguments, and is bit-identical every time', async () => {
      const all = inputs(Rng.seeded(6), sizes);
      const before = tree.clone(all);
      const first = resultAndGradients(op, all);
      await expectTreesClose(resultAndGradients(op, all), first, exactly);
      await expectTreesClose(all, before, exactly);
    });

    it('takes masks of other types', async () => {
      const all = inputs(Rng.seeded(8), { batch: 2, time: 3, hidden: 4 });
      const mask = tensor2d([1, 1, 0, 1, 0, 0], [2, 3]);
      for (const dtype of ['bool', 'int32'] as const) {
        const result = op({ ...all, mask: cast(mask, dtype) as Tensor2D });
        await expectTreesClose({ ...result }, { ...op({ ...all, mask }) }, exactly);
      }
    });

    it('rejects inputs of other shapes and dtypes', () => {
      const fitting = inputs(Rng.seeded(9), { batch: 2, time: 3, hidden: 4 });
      const width = fitting.projected.shape[2];
      const wrong: [{ readonly [input: string]: Tensor }, string][] = [
        [{ recurrentKernel: zeros([4, width + 4]) }, `recurrentKernel: expected [hidden=4, gates=${width}], got [4,`],
        [{ projected: zeros([2, 3, width + 4]) }, `projected: expected [batch=2, time=3, gates=${width}], got [2, 3,`],
        [{ projected: zeros([2, 0, width]) }, 'projected: expected one frame or more'],
        [{ projected: zeros([0, 3, width]) }, 'projected: expected one row or more'],
        [{ h: zeros([3, 4]) }, 'h: expected [batch=2, hidden=4], got [3, 4].'],
        ...('c' in fitting ? [[{ c: zeros([2, 3]) }, 'c: expected [batch=2, hidden=4], got [2, 3].'] as never] : []),
        ...('recurrentBias' in fitting ? [[{ recurrentBias: zeros([12]) }, 'recurrentBias: expected'] as never] : []),
        [{ mask: zeros([3, 2]) }, 'mask: expected [batch=2, time=3], got [3, 2].'],
        [{ h: cast(zeros([2, 4]), 'int32') }, 'h: expected float32, got int32.'],
      ];
      for (const [part, message] of wrong) {
        const call = () => op({ ...fitting, ...part } as I);
        expect(call).toThrow(ShapeError);
        expect(call).toThrow(message);
      }
    });

    it('refuses second-order gradients', () => {
      const all = inputs(Rng.seeded(7), sizes);
      const slope = (h: Tensor): Tensor =>
        grads((x: Tensor) => sum(op({ ...all, h: x as Frame } as I).outputs))([h])[0] as Tensor;
      const second = () => valueAndGrad((h: Tensor) => ({ loss: sum(slope(h)) as Scalar, aux: {} }), all.h as Tensor);
      expect(second).toThrow('expected a first-order gradient, got a second-order one');
    });
  });
}
