import type { Tensor } from '@tensorflow/tfjs-core';
import type { SequenceSizes } from '../sequence.ts';
import type { Call } from './device.ts';
import { blockAfter, blockBefore, PLACES, placesOf, realIn, realsOf, STATE_IN, stateAt } from './frames.ts';
import type { Activations } from './reset-before-gru-forward.ts';

const BEFORE = blockBefore('2 * time');
const AFTER = blockAfter('2 * time');

/**
 * The factors of δz, δr and δn, [time·batch, hidden]: zeros where a frame is masked.
 *
 *   δz = x·dh = (hₜ₋₁ − n)·σ'(z)·dh      δr = y·ds = hₜ₋₁·σ'(r)·ds      δn = z·dh = (1 − z)·(1 − n²)·dh
 */
export function factorsCall({ blocks, ...rest }: Activations, sizes: SequenceSizes, reverse: boolean): Call {
  const { inputs, tensors } = realsOf(rest);
  return {
    program: {
      inputs: { blocks: 'quads', ...inputs },
      output: 'quads',
      numbers: PLACES,
      code: `${STATE_IN}${stateAt('blocks')}${BEFORE}${realIn(rest)}
quad value(int row, int column) {
  if (!real(row)) { return quad(0.0, 0.0, 0.0, 0.0); }
  int t = row / batch;
  int b = row - t * batch;
  quad gate = blocksAt(time + t, b, column);
  float h = blocksAt(blockBefore(t), b, column).x;
  float n = blocksAt(t, b, column).y;
  return quad(
    (h - n) * gate.y * (1.0 - gate.y),
    h * gate.x * (1.0 - gate.x),
    (1.0 - gate.y) * (1.0 - n * n),
    0.0);
}`,
    },
    inputs: { blocks, ...tensors },
    numbers: placesOf(sizes, reverse),
  };
}

/** (z, r, dOutput, 0) of all frames, [time·batch, hidden]: a masked frame passes dh on unchanged. */
export function carriesCall({ blocks, ...rest }: Activations, dOutputs: Tensor, { time, batch }: SequenceSizes): Call {
  const { inputs, tensors } = realsOf(rest);
  return {
    program: {
      inputs: { blocks: 'quads', dOutputs: 'sequence', ...inputs },
      output: 'quads',
      numbers: ['time', 'batch'],
      code: `${STATE_IN}${stateAt('blocks')}${realIn(rest)}
quad value(int row, int column) {
  if (!real(row)) { return quad(1.0, 0.0, 0.0, 0.0); }
  int t = row / batch;
  int b = row - t * batch;
  quad gate = blocksAt(time + t, b, column);
  return quad(gate.y, gate.x, dOutputs(b, t, column), 0.0);
}`,
    },
    inputs: { blocks, dOutputs, ...tensors },
    numbers: { time, batch },
  };
}

/** δz, δr, δn as numbers [batch·time, …·hidden], from gate `first` on. */
export function deltasCall(factors: Tensor, ds: Tensor, sizes: SequenceSizes, reverse: boolean, first: number): Call {
  return {
    program: {
      inputs: { factors: 'quads', ds: 'quads' },
      output: 'numbers',
      numbers: [...PLACES, 'first'],
      code: `${STATE_IN}${stateAt('ds')}${AFTER}
float value(int row, int column) {
  int gate = column / ${sizes.hidden};
  int unit = column - gate * ${sizes.hidden};
  int b = row / time;
  int t = row - b * time;
  if (gate + first == 1) { return dsAt(time + t, b, unit).x; }
  quad factor = factors(t * batch + b, unit);
  float d = dsAt(blockAfter(t), b, unit).x;
  if (gate + first == 0) { return factor.x * d; }
  return factor.z * d;
}`,
    },
    inputs: { factors, ds },
    numbers: { ...placesOf(sizes, reverse), first },
  };
}

/** h before each frame, or r∘h, as numbers [batch·time, hidden]. */
export function statesCall({ blocks }: Activations, sizes: SequenceSizes, reverse: boolean, isReset: boolean): Call {
  return {
    program: {
      inputs: { blocks: 'quads' },
      output: 'numbers',
      numbers: PLACES,
      code: `${STATE_IN}${stateAt('blocks')}${BEFORE}
float value(int row, int column) {
  int b = row / time;
  int t = row - b * time;
  float h = blocksAt(blockBefore(t), b, column).x;
  return ${isReset ? 'h * blocksAt(time + t, b, column).x' : 'h'};
}`,
    },
    inputs: { blocks },
    numbers: placesOf(sizes, reverse),
  };
}
