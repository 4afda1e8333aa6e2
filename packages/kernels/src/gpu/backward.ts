import { matMul, type NamedTensorMap, reshape, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import { framesOf, type SequenceSizes } from '../sequence.ts';
import { beforeCall, carriesCall, factorsCall, gatesOf } from './coefficients.ts';
import { byConstants } from './constants.ts';
import { type Call, type Device, type RecurrentStep, recur } from './device.ts';
import type { Activations } from './forward.ts';
import { pairsOf, SECOND_OF, STATE_IN, startOf, stateAt, takePart } from './frames.ts';
import { transposedCall } from './layouts.ts';
import { type Recurrence, recurrentIn } from './recurrence.ts';
import { CHANNEL_OF } from './shader.ts';

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
  const before = run(beforeCall(activations, sizes, reverse));
  const gates = gatesOf(device, recurrence, activations, before, sizes, reverse);
  const factors = run(factorsCall(recurrence, activations, gates, sizes, reverse));
  const carries = run(carriesCall(recurrence, activations, gates, factors, dOutputs as Tensor, sizes));
  gates.dispose();

  // For coalesced reads: a shader's column is a unit, and reads the unit's row of the recurrent kernel.
  const transposed = device.run(transposedCall(weights), hidden, hidden);
  const step = stepCall(recurrence, { factors, carries, transposed }, sizes);
  const ds = recur(device, startOf(dState, sizes), stepsOf(step, sizes, reverse), pairsOf(sizes), hidden);
  carries.dispose();
  transposed.dispose();

  const width = recurrence.gates * hidden;
  const deltas = (recurrent: boolean): Tensor =>
    device.run(deltasCall(recurrence, factors, ds, sizes, recurrent), batch * time, width);
  const projected = deltas(false);
  const recurrent = recurrence.recurrent ? deltas(true) : projected;
  const byState = recurrence.state.map((name, part) => [name, takePart(device, ds, part, time, sizes)] as const);
  return {
    projected: reshape(projected, [batch, time, width]),
    recurrentKernel: matMul(before as Tensor2D, recurrent as Tensor2D, true, false),
    ...Object.fromEntries(byState),
    ...byConstants(device, recurrence, { factors, ds, states }, sizes, reverse),
  };
}

/** From the frame that was run last to the first, and then to the initial state, which is block `time`. */
function stepsOf(step: Omit<Call, 'numbers'>, { time, batch }: SequenceSizes, reverse: boolean): RecurrentStep[] {
  const order = framesOf(time, reverse).map(({ t }) => t);
  const backwards = order.map((at, i) => ({ at, after: order[i + 1] as number | undefined })).reverse();
  const rowOf = (t: number | undefined): number => (t === undefined ? -1 : t * batch);
  return [...backwards, { at: undefined, after: order[0] }].map(({ at, after }) => ({
    ...step,
    numbers: { batch, at: rowOf(at), after: rowOf(after) },
    to: at ?? time,
    from: { previous: after ?? time + 1 },
  }));
}

/** The gradient d of the state at a frame, from that at the frame which was run after it; −1 if none. */
function stepCall(
  recurrence: Recurrence,
  inputs: { readonly factors: Tensor; readonly carries: Tensor; readonly transposed: Tensor },
  { hidden }: SequenceSizes,
): Omit<Call, 'numbers'> {
  return {
    program: {
      inputs: { factors: 'quads', carries: 'quads', transposed: 'quads', previous: 'quads' },
      output: 'quads',
      numbers: ['batch', 'at', 'after'],
      code: `${recurrence.deltas}${recurrentIn(recurrence)}${SECOND_OF}${STATE_IN}
quad stepped(int b, int column, float sum, quad later) {
  quad d = later;
  if (after >= 0) {
    quad carry = carries(after + b, column);
    d = quad(carry.z * later.x + sum, carry.y * later.y, 0.0, 0.0);
  }
  if (at >= 0) {
    quad carry = carries(at + b, column);
    d.x += carry.w;
    d.y += carry.x * d.x;
  }
  return d;
}
quad value(int row, int column) {
  float sum = 0.0;
  float second = 0.0;
  if (after >= 0) {
    for (int k = 0; k < ${hidden}; k++) {
      quad d = previous(row, k);
      quad weight = transposed(k, column);
      sum += dot(recurrentOf(deltas(factors(after + 2 * row, k), stateIn(d, 0))), weight);
      second += dot(recurrentOf(deltas(factors(after + secondOf(row), k), stateIn(d, 1))), weight);
    }
  }
  quad later = previous(row, column);
  quad a = stepped(2 * row, column, sum, stateIn(later, 0));
  quad b = stepped(secondOf(row), column, second, stateIn(later, 1));
  return quad(a.x, a.y, b.x, b.y);
}`,
    },
    inputs,
  };
}

/** The gradients w.r.t. the pre-activations of the gates, [batch·time, gates·hidden]: the part from the input, or from the state. */
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
      code: `${recurrence.deltas}${recurrentIn(recurrence)}${CHANNEL_OF}${STATE_IN}${stateAt('ds')}
float value(int row, int column) {
  int gate = column / ${hidden};
  int unit = column - gate * ${hidden};
  int b = row / time;
  int t = row - b * time;
  quad delta = deltas(factors(t * batch + b, unit), dsAt(t, b, unit));
  return channelOf(${recurrent ? 'recurrentOf(delta)' : 'delta'}, gate);
}`,
    },
    inputs: { factors, ds },
    numbers: { time, batch },
  };
}
