import { type NamedTensorMap, reshape, type Tensor } from '@tensorflow/tfjs-core';
import { framesOf, type SequenceSizes } from '../sequence.ts';
import type { Call, Device } from './device.ts';
import { FRAME_ROW, type Reals, realIn, realsOf, startOf, takeChannel } from './frames.ts';
import type { Recurrence } from './recurrence.ts';
import { ACTIVATIONS, CHANNELS } from './shader.ts';

/** What the backward pass is worked out from: matrices of quads, a column a unit. */
export type Activations = Reals & {
  /** [time·batch, hidden]: what the gates are given of the input. */
  readonly frames: Tensor;
  /** [hidden, hidden], and one row of constants where there are any. */
  readonly weights: Tensor;
  /** [(time + 1)·batch, hidden]: the state after each frame, and the one that the sequence starts from. */
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
  const steps = order.map(({ t, previous }) => ({
    to: t,
    from: previous < 0 ? time : previous,
    numbers: { at: t * batch },
  }));
  const step = stepCall(recurrence, { frames, weights, ...reals }, sizes);
  const states = device.recur(startOf(start), step, steps, batch, hidden);
  const outputs = device.run(outputsCall(states, { ...reals }, sizes), batch * time, hidden);
  const last = order.at(-1)?.t as number;
  const state = start.map((_, channel) => takeChannel(device, states, channel, last, sizes));
  return {
    results: [reshape(outputs, [batch, time, hidden]), ...state],
    activations: { frames, weights, states, ...reals },
  };
}

/** `quad constantsOf(int column)`, of the row of weights that has them. */
export function constantsIn({ constants }: Recurrence, { hidden }: SequenceSizes): string {
  return `
quad constantsOf(int column) {
  return ${constants.length > 0 ? `weights(${hidden}, column)` : 'quad(0.0, 0.0, 0.0, 0.0)'};
}`;
}

/** `quad product(int row, int column)`: what the gates are given of the state in a row of `states`. */
export function productOf(states: string, { hidden }: SequenceSizes): string {
  return `
quad product(int row, int column) {
  quad sum = quad(0.0, 0.0, 0.0, 0.0);
  for (int k = 0; k < ${hidden}; k++) {
    sum += weights(k, column) * ${states}(row, k).x;
  }
  return sum;
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
      numbers: ['at'],
      code: `${ACTIVATIONS}${recurrence.forward}${realIn(masked)}${constantsIn(recurrence, sizes)}${productOf('previous', sizes)}
quad value(int row, int column) {
  quad before = previous(row, column);
  if (!real(at + row)) { return before; }
  quad constants = constantsOf(column);
  quad gates = gatesOf(frames(at + row, column), product(row, column), before, constants);
  return stateOf(gates, before, constants);
}`,
    },
    inputs: { frames, weights, ...tensors },
  };
}

function framesCall({ gates }: Recurrence, projected: Tensor, { batch, hidden }: SequenceSizes): Call {
  const parts = CHANNELS.map((_, g) => (g < gates ? `projected(b, t, ${g * hidden} + column)` : '0.0'));
  return {
    program: {
      inputs: { projected: 'sequence' },
      output: 'quads',
      numbers: ['batch'],
      code: `
quad value(int row, int column) {
  int t = row / batch;
  int b = row - t * batch;
  return quad(${parts.join(', ')});
}`,
    },
    inputs: { projected },
    numbers: { batch },
  };
}

function weightsCall({ gates, constants }: Recurrence, inputs: NamedTensorMap, { hidden }: SequenceSizes): Call {
  const parts = CHANNELS.map((_, g) => (g < gates ? `recurrentKernel(row, ${g * hidden} + column)` : '0.0'));
  const seen = CHANNELS.map((_, g) => constants.find(({ channel }) => channel === g));
  const names = ['recurrentKernel', ...constants.map(({ name }) => name)];
  return {
    program: {
      inputs: {
        recurrentKernel: 'matrix',
        ...Object.fromEntries(constants.map(({ name }) => [name, 'vector' as const])),
      },
      output: 'quads',
      numbers: [],
      code: `
quad value(int row, int column) {
  if (row == ${hidden}) {
    return quad(${seen.map((constant) => (constant ? `${constant.name}(column)` : '0.0')).join(', ')});
  }
  return quad(${parts.join(', ')});
}`,
    },
    inputs: Object.fromEntries(names.map((name) => [name, inputs[name] as Tensor])),
    numbers: {},
  };
}

function realsCall(mask: Tensor, { batch }: SequenceSizes): Call {
  return {
    program: {
      inputs: { mask: 'matrix' },
      output: 'quads',
      numbers: ['batch'],
      code: `
quad value(int row, int column) {
  int t = row / batch;
  if (mask(row - t * batch, t) == 0.0) { return quad(0.0, 0.0, 0.0, 0.0); }
  return quad(1.0, 0.0, 0.0, 0.0);
}`,
    },
    inputs: { mask },
    numbers: { batch },
  };
}

function outputsCall(states: Tensor, masked: Reals, { time, batch }: SequenceSizes): Call {
  const { inputs, tensors } = realsOf(masked);
  return {
    program: {
      inputs: { states: 'quads', ...inputs },
      output: 'numbers',
      numbers: ['time', 'batch'],
      code: `${FRAME_ROW}${realIn(masked)}
float value(int row, int column) {
  if (!real(frameRow(row))) { return 0.0; }
  return states(frameRow(row), column).x;
}`,
    },
    inputs: { states, ...tensors },
    numbers: { time, batch },
  };
}
