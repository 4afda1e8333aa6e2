import { expectShape, expectSizes, type Memory, tree } from '@elman/core';
import {
  concat,
  matMul,
  reshape,
  sigmoid,
  slice,
  split,
  sub,
  type Tensor2D,
  type Tensor3D,
  tanh,
  zeros,
} from '@tensorflow/tfjs-core';
import { nearest, portion } from './portion.ts';

/** Sizes of a continuous stack or queue. */
export type ContinuousOptions = {
  /** Number of elements; as every frame pushes one, usually the number of frames. Older ones are lost. */
  readonly capacity: number;
  /** Size of an element. */
  readonly size: number;
  /** Whether to round strengths to 0 or 1, which has no gradient: for use after training. Default false. */
  readonly hard?: boolean | undefined;
};

/** The last pushed first: values [batch, capacity, size] and their strengths [batch, capacity]. */
export type ContinuousState = { readonly values: Tensor3D; readonly strengths: Tensor2D };

/** Pops are weaker than pushes at first (σ(−1) = 0.27 against ½), so that reads are not empty. */
export const WEAK_POP = -1;

/** A stack if it is popped and read where it is pushed, at its first element, else a queue. */
export function continuousLine(
  name: string,
  { capacity, size, hard = false }: ContinuousOptions,
  end: 'first' | 'last',
): Memory<ContinuousState> {
  expectSizes(name, { capacity, size });
  const interfaceSize = size + 2;
  const decide = (command: Tensor2D) => {
    const [strengths, value] = split(command, [2, size], 1) as [Tensor2D, Tensor2D];
    const soft: Tensor2D = sigmoid(strengths);
    const [push, pop] = split(hard ? nearest(soft) : soft, 2, 1) as [Tensor2D, Tensor2D];
    return { push, pop, value: tanh(value) as Tensor2D };
  };

  return {
    name,
    recipe: { package: '@elman/memory', factory: name, arguments: [{ capacity, size, hard }] },
    interfaceSize,
    readSize: size,
    get initialCommand() {
      return [0, WEAK_POP, ...Array<number>(size).fill(0)];
    },
    initialState: (batchSize) => ({
      values: zeros([batchSize, capacity, size]),
      strengths: zeros([batchSize, capacity]),
    }),
    access: (state, command) =>
      tree.tidy(() => {
        expectShape(name, 'command', command, { batch: undefined, interfaceSize });
        const batch = command.shape[0];
        const { push, pop, value } = decide(command);
        const rest: Tensor2D = sub(state.strengths, portion(state.strengths, pop, end));
        const strengths = concat([push, slice(rest, [0, 0], [batch, capacity - 1])], 1) as Tensor2D;
        const older = slice(state.values, [0, 0, 0], [batch, capacity - 1, size]);
        const values = concat([reshape(value, [batch, 1, size]), older], 1) as Tensor3D;
        const weights = reshape(portion(strengths, 1, end), [batch, 1, capacity]);
        return { read: reshape(matMul(weights, values), [batch, size]) as Tensor2D, state: { values, strengths } };
      }),
    watch: (state, command) =>
      tree.tidy(() => {
        const weights = portion(state.strengths, 1, end);
        return { ...decide(command), strengths: state.strengths.clone(), weights };
      }),
  };
}
