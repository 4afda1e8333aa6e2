import { type Cell, type Frame, OptionError, type Rng, type Sequence, type Step, type Tree, tree } from '@elman/core';
import { mul, Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import { expectRates, frameMask, sequenceMask } from './noise.ts';
import { combined } from './recipe.ts';
import { run } from './run.ts';
import { scanFrames } from './scan-frames.ts';

/** Probabilities of dropping a number, each 0 by default. */
export type DropoutOptions = {
  /** Of the cell's input. */
  readonly input?: number | undefined;
  /** Of the cell's output; its state is not affected. */
  readonly output?: number | undefined;
  /** Of the leaf `h` of the state on its way into the next step; `c` is not affected. */
  readonly recurrent?: number | undefined;
  /** One mask for all frames of a sequence, not one for each; false by default. */
  readonly variational?: boolean | undefined;
};

type Label = 'input' | 'output' | 'recurrent';

/**
 * A cell with dropout: each number is 0 with probability p, else divided by 1 − p, so that its expectation is unchanged.
 *
 *   y, s' = cell(s with h·m_recurrent, x·m_input)      output = y·m_output
 *
 * The masks m are drawn at every frame or, if `variational`, the same for all frames that one `unroll` runs over (for
 * each row its own). Noise needs `rng`, in training. The noise of frame t is drawn from `rng.frame(t)`,
 * that of a sequence from `rng.sequence()`; so `scan`, which draws all masks at once, and `step`, given `rng.frame(t)`,
 * agree exactly. Parameters and state are the cell's own.
 *
 * `recurrent` suits cells whose h goes into products alone (simpleRnn, lstm); a gru also carries its memory in h, and
 * would lose it. It runs the cell frame by frame, so it costs time.
 *
 * @throws {OptionError} if a rate is not in [0, 1); on use, if `recurrent` is set and the state has no leaf `h`.
 * @see Zaremba, Sutskever & Vinyals 2014 (plain); Gal & Ghahramani 2016 (variational)
 */
export function dropout<P extends Tree, S extends Tree, C = void>(
  cell: Cell<P, S, C>,
  options: DropoutOptions,
): Cell<P, S, C> {
  const name = `dropout(${cell.name})`;
  const { variational = false } = options;
  const rates: { readonly [label in Label]: number } = {
    input: options.input ?? 0,
    output: options.output ?? 0,
    recurrent: options.recurrent ?? 0,
  };
  expectRates(name, rates);

  const maskOf = (label: Label, frame: Rng, { shape: [batch, size] }: Frame): Tensor2D =>
    frameMask((variational ? frame.sequence() : frame).fork(label), rates[label], batch, size);
  const dropFrame = (x: Frame, label: Label, frame: Rng): Frame =>
    rates[label] === 0 ? x : mul(x, maskOf(label, frame, x));
  const dropSequence = (x: Sequence, label: Label, rng: Rng): Sequence => {
    if (rates[label] === 0) return x;
    const [batch, time, size] = x.shape;
    const own = rng.fork(label);
    const mask = variational
      ? sequenceMask(() => own.sequence(), rates[label], [batch, 1, size])
      : sequenceMask((t) => own.frame(t), rates[label], [batch, time, size]);
    return mul(x, mask);
  };

  return {
    name,
    inputSize: cell.inputSize,
    outputSize: cell.outputSize,
    recipe: combined('dropout', [cell], (recipes) => [...recipes, { ...rates, variational }]),
    init: (rng) => cell.init(rng),
    initialState: (batchSize, context) => cell.initialState(batchSize, context),
    step(params, state, input, context, rng) {
      if (rng === undefined) return cell.step(params, state, input, context);
      return tree.tidy(() => {
        const from = rates.recurrent === 0 ? state : withRecurrent(name, state, (h) => dropFrame(h, 'recurrent', rng));
        const next = cell.step(params, from, dropFrame(input, 'input', rng), context, rng.fork('cell'));
        return { output: dropFrame(next.output, 'output', rng), state: next.state };
      });
    },
    scan(params, state, inputs, options) {
      const { context, rng } = options;
      if (rng === undefined) return run(cell, params, state, inputs, options);
      return tree.tidy(() => {
        const within = rng.fork('cell');
        const noisy = dropSequence(inputs, 'input', rng);
        let shared: Tensor2D | undefined;
        const recurrentMask = (h: Frame, t: number): Tensor2D => {
          if (!variational) return maskOf('recurrent', rng.frame(t), h);
          shared ??= maskOf('recurrent', rng, h);
          return shared;
        };
        const frame = (previous: S, x: Frame, t: number): Step<S> => {
          const from = withRecurrent(name, previous, (h) => mul(h, recurrentMask(h, t)));
          return cell.step(params, from, x, context, within.frame(t));
        };
        const { outputs, state: last } =
          rates.recurrent === 0
            ? run(cell, params, state, noisy, { ...options, rng: within })
            : scanFrames(frame, state, noisy, options);
        return { outputs: dropSequence(outputs, 'output', rng), state: last };
      });
    },
  };
}

/** A state with h replaced. */
function withRecurrent<S extends Tree>(name: string, state: S, change: (h: Frame) => Frame): S {
  const { h } = state as { h?: unknown };
  if (h instanceof Tensor && h.rank === 2) return { ...state, h: change(h as Frame) };
  const found = tree.entries(state).map(([path]) => path);
  throw new OptionError(
    `${name}: recurrent: expected a state with a leaf h [batch, size], got the leaves ${found.join(', ')}; apply dropout to the inner cells instead.`,
  );
}
