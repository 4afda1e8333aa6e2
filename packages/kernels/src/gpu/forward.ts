import { type NamedTensorMap, reshape, type Tensor } from '@tensorflow/tfjs-core';
import { framesOf, type SequenceSizes } from '../sequence.ts';
import { type Call, type Device, recur } from './device.ts';
import { pairsOf, type Reals, realIn, realsOf, SECOND_OF, STATE_IN, startOf, takePart } from './frames.ts';
import { framesCall, outputsCall, realsCall, weightsCall } from './layouts.ts';
import type { Recurrence } from './recurrence.ts';
import { ACTIVATIONS } from './shader.ts';

/** Saved for the backward pass: matrices of quads, a column a unit. */
export type Activations = Reals & {
  /** [time·batch, hidden]: the projected input. */
  readonly frames: Tensor;
  /** [hidden, hidden], and one row of constants, if any. */
  readonly weights: Tensor;
  /** Blocks [⌈batch/2⌉, hidden]: the state after each frame, then the initial state. */
  readonly states: Tensor;
};

/** A whole sequence: one draw a frame, and some that do not grow in number with time. Results: outputs, and the state. */
export function runForward(
  device: Device,
  recurrence: Recurrence,
  inputs: NamedTensorMap,
  sizes: SequenceSizes,
  reverse: boolean,
): { readonly results: Tensor[]; readonly activations: Activations } {
  const { time, batch, hidden } = sizes;
  const { projected, mask } = inputs as { projected: Tensor; mask?: Tensor };
  const start = recurrence.state.map((name) => inputs[name] as Tensor);
  const frames = device.run(framesCall(recurrence, projected, sizes), time * batch, hidden);
  const weightRows = hidden + (recurrence.constants.length > 0 ? 1 : 0);
  const weights = device.run(weightsCall(recurrence, inputs, sizes), weightRows, hidden);
  const reals = mask && { reals: device.run(realsCall(mask, sizes), time * batch, 1) };
  const order = framesOf(time, reverse);
  const step = stepCall(recurrence, { frames, weights, ...reals }, sizes);
  const steps = order.map(({ t, previous }) => ({
    ...step,
    numbers: { batch, at: t * batch },
    to: t,
    from: { previous: previous < 0 ? time : previous },
  }));
  const states = recur(device, startOf(start, sizes), steps, pairsOf(sizes), hidden);
  const outputs = device.run(outputsCall(states, { ...reals }, sizes), batch * time, hidden);
  const last = order.at(-1)?.t as number;
  const state = start.map((_, channel) => takePart(device, states, channel, last, sizes));
  return {
    results: [reshape(outputs, [batch, time, hidden]), ...state],
    activations: { frames, weights, states, ...reals },
  };
}

/** `quad constantsOf(int column)`, from the row of constants below the weights. */
export function constantsIn({ constants }: Recurrence, { hidden }: SequenceSizes): string {
  return `
quad constantsOf(int column) {
  return ${constants.length > 0 ? `weights(${hidden}, column)` : 'quad(0.0, 0.0, 0.0, 0.0)'};
}`;
}

function stepCall(
  recurrence: Recurrence,
  { frames, weights, ...masked }: Omit<Activations, 'states'>,
  sizes: SequenceSizes,
): Omit<Call, 'numbers'> {
  const { inputs, tensors } = realsOf(masked);
  return {
    program: {
      inputs: { frames: 'quads', weights: 'quads', previous: 'quads', ...inputs },
      output: 'quads',
      numbers: ['batch', 'at'],
      code: `${ACTIVATIONS}${recurrence.forward}${realIn(masked)}${constantsIn(recurrence, sizes)}${SECOND_OF}${STATE_IN}
quad stepped(int row, int column, quad product, quad before) {
  if (!real(row)) { return before; }
  quad constants = constantsOf(column);
  return stateOf(gatesOf(frames(row, column), product, before, constants), before, constants);
}
quad value(int row, int column) {
  quad first = quad(0.0, 0.0, 0.0, 0.0);
  quad second = quad(0.0, 0.0, 0.0, 0.0);
  for (int k = 0; k < ${sizes.hidden}; k++) {
    quad h = previous(row, k);
    quad weight = weights(k, column);
    first += weight * h.x;
    second += weight * h.z;
  }
  quad before = previous(row, column);
  first = stepped(at + 2 * row, column, first, stateIn(before, 0));
  second = stepped(at + secondOf(row), column, second, stateIn(before, 1));
  return quad(first.x, first.y, second.x, second.y);
}`,
    },
    inputs: { frames, weights, ...tensors },
  };
}
