import { matMul, type NamedTensorMap, reshape, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import { framesOf, type SequenceSizes } from '../sequence.ts';
import { carriesCall, factorsCall, gatesCall } from './coefficients.ts';
import type { Call, Device } from './device.ts';
import type { Activations } from './forward.ts';
import { CHANNEL_OF, FRAME_ROW, ROW_BEFORE, ROW_NUMBERS, rowNumbers, startOf, takeChannel } from './frames.ts';
import type { Recurrence } from './recurrence.ts';
import { CHANNELS } from './shader.ts';

/** The gradients of a sequence by name: one draw a frame, and some that do not grow in number with time. */
export function runBackward(
  device: Device,
  recurrence: Recurrence,
  [dOutputs, ...dState]: readonly Tensor[],
  activations: Activations,
  sizes: SequenceSizes,
  reverse: boolean,
): NamedTensorMap {
  const { time, batch, hidden } = sizes;
  const { weights, states } = activations;
  const run = (call: Call): Tensor => device.run(call, time * batch, hidden);
  const gates = run(gatesCall(recurrence, activations, sizes, reverse));
  const factors = run(factorsCall(recurrence, activations, gates, sizes, reverse));
  const carries = run(carriesCall(recurrence, activations, gates, factors, dOutputs as Tensor, sizes));
  gates.dispose();

  const order = framesOf(time, reverse).map(({ t }) => t);
  const steps = [
    ...order.map((t, i) => ({ at: t, after: order[i + 1] })).reverse(),
    { at: undefined, after: order[0] },
  ].map(({ at, after }) => ({
    to: at ?? time,
    from: after ?? time + 1,
    numbers: { at: at === undefined ? -1 : at * batch, after: after === undefined ? -1 : after * batch },
  }));
  // Neighbours read neighbours: a shader's column is a unit, and takes the unit's row of the recurrent kernel.
  const transposed = device.run(transposedCall(weights), hidden, hidden);
  const step = stepCall(recurrence, factors, carries, transposed, sizes);
  const ds = device.recur(startOf(dState), step, steps, batch, hidden);
  carries.dispose();
  transposed.dispose();

  const { gates: width } = recurrence;
  const projected = device.run(deltasCall(recurrence, factors, ds, sizes, false), batch * time, width * hidden);
  const recurrent = recurrence.recurrent
    ? device.run(deltasCall(recurrence, factors, ds, sizes, true), batch * time, width * hidden)
    : projected;
  const before = device.run(beforeCall(states, sizes, reverse), batch * time, hidden);
  const byState = recurrence.state.map(
    (name, channel) => [name, takeChannel(device, ds, channel, time, sizes)] as const,
  );
  return {
    projected: reshape(projected, [batch, time, width * hidden]),
    recurrentKernel: matMul(before as Tensor2D, recurrent as Tensor2D, true, false),
    ...Object.fromEntries(byState),
    ...byConstants(device, recurrence, factors, ds, states, sizes, reverse),
  };
}

/** More than there are rows or frames: a loop of WebGL 1 has an end that is known beforehand. */
const MOST = 1 << 24;

/** `quad recurrentOf(quad deltas)` */
const recurrentIn = ({ recurrent }: Recurrence): string => `${recurrent ?? ''}
quad recurrentOf(quad deltas) {
  return ${recurrent ? 'recurrent(deltas)' : 'deltas'};
}`;

/** The gradient d of the state at a frame, of that at the frame which was run after it; −1 where there is no such frame. */
function stepCall(
  recurrence: Recurrence,
  factors: Tensor,
  carries: Tensor,
  transposed: Tensor,
  { hidden }: SequenceSizes,
): Omit<Call, 'numbers'> {
  return {
    program: {
      inputs: { factors: 'quads', carries: 'quads', transposed: 'quads', previous: 'quads' },
      output: 'quads',
      numbers: ['at', 'after'],
      code: `${recurrence.deltas}${recurrentIn(recurrence)}
quad value(int row, int column) {
  quad d = previous(row, column);
  if (after >= 0) {
    quad carry = carries(after + row, column);
    d = quad(carry.z * d.x, carry.y * d.y, 0.0, 0.0);
    float sum = 0.0;
    for (int k = 0; k < ${hidden}; k++) {
      quad delta = recurrentOf(deltas(factors(after + row, k), previous(row, k)));
      sum += dot(delta, transposed(k, column));
    }
    d.x += sum;
  }
  if (at >= 0) {
    quad carry = carries(at + row, column);
    d.x += carry.w;
    d.y += carry.x * d.x;
  }
  return d;
}`,
    },
    inputs: { factors, carries, transposed },
  };
}

/** The recurrent kernel [hidden, hidden] with its rows as columns. */
function transposedCall(weights: Tensor): Call {
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

/** The gradients by what the gates are given, [batch·time, gates·hidden]: of the input, or of the state. */
function deltasCall(
  recurrence: Recurrence,
  factors: Tensor,
  ds: Tensor,
  { time, batch, hidden }: SequenceSizes,
  recurrent: boolean,
): Call {
  return {
    program: {
      inputs: { factors: 'quads', ds: 'quads' },
      output: 'numbers',
      numbers: ['time', 'batch'],
      code: `${recurrence.deltas}${recurrentIn(recurrence)}${CHANNEL_OF}${FRAME_ROW}
float value(int row, int column) {
  int gate = column / ${hidden};
  int unit = column - gate * ${hidden};
  quad delta = deltas(factors(frameRow(row), unit), ds(frameRow(row), unit));
  return channelOf(${recurrent ? 'recurrentOf(delta)' : 'delta'}, gate);
}`,
    },
    inputs: { factors, ds },
    numbers: { time, batch },
  };
}

/** h before each frame, [batch·time, hidden]. */
function beforeCall(states: Tensor, sizes: SequenceSizes, reverse: boolean): Call {
  return {
    program: {
      inputs: { states: 'quads' },
      output: 'numbers',
      numbers: ROW_NUMBERS,
      code: `${ROW_BEFORE}${FRAME_ROW}
float value(int row, int column) {
  return states(rowBefore(frameRow(row)), column).x;
}`,
    },
    inputs: { states },
    numbers: rowNumbers(sizes, reverse),
  };
}

/** The gradients by the constants: what the rows of a frame add to them, and then all frames. */
function byConstants(
  device: Device,
  recurrence: Recurrence,
  factors: Tensor,
  ds: Tensor,
  states: Tensor,
  sizes: SequenceSizes,
  reverse: boolean,
): NamedTensorMap {
  const { constants, slopes } = recurrence;
  if (slopes === undefined || constants.length === 0) return {};
  const { time, hidden } = sizes;
  const ofFrames = device.run(
    {
      program: {
        inputs: { factors: 'quads', ds: 'quads', states: 'quads' },
        output: 'quads',
        numbers: ROW_NUMBERS,
        code: `${recurrence.deltas}${recurrentIn(recurrence)}${slopes}${ROW_BEFORE}
quad slopeOf(int row, int column) {
  quad delta = recurrentOf(deltas(factors(row, column), ds(row, column)));
  return slopes(delta, states(rowBefore(row), column), states(row, column));
}
quad value(int row, int column) {
  quad total = quad(0.0, 0.0, 0.0, 0.0);
  for (int b = 0; b < ${MOST}; b++) {
    if (b >= batch) { break; }
    total += slopeOf(row * batch + b, column);
  }
  return total;
}`,
      },
      inputs: { factors, ds, states },
      numbers: rowNumbers(sizes, reverse),
    },
    time,
    hidden,
  );
  const total = (channel: number): Tensor => {
    const program = {
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
    } as const;
    return reshape(device.run({ program, inputs: { ofFrames }, numbers: { time } }, 1, hidden), [hidden]);
  };
  return Object.fromEntries(constants.map(({ name, channel }) => [name, total(channel)]));
}
