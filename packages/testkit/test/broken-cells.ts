import { type Frame, Rng, type Sequence, type Steps, type Tree, tree } from '@elman/core';
import {
  add,
  cast,
  clone,
  customGrad,
  mean,
  mul,
  ones,
  reshape,
  scalar,
  slice,
  type Tensor,
  zeros,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { BATCH } from '../src/subject.ts';
import type { Integrator, IntegratorParams, IntegratorState } from './integrator.ts';

/** A mistake in a cell, and how the title of the check begins that must catch it. */
export interface Broken {
  readonly mistake: string;
  readonly caughtBy: string;
  breaks(cell: Integrator): Partial<Integrator>;
}

/** A cell that has only a step, which first applies the given function to its input. */
const onInput = (cell: Integrator, change: (input: Frame) => Tensor): Partial<Integrator> => ({
  scan: undefined,
  step: (params, state, input) => tree.tidy(() => cell.step(params, state, change(input) as Frame)),
});

type Scan = NonNullable<Integrator['scan']>;
const scanned = (cell: Integrator, ...given: Parameters<Scan>): Steps<IntegratorState> =>
  (cell.scan as Scan)(...given) as Steps<IntegratorState>;

/** The same values with a gradient that is too large by half. */
const wrongGradient = customGrad((x) => ({ value: clone(x as Tensor), gradFunc: (dy: Tensor) => mul(dy, 1.5) }));

export const brokenCells: readonly Broken[] = [
  {
    mistake: 'has states of one batch size only',
    caughtBy: 'axis 0 of every leaf of the state is the batch',
    breaks: () => ({ initialState: () => ({ h: zeros([4, 5]) }) }),
  },
  {
    mistake: 'changes the dtype of its state',
    caughtBy: 'a step keeps the shapes and dtypes of the state and gives an output of outputSize',
    breaks: (cell) => ({
      initialState: (batchSize) => tree.map(cell.initialState(batchSize), (h) => cast(h, 'int32')),
    }),
  },
  {
    mistake: 'claims another outputSize',
    caughtBy: 'a step keeps the shapes and dtypes of the state and gives an output of outputSize',
    breaks: () => ({ outputSize: 6 }),
  },
  {
    mistake: 'draws unseeded noise',
    caughtBy: 'a step is a function of its arguments alone',
    breaks: (cell) => {
      const rng = Rng.seeded('noise');
      return onInput(cell, (input) => add(input, rng.uniform()));
    },
  },
  {
    mistake: 'normalises over the batch',
    caughtBy: 'rows do not influence each other',
    breaks: (cell) => onInput(cell, (input) => add(input, mean(input, 0, true))),
  },
  {
    mistake: 'ignores the seed',
    caughtBy: 'the same seed gives the same parameters, another seed others, all float32',
    breaks: (cell) => ({ init: () => cell.init(Rng.seeded(7)) }),
  },
  {
    mistake: 'draws unseeded parameters',
    caughtBy: 'the same seed gives the same parameters, another seed others, all float32',
    breaks: (cell) => {
      const rng = Rng.seeded('nowhere');
      return { init: () => cell.init(rng.fork(rng.bits())) };
    },
  },
  {
    mistake: 'has a key with a dot in it',
    caughtBy: 'parameters and states are restored from their paths',
    breaks: (cell) => ({ init: (rng) => ({ ...cell.init(rng), 'a.b': ones([1]) }) }),
  },
  {
    mistake: 'scans something else',
    caughtBy: 'scan equals step over the frames, and so do its gradients',
    breaks: (cell) => ({
      scan: (params, state, inputs, options) =>
        tree.tidy(() => scanned(cell, params, state, mul(inputs, 2) as Sequence, options)),
    }),
  },
  {
    mistake: 'ignores the mask in its scan',
    caughtBy: 'scan under a mask holds the state and gives outputs of 0, as step does, and so do its gradients',
    breaks: (cell) => ({
      scan: (params, state, inputs, options) => scanned(cell, params, state, inputs, { ...options, mask: undefined }),
    }),
  },
  {
    mistake: 'masks outputs but not the state',
    caughtBy: 'scan under a mask holds the state and gives outputs of 0, as step does, and so do its gradients',
    breaks: (cell) => ({
      scan: (params, state, inputs, options) =>
        tree.tidy(() => ({
          outputs: scanned(cell, params, state, inputs, options).outputs,
          state: scanned(cell, params, state, inputs, { ...options, mask: undefined }).state,
        })),
    }),
  },
  {
    mistake: 'scans forward only',
    caughtBy: 'scan in reverse goes from the last frame to the first',
    breaks: (cell) => ({
      scan: (params, state, inputs, options) => scanned(cell, params, state, inputs, { ...options, reverse: false }),
    }),
  },
  {
    mistake: 'applies the mask wrongly in reverse',
    caughtBy: 'scan in reverse under a mask equals step over the frames',
    breaks: (cell) => ({
      scan: (params, state, inputs, options) =>
        scanned(cell, params, state, inputs, options.reverse ? { ...options, mask: undefined } : options),
    }),
  },
  {
    mistake: 'scans from the initial state',
    caughtBy: 'scanning two parts in turn equals scanning the whole',
    breaks: (cell) => ({
      scan: (params, state, inputs, options) =>
        tree.tidy(() => scanned(cell, params, tree.zerosLike(state), inputs, options)),
    }),
  },
  {
    mistake: 'reads numbers in its step',
    caughtBy: 'runs frame by frame: dataSync at broken-cells.ts:',
    breaks: (cell) => onInput(cell, (input) => mul(input, (input.dataSync()[0] as number) > 9 ? 0 : 1)),
  },
  {
    mistake: 'draws its noise as numbers',
    caughtBy: 'runs frame by frame: rng.uniform at broken-cells.ts:',
    breaks: (cell) => ({
      step: (params, state, input, _, rng) =>
        tree.tidy(() => cell.step(params, state, mul(input, rng === undefined ? 1 : rng.uniform()))),
    }),
  },
  {
    mistake: 'computes something else for large batches, the one it is traced with among them',
    caughtBy: 'compiled, a sequence equals step over the frames in both directions, and so do its gradients',
    breaks: (cell) => onInput(cell, (input) => mul(input, input.shape[0] > BATCH ? 2 : 1)),
  },
  {
    mistake: 'has other noise in large batches, the one it is traced with among them',
    caughtBy: 'compiled with noise and a mask, it draws the numbers that step draws',
    breaks: (cell) => ({
      step: (params, state, input, _, rng) =>
        tree.tidy(() => {
          const label = input.shape[0] > BATCH ? 'large' : 'small';
          const noise = rng?.fork(label).tensor([input.shape[0], 1], (r) => r.normal()) ?? scalar(1);
          return cell.step(params, state, mul(input, noise));
        }),
    }),
  },
  {
    mistake: 'computes something else for eight rows',
    caughtBy: 'compiled for one frame at a time it steps as step does',
    breaks: (cell) => onInput(cell, (input) => add(input, input.shape[0] === 8 ? 1 : 0)),
  },
  {
    mistake: 'computes something else for two rows',
    caughtBy: 'compiled for one frame at a time it continues with the rows that it keeps',
    breaks: (cell) => onInput(cell, (input) => add(input, input.shape[0] === 2 ? 1 : 0)),
  },
  {
    mistake: 'leaks in its step',
    caughtBy: 'no function leaks a tensor',
    breaks: (cell) => ({ step: (params, state, input) => cell.step(params, state, clone(input)) }),
  },
  {
    mistake: 'leaks in its scan',
    caughtBy: 'no function leaks a tensor',
    breaks: (cell) => ({
      scan: (params, state, inputs, options) => scanned(cell, params, state, clone(inputs), options),
    }),
  },
  {
    mistake: 'disposes its state',
    caughtBy: 'arguments are borrowed: alive afterwards, and not returned as results',
    breaks: (cell) => ({
      step(params, state, input) {
        const next = cell.step(params, state, input);
        state.h.dispose();
        return next;
      },
    }),
  },
  {
    mistake: 'returns its state argument',
    caughtBy: 'arguments are borrowed: alive afterwards, and not returned as results',
    breaks: (cell) => ({
      step: (params, state, input) => ({ output: cell.step(params, state, input).output, state }),
    }),
  },
  {
    mistake: 'takes inputs of any width',
    caughtBy: 'an input of the wrong width throws a ShapeError that names the cell',
    breaks: (cell) => onInput(cell, (input) => slice(input, [0, 0], [-1, cell.inputSize])),
  },
  {
    mistake: 'leaves the width to matMul',
    caughtBy: 'an input of the wrong width throws a ShapeError that names the cell',
    breaks: (cell) => onInput(cell, (input) => reshape(input, [-1, cell.inputSize])),
  },
  {
    mistake: 'has an unused parameter',
    caughtBy: 'every parameter gets a gradient',
    breaks: (cell) => ({
      init: (rng): IntegratorParams => ({ ...cell.init(rng), idle: scalar(1) }) as IntegratorParams,
    }),
  },
  {
    mistake: 'stops the gradient of its state',
    caughtBy: 'gradients w.r.t. parameters, state and inputs agree with finite differences',
    breaks: (cell) => {
      const stop = customGrad((x) => ({ value: clone(x as Tensor), gradFunc: (dy: Tensor) => zerosLike(dy) }));
      return {
        step: (params, state, input) =>
          tree.tidy(() =>
            cell.step(
              params,
              tree.map(state, (h) => stop(h)),
              input,
            ),
          ),
      };
    },
  },
  {
    mistake: 'has a wrong gradient in its step',
    caughtBy: 'gradients w.r.t. parameters, state and inputs agree with finite differences',
    breaks: (cell) => onInput(cell, wrongGradient),
  },
  {
    mistake: 'has a wrong gradient in its scan',
    caughtBy: 'scan equals step over the frames, and so do its gradients',
    breaks: (cell) => ({
      scan: (params, state, inputs, options) =>
        tree.tidy(() => scanned(cell, params, state, wrongGradient(inputs) as Sequence, options)),
    }),
  },
  {
    mistake: 'leaks tensors of every step',
    caughtBy: 'differentiating leaks no tensor',
    breaks: (cell) => {
      const kept: Tree[] = [];
      return {
        step(params, state, input) {
          const next = cell.step(params, state, input);
          kept.push(tree.keep(tree.clone(next.state) as IntegratorState));
          return next;
        },
      };
    },
  },
  {
    mistake: 'has a recipe that does not survive JSON',
    caughtBy: 'its recipe is JSON',
    breaks: () => ({ recipe: { package: 'elman-cell-integrator', factory: 'integrator', arguments: [Number.NaN] } }),
  },
  {
    mistake: 'has the recipe of a larger cell',
    caughtBy: 'its recipe makes an equal cell',
    breaks: (cell) => ({
      recipe: {
        package: 'elman-cell-integrator',
        factory: 'integrator',
        arguments: [{ inputSize: cell.inputSize, hiddenSize: 8 }],
      },
    }),
  },
];
