import type { Tensor } from '@tensorflow/tfjs-core';
import type { SequenceSizes } from '../sequence.ts';
import type { Call } from './device.ts';
import { type Activations, constantsIn, productOf } from './forward.ts';
import { ROW_BEFORE, ROW_NUMBERS, realIn, realsOf, rowNumbers } from './frames.ts';
import type { Recurrence } from './recurrence.ts';
import { ACTIVATIONS } from './shader.ts';

/** The gates of all frames [time·batch, hidden], once more: a step has one result, which is the state. */
export function gatesCall(
  recurrence: Recurrence,
  { frames, weights, states }: Activations,
  sizes: SequenceSizes,
  reverse: boolean,
): Call {
  return {
    program: {
      inputs: { frames: 'quads', weights: 'quads', states: 'quads' },
      output: 'quads',
      numbers: ROW_NUMBERS,
      code: `${ACTIVATIONS}${recurrence.forward}${ROW_BEFORE}${constantsIn(recurrence, sizes)}${productOf('states', sizes)}
quad value(int row, int column) {
  int from_row = rowBefore(row);
  quad before = states(from_row, column);
  return gatesOf(frames(row, column), product(from_row, column), before, constantsOf(column));
}`,
    },
    inputs: { frames, weights, states },
    numbers: rowNumbers(sizes, reverse),
  };
}

/** What d is multiplied by, [time·batch, hidden]: nothing where a frame is masked. */
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
      numbers: ROW_NUMBERS,
      code: `${ACTIVATIONS}${recurrence.coefficients}${ROW_BEFORE}${realIn(masked)}${constantsIn(recurrence, sizes)}
quad value(int row, int column) {
  if (!real(row)) { return quad(0.0, 0.0, 0.0, 0.0); }
  quad before = states(rowBefore(row), column);
  return factorsOf(gates(row, column), before, states(row, column), constantsOf(column));
}`,
    },
    inputs: { gates, states, ...(constants && { weights }), ...tensors },
    numbers: rowNumbers(sizes, reverse),
  };
}

/** How the gradient of the state is carried over a frame, and in channel w that by its output: a masked frame only hands on. */
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
      code: `${ACTIVATIONS}${recurrence.coefficients}${realIn(masked)}${constantsIn(recurrence, sizes)}
quad value(int row, int column) {
  if (!real(row)) { return quad(0.0, 1.0, 1.0, 0.0); }
  int t = row / batch;
  quad after = states(row, column);
  quad carries = carriesOf(gates(row, column), factors(row, column), after, constantsOf(column));
  return quad(carries.x, carries.y, carries.z, dOutputs(row - t * batch, t, column));
}`,
    },
    inputs: { gates, factors, states, dOutputs, ...(constants && { weights }), ...tensors },
    numbers: { batch: sizes.batch },
  };
}
