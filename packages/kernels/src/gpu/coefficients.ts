import { matMul, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import type { SequenceSizes } from '../sequence.ts';
import type { Call, Device } from './device.ts';
import { type Activations, constantsIn } from './forward.ts';
import { BLOCK_BEFORE, PLACES, placesOf, realIn, realsOf, STATE_IN, stateAt } from './frames.ts';
import type { Recurrence } from './recurrence.ts';
import { ACTIVATIONS, CHANNEL_OF, CHANNELS } from './shader.ts';

/** h before each frame, [batch·time, hidden]. */
export function beforeCall({ states }: Activations, sizes: SequenceSizes, reverse: boolean): Call {
  return {
    program: {
      inputs: { states: 'quads' },
      output: 'numbers',
      numbers: PLACES,
      code: `${STATE_IN}${stateAt('states')}${BLOCK_BEFORE}
float value(int row, int column) {
  int b = row / time;
  return statesAt(blockBefore(row - b * time), b, column).x;
}`,
    },
    inputs: { states },
    numbers: placesOf(sizes, reverse),
  };
}

/**
 * The gates of all frames [time·batch, hidden], recomputed with one product for all of them: a step has one result, which is the
 * state.
 */
export function gatesOf(
  device: Device,
  recurrence: Recurrence,
  { frames, weights, states }: Activations,
  before: Tensor,
  sizes: SequenceSizes,
  reverse: boolean,
): Tensor {
  const { gates } = recurrence;
  const { time, batch, hidden } = sizes;
  const kernel = device.run(kernelCall(weights, sizes), hidden, gates * hidden);
  const products = matMul(before as Tensor2D, kernel as Tensor2D);
  kernel.dispose();
  const parts = CHANNELS.map((_, g) => (g < gates ? `products(b * time + t, ${g * hidden} + column)` : '0.0'));
  const constants = recurrence.constants.length > 0;
  const program = {
    inputs: {
      frames: 'quads',
      states: 'quads',
      products: 'matrix',
      ...(constants && { weights: 'quads' as const }),
    },
    output: 'quads',
    numbers: PLACES,
    code: `${ACTIVATIONS}${recurrence.forward}${STATE_IN}${stateAt('states')}${BLOCK_BEFORE}${constantsIn(recurrence, sizes)}
quad value(int row, int column) {
  int t = row / batch;
  int b = row - t * batch;
  quad p = quad(${parts.join(', ')});
  return gatesOf(frames(row, column), p, statesAt(blockBefore(t), b, column), constantsOf(column));
}`,
  } as const;
  const inputs = { frames, states, products, ...(constants && { weights }) };
  const result = device.run({ program, inputs, numbers: placesOf(sizes, reverse) }, time * batch, hidden);
  products.dispose();
  return result;
}

/** The recurrent kernel [hidden, gates·hidden]: unchanged, but with zeros beyond its edges. */
function kernelCall(weights: Tensor, { hidden }: SequenceSizes): Call {
  return {
    program: {
      inputs: { weights: 'quads' },
      output: 'numbers',
      numbers: [],
      code: `${CHANNEL_OF}
float value(int row, int column) {
  int gate = column / ${hidden};
  return channelOf(weights(row, column - gate * ${hidden}), gate);
}`,
    },
    inputs: { weights },
    numbers: {},
  };
}

/** The factors of d, [time·batch, hidden]: zeros where a frame is masked. */
export function factorsCall(
  recurrence: Recurrence,
  { weights, states, ...masked }: Activations,
  gates: Tensor,
  sizes: SequenceSizes,
  reverse: boolean,
): Call {
  const { inputs, tensors } = realsOf(masked);
  const constants = recurrence.constants.length > 0;
  return {
    program: {
      inputs: { gates: 'quads', states: 'quads', ...(constants && { weights: 'quads' as const }), ...inputs },
      output: 'quads',
      numbers: PLACES,
      code: `${ACTIVATIONS}${recurrence.coefficients}${STATE_IN}${stateAt('states')}${BLOCK_BEFORE}${realIn(masked)}
${constantsIn(recurrence, sizes)}
quad value(int row, int column) {
  if (!real(row)) { return quad(0.0, 0.0, 0.0, 0.0); }
  int t = row / batch;
  int b = row - t * batch;
  quad before = statesAt(blockBefore(t), b, column);
  return factorsOf(gates(row, column), before, statesAt(t, b, column), constantsOf(column));
}`,
    },
    inputs: { gates, states, ...(constants && { weights }), ...tensors },
    numbers: placesOf(sizes, reverse),
  };
}

/** Carry factors of the gradient of the state; in channel w the gradient w.r.t. the output. A masked frame passes it on unchanged. */
export function carriesCall(
  recurrence: Recurrence,
  { weights, states, ...masked }: Activations,
  gates: Tensor,
  factors: Tensor,
  dOutputs: Tensor,
  sizes: SequenceSizes,
): Call {
  const { inputs, tensors } = realsOf(masked);
  const constants = recurrence.constants.length > 0;
  return {
    program: {
      inputs: {
        gates: 'quads',
        factors: 'quads',
        states: 'quads',
        dOutputs: 'sequence',
        ...(constants && { weights: 'quads' as const }),
        ...inputs,
      },
      output: 'quads',
      numbers: ['batch'],
      code: `${ACTIVATIONS}${recurrence.coefficients}${STATE_IN}${stateAt('states')}${realIn(masked)}
${constantsIn(recurrence, sizes)}
quad value(int row, int column) {
  if (!real(row)) { return quad(0.0, 1.0, 1.0, 0.0); }
  int t = row / batch;
  int b = row - t * batch;
  quad after = statesAt(t, b, column);
  quad carries = carriesOf(gates(row, column), factors(row, column), after, constantsOf(column));
  return quad(carries.x, carries.y, carries.z, dOutputs(b, t, column));
}`,
    },
    inputs: { gates, factors, states, dOutputs, ...(constants && { weights }), ...tensors },
    numbers: { batch: sizes.batch },
  };
}
