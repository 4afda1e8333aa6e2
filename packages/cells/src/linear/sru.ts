import { type Cell, expectShape, expectSizes, type Frame, type Rng, tree } from '@elman/core';
import { uniform } from '@elman/nn';
import {
  add,
  concat,
  matMul,
  mul,
  sigmoid,
  split,
  sub,
  type Tensor1D,
  type Tensor2D,
  tidy,
  zeros,
} from '@tensorflow/tfjs-core';
import { linearRecurrence } from './linear-recurrence.ts';

/** Sizes of an SRU. */
export type SruOptions = {
  readonly inputSize: number;
  readonly hiddenSize: number;
  /** Whether the gates see the state; default true. Without that the cell is parallel in time. */
  readonly peepholes?: boolean;
};

/**
 * kernel [inputSize, 3·hiddenSize], gates f and r, then the candidate n; where hiddenSize is not inputSize, there are another
 * hiddenSize columns, of the highway connection. bias [2·hiddenSize] of the gates; peepholes f and r, each [hiddenSize].
 */
export type SruParams = {
  readonly kernel: Tensor2D;
  readonly bias: Tensor1D;
  readonly peepholes?: { readonly f: Tensor1D; readonly r: Tensor1D };
};

/** The memory c [batch, hiddenSize]. */
export type SruState = {
  readonly c: Frame;
};

/**
 * Simple recurrent unit (SRU): its units depend on each other through the input alone, and a highway connection carries that to the output.
 *
 *   xf, xr, n, w = split(x·kernel)             w only where hiddenSize ≠ inputSize; else w = √3·x
 *   f = σ(xf + peepholes.f∘c + bf)             bf, br = split(bias)
 *   r = σ(xr + peepholes.r∘c + br)
 *   c' = f∘c + (1 − f)∘n
 *   h = r∘c' + (1 − r)∘w                       the output
 *
 * This is the second version of the paper (EMNLP). Its first version has gates without peepholes, option `peepholes: false`, and
 * tanh of c' in the output: here there is none.
 *
 * Shapes: x [batch, inputSize]; c, h [batch, hiddenSize].
 * Init:   kernel uniform with variance 1/inputSize, of the gates half of that, of the highway connection three times;
 *         peepholes uniform with variance 1/2; bias 0.
 * @throws {ShapeError} if x is not [batch, inputSize].
 * @throws {OptionError} if a size is not a positive whole number.
 * @see Lei, Zhang, Wang, Dai & Artzi 2018, "Simple recurrent units for highly parallelizable recurrence"
 */
export function sru(options: SruOptions): Cell<SruParams, SruState> {
  const { inputSize, hiddenSize, peepholes = true } = options;
  const name = 'sru';
  expectSizes(name, { inputSize, hiddenSize });
  const isSquare = inputSize === hiddenSize;

  type Parts = { readonly f: Tensor2D; readonly r: Tensor2D; readonly n: Tensor2D; readonly w: Tensor2D };
  const partsOf = ({ kernel, bias }: SruParams, x: Tensor2D): Parts => {
    const product = matMul(x, kernel);
    const [xf, xr, n, w = mul(x, HIGHWAY) as Tensor2D] = split(product, isSquare ? 3 : 4, 1) as Tensor2D[];
    const [bf, br] = split(bias, 2) as [Tensor1D, Tensor1D];
    return { f: add(xf as Tensor2D, bf), r: add(xr as Tensor2D, br), n: n as Tensor2D, w };
  };
  const output = (c: Tensor2D, { r, w }: Pick<Parts, 'r' | 'w'>): Tensor2D => add(w, mul(sigmoid(r), sub(c, w)));

  const step: Cell<SruParams, SruState>['step'] = (params, { c }, input) => {
    expectShape(name, 'input', input, { batch: c.shape[0], inputSize });
    return tree.tidy(() => {
      const { f, r, n, w } = partsOf(params, input);
      const seen = (gate: Tensor2D, by?: Tensor1D): Tensor2D => (by === undefined ? gate : add(gate, mul(c, by)));
      const next: Frame = add(n, mul(sigmoid(seen(f, params.peepholes?.f)), sub(c, n)));
      return { output: output(next, { r: seen(r, params.peepholes?.r), w }), state: { c: next } };
    });
  };
  const rows = (params: SruParams, x: Tensor2D): { a: Tensor2D; b: Tensor2D } & Pick<Parts, 'r' | 'w'> => {
    const { f, r, n, w } = partsOf(params, x);
    const a = sigmoid(f);
    return { a, b: mul(sub(1, a), n), r, w };
  };
  const parallel = linearRecurrence(name, inputSize, rows, output);
  const scan: Cell<SruParams, SruState>['scan'] = (params, { c }, inputs, given) => {
    const found = parallel.scan(params, { h: c }, inputs, given);
    return found && { outputs: found.outputs, state: { c: found.state.h } };
  };

  /** Uniform with this variance. */
  const draw = (rng: Rng, label: string, variance: number): Tensor2D =>
    uniform(rng.fork(label), [inputSize, hiddenSize], Math.sqrt(3 * variance));
  const peephole = (rng: Rng): Tensor1D => uniform(rng, [hiddenSize], Math.sqrt(3 / 2));

  return {
    name,
    inputSize,
    outputSize: hiddenSize,
    recipe: { package: '@elman/cells', factory: name, arguments: [{ inputSize, hiddenSize, peepholes }] },
    init: (rng) => ({
      kernel: tidy(() => {
        const [of, part] = [rng.fork('kernel'), 1 / inputSize];
        const square = [draw(of, 'f', part / 2), draw(of, 'r', part / 2), draw(of, 'n', part)];
        return concat(isSquare ? square : [...square, draw(of, 'w', HIGHWAY ** 2 * part)], 1);
      }),
      bias: zeros([2 * hiddenSize]),
      ...(peepholes && { peepholes: { f: peephole(rng.fork('f')), r: peephole(rng.fork('r')) } }),
    }),
    initialState: (batchSize) => ({ c: zeros([batchSize, hiddenSize]) }),
    step,
    ...(!peepholes && { scan }),
  };
}

/** Keeps the variance of outputs that of inputs while the gates are at 1/2. */
const HIGHWAY = Math.sqrt(3);
