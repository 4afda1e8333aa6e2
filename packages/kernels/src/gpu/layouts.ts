import type { NamedTensorMap, Tensor } from '@tensorflow/tfjs-core';
import type { SequenceSizes } from '../sequence.ts';
import type { Call } from './device.ts';
import { type Reals, realIn, realsOf, STATE_IN, stateAt } from './frames.ts';
import type { Recurrence } from './recurrence.ts';
import { CHANNELS } from './shader.ts';

/** Sizes that determine the layout of inputs. */
type Layout = Pick<Recurrence, 'gates' | 'constants'>;

/** projected [batch, time, gates·hidden] as quads [time·batch, hidden], a channel a gate. */
export function framesCall({ gates }: Layout, projected: Tensor, { batch, hidden }: SequenceSizes): Call {
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

/** The recurrent kernel as quads [hidden, hidden], a channel a gate, with the constants, if any, below. */
export function weightsCall({ gates, constants }: Layout, inputs: NamedTensorMap, { hidden }: SequenceSizes): Call {
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

/** A mask [batch, time] as `realIn` reads it. */
export function realsCall(mask: Tensor, { batch }: SequenceSizes): Call {
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

/** h after each frame as numbers [batch·time, hidden]: zeros where a frame is masked. */
export function outputsCall(states: Tensor, masked: Reals, { time, batch }: SequenceSizes): Call {
  const { inputs, tensors } = realsOf(masked);
  return {
    program: {
      inputs: { states: 'quads', ...inputs },
      output: 'numbers',
      numbers: ['time', 'batch'],
      code: `${realIn(masked)}${STATE_IN}${stateAt('states')}
float value(int row, int column) {
  int b = row / time;
  int t = row - b * time;
  if (!real(t * batch + b)) { return 0.0; }
  return statesAt(t, b, column).x;
}`,
    },
    inputs: { states, ...tensors },
    numbers: { time, batch },
  };
}

/** The recurrent kernel [hidden, hidden] transposed. */
export function transposedCall(weights: Tensor): Call {
  return {
    program: {
      inputs: { weights: 'quads' },
      output: 'quads',
      numbers: [],
      code: `
quad value(int row, int column) {
  return weights(column, row);
}`,
    },
    inputs: { weights },
    numbers: {},
  };
}
