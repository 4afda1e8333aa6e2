import { type NamedTensorMap, reshape, type Tensor } from '@tensorflow/tfjs-core';
import type { SequenceSizes } from '../sequence.ts';
import type { Call, Device } from './device.ts';
import { BLOCK_BEFORE, PLACES, placesOf, STATE_IN, stateAt } from './frames.ts';
import { type Recurrence, recurrentIn } from './recurrence.ts';
import { CHANNELS } from './shader.ts';

/** An upper bound of rows and frames: loops of WebGL 1 need a constant bound. */
const MOST = 1 << 24;

/** The gradients w.r.t. the constants: summed over the rows of a frame, then over all frames. */
export function byConstants(
  device: Device,
  recurrence: Recurrence,
  { factors, ds, states }: { readonly factors: Tensor; readonly ds: Tensor; readonly states: Tensor },
  sizes: SequenceSizes,
  reverse: boolean,
): NamedTensorMap {
  const { constants, slopes } = recurrence;
  if (slopes === undefined || constants.length === 0) return {};
  const { time, hidden } = sizes;
  const program = {
    inputs: { factors: 'quads', ds: 'quads', states: 'quads' },
    output: 'quads',
    numbers: PLACES,
    code: `${recurrence.deltas}${recurrentIn(recurrence)}${slopes}${STATE_IN}${stateAt('ds')}${stateAt('states')}${BLOCK_BEFORE}
quad slopeAt(int t, int b, int column) {
  quad delta = recurrentOf(deltas(factors(t * batch + b, column), dsAt(t, b, column)));
  return slopes(delta, statesAt(blockBefore(t), b, column), statesAt(t, b, column));
}
quad value(int row, int column) {
  quad total = quad(0.0, 0.0, 0.0, 0.0);
  for (int b = 0; b < ${MOST}; b++) {
    if (b >= batch) { break; }
    total += slopeAt(row, b, column);
  }
  return total;
}`,
  } as const;
  const call = { program, inputs: { factors, ds, states }, numbers: placesOf(sizes, reverse) };
  const ofFrames = device.run(call, time, hidden);
  return Object.fromEntries(
    constants.map(({ name, channel }) => {
      const total = device.run(totalCall(ofFrames, channel, time), 1, hidden);
      return [name, reshape(total, [hidden])];
    }),
  );
}

/** One channel, added up over all frames. */
function totalCall(ofFrames: Tensor, channel: number, time: number): Call {
  return {
    program: {
      inputs: { ofFrames: 'quads' },
      output: 'numbers',
      numbers: ['time'],
      code: `
float value(int row, int column) {
  float total = 0.0;
  for (int t = 0; t < ${MOST}; t++) {
    if (t >= time) { break; }
    total += ofFrames(t, column).${CHANNELS[channel]};
  }
  return total;
}`,
    },
    inputs: { ofFrames },
    numbers: { time },
  };
}
