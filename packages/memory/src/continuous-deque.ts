import { expectShape, expectSizes, type Memory, tree } from '@elman/core';
import {
  concat,
  matMul,
  reshape,
  sigmoid,
  slice,
  split,
  stack,
  sub,
  type Tensor2D,
  type Tensor3D,
  tanh,
  zeros,
} from '@tensorflow/tfjs-core';
import { type ContinuousOptions, WEAK_POP } from './continuous-line.ts';
import { nearest, portion } from './portion.ts';

/**
 * From top to bottom, pushed at either end of the two halves: values [batch, 2·capacity, size], strengths [batch,
 * 2·capacity].
 */
export type ContinuousDequeState = { readonly values: Tensor3D; readonly strengths: Tensor2D };

/**
 * A differentiable double-ended queue whose elements have strengths: pushed, popped and read at its top and at its bottom.
 *
 *   d₁, d₂, u₁, u₂ = σ(push, push, pop, pop), v₁, v₂ = tanh(values)      1 top, 2 bottom; the command in this order
 *   s'  = s − min(s, max(0, u₁ − strengths above))                       the top is popped first,
 *   s'' = s' − min(s', max(0, u₂ − strengths below))                     then the bottom,
 *   v₁ is pushed on top with strength d₁, v₂ at the bottom with d₂
 *   read = [elements at the top, elements at the bottom], each up to a total strength of 1
 *
 * Where strengths are 0 or 1 (`hard` rounds them) this is an ordinary deque. `capacity` is that of either end: elements
 * pushed at one end may be popped at the other.
 *
 * Shapes: command [batch, 4 + 2·size]; read [batch, 2·size].
 * Init:   commands start at pops of −1, less than the pushes.
 * Seen:   pushTop, pushBottom, popTop, popBottom [batch, 1], top and bottom (values) [batch, 1, size], strengths [batch, 2·capacity], read weights
 *         [batch, 2, 2·capacity].
 * @throws {ShapeError} if the command is not [batch, interfaceSize].
 * @throws {OptionError} if a size is not a positive whole number.
 * @see Grefenstette, Hermann, Suleyman & Blunsom 2015, "Learning to transduce with unbounded memory"
 */
export function continuousDeque({ capacity, size, hard = false }: ContinuousOptions): Memory<ContinuousDequeState> {
  const name = 'continuousDeque';
  expectSizes(name, { capacity, size });
  const interfaceSize = 4 + 2 * size;
  const places = 2 * capacity;
  const decide = (command: Tensor2D) => {
    const [strengths, values] = split(command, [4, 2 * size], 1) as [Tensor2D, Tensor2D];
    const soft: Tensor2D = sigmoid(strengths);
    const [pushTop, pushBottom, popTop, popBottom] = split(hard ? nearest(soft) : soft, 4, 1) as Tensor2D[];
    const [top, bottom] = split(reshape(tanh(values), [-1, 2, size]), 2, 1) as [Tensor3D, Tensor3D];
    return { pushTop, pushBottom, popTop, popBottom, top, bottom } as {
      [name in 'pushTop' | 'pushBottom' | 'popTop' | 'popBottom']: Tensor2D;
    } & { readonly top: Tensor3D; readonly bottom: Tensor3D };
  };
  const readings = (strengths: Tensor2D): Tensor3D =>
    stack([portion(strengths, 1, 'first'), portion(strengths, 1, 'last')], 1) as Tensor3D;

  return {
    name,
    recipe: { package: '@elman/memory', factory: name, arguments: [{ capacity, size, hard }] },
    interfaceSize,
    readSize: 2 * size,
    get initialCommand() {
      return [0, 0, WEAK_POP, WEAK_POP, ...Array<number>(2 * size).fill(0)];
    },
    initialState: (batchSize) => ({
      values: zeros([batchSize, places, size]),
      strengths: zeros([batchSize, places]),
    }),
    access: (state, command) =>
      tree.tidy(() => {
        expectShape(name, 'command', command, { batch: undefined, interfaceSize });
        const batch = command.shape[0];
        const { pushTop, pushBottom, popTop, popBottom, top, bottom } = decide(command);
        const below: Tensor2D = sub(state.strengths, portion(state.strengths, popTop, 'first'));
        const rest: Tensor2D = sub(below, portion(below, popBottom, 'last'));
        // The upper half was pushed on top and moves down, the lower half at the bottom and moves up.
        const strengths = concat(
          [
            pushTop,
            slice(rest, [0, 0], [batch, capacity - 1]),
            slice(rest, [0, capacity + 1], [batch, capacity - 1]),
            pushBottom,
          ],
          1,
        ) as Tensor2D;
        const values = concat(
          [
            top,
            slice(state.values, [0, 0, 0], [batch, capacity - 1, size]),
            slice(state.values, [0, capacity + 1, 0], [batch, capacity - 1, size]),
            bottom,
          ],
          1,
        ) as Tensor3D;
        const read = reshape(matMul(readings(strengths), values), [batch, 2 * size]) as Tensor2D;
        return { read, state: { values, strengths } };
      }),
    watch: (state, command) =>
      tree.tidy(() => ({
        ...decide(command),
        strengths: state.strengths.clone(),
        weights: readings(state.strengths),
      })),
  };
}
