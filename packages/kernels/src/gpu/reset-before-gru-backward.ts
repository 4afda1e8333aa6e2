import { concat, matMul, type NamedTensorMap, reshape, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import { framesOf, type SequenceSizes } from '../sequence.ts';
import { type Call, type Device, type RecurrentStep, recur } from './device.ts';
import { pairsOf, SECOND_OF, takePart } from './frames.ts';
import { transposedCall } from './layouts.ts';
import { carriesCall, deltasCall, factorsCall, statesCall } from './reset-before-gru-coefficients.ts';
import { type Activations, gatesAt, startAt } from './reset-before-gru-forward.ts';

/**
 * The gradients of a sequence by name: two draws a frame, and some that do not grow in number with time. With dh by the state
 * after a frame and s = r∘hₜ₋₁, all linear:
 *
 *   ds = (factors.z∘dh)·Unᵀ       δr = factors.y∘ds       rest = carries.x∘dh + carries.y∘ds + (factors.x∘dh)·Uzᵀ
 *   dhₜ₋₁ = rest + δr·Urᵀ + dOutputₜ₋₁
 */
export function runBackward(
  device: Device,
  [dOutputs, dH]: readonly Tensor[],
  activations: Activations,
  sizes: SequenceSizes,
  reverse: boolean,
): NamedTensorMap {
  const { time, batch, hidden } = sizes;
  const run = (call: Call, columns = hidden): Tensor => device.run(call, time * batch, columns);
  const factors = run(factorsCall(activations, sizes, reverse));
  const carries = run(carriesCall(activations, dOutputs as Tensor, sizes));
  const transposed = device.run(transposedCall(activations.weights), hidden, hidden);
  const order = framesOf(time, reverse);
  const start = startCall(dH as Tensor, carries, sizes, order.at(-1)?.t as number);
  const steps = stepsOf({ factors, carries, transposed }, sizes, reverse);
  const ds = recur(device, start, steps, pairsOf(sizes), hidden);
  carries.dispose();
  transposed.dispose();

  const deltas = (first: number, count: number): Tensor2D =>
    run(deltasCall(factors, ds, sizes, reverse, first), count * hidden) as Tensor2D;
  const states = (isReset: boolean): Tensor2D => run(statesCall(activations, sizes, reverse, isReset)) as Tensor2D;
  const gates = matMul(states(false), deltas(0, 2), true);
  const candidate = matMul(states(true), deltas(2, 1), true);
  return {
    projected: reshape(deltas(0, 3), [batch, time, 3 * hidden]),
    recurrentKernel: concat([gates, candidate], 1),
    h: takePart(device, ds, 0, order[0]?.t as number, sizes),
  };
}

type Given = { readonly factors: Tensor; readonly carries: Tensor; readonly transposed: Tensor };

/**
 * From the frame that was run last to the first. Block t is dh of the state before frame t, the block of its gates (δr, rest), and the
 * one to start from dh of the last state.
 */
function stepsOf(given: Given, sizes: SequenceSizes, reverse: boolean): RecurrentStep[] {
  const { batch } = sizes;
  const order = framesOf(sizes.time, reverse);
  const [reset, state] = [resetCall(given, sizes), stateCall(given, sizes)];
  return order
    .map(({ t, previous }, i): RecurrentStep[] => {
      const later = order[i + 1]?.t ?? startAt(sizes);
      const earlier = previous < 0 ? -1 : previous * batch;
      return [
        { ...reset, numbers: { batch, at: t * batch }, to: gatesAt(t, sizes), from: { later } },
        { ...state, numbers: { batch, earlier }, to: t, from: { resets: gatesAt(t, sizes) } },
      ];
    })
    .reverse()
    .flat();
}

/** dh of the last state: the given gradient plus that w.r.t. its output. */
function startCall(dH: Tensor, carries: Tensor, { batch }: SequenceSizes, last: number): Call {
  return {
    program: {
      inputs: { dH: 'matrix', carries: 'quads' },
      output: 'quads',
      numbers: ['batch', 'at'],
      code: `${SECOND_OF}
float started(int b, int column) {
  return dH(b, column) + carries(at + b, column).z;
}
quad value(int row, int column) {
  return quad(started(2 * row, column), 0.0, started(secondOf(row), column), 0.0);
}`,
    },
    inputs: { dH, carries },
    numbers: { batch, at: last * batch },
  };
}

/** (δr, rest) of a frame, from dh of the state after it. */
function resetCall({ factors, carries, transposed }: Given, { hidden }: SequenceSizes): Omit<Call, 'numbers'> {
  return {
    program: {
      inputs: { factors: 'quads', carries: 'quads', transposed: 'quads', later: 'quads' },
      output: 'quads',
      numbers: ['batch', 'at'],
      code: `${SECOND_OF}
quad carried(int row, int column, quad sum, float d) {
  quad carry = carries(row, column);
  return quad(factors(row, column).y * sum.z, carry.x * d + carry.y * sum.z + sum.x, 0.0, 0.0);
}
quad value(int row, int column) {
  quad first = quad(0.0, 0.0, 0.0, 0.0);
  quad second = quad(0.0, 0.0, 0.0, 0.0);
  for (int k = 0; k < ${hidden}; k++) {
    quad d = later(row, k);
    quad weight = transposed(k, column);
    first += factors(at + 2 * row, k) * weight * d.x;
    second += factors(at + secondOf(row), k) * weight * d.z;
  }
  quad d = later(row, column);
  quad a = carried(at + 2 * row, column, first, d.x);
  quad b = carried(at + secondOf(row), column, second, d.z);
  return quad(a.x, a.y, b.x, b.y);
}`,
    },
    inputs: { factors, carries, transposed },
  };
}

/** dh of the state before a frame, from (δr, rest). */
function stateCall({ carries, transposed }: Given, { hidden }: SequenceSizes): Omit<Call, 'numbers'> {
  return {
    program: {
      inputs: { carries: 'quads', transposed: 'quads', resets: 'quads' },
      output: 'quads',
      numbers: ['batch', 'earlier'],
      code: `${SECOND_OF}
float outputAt(int b, int column) {
  if (earlier < 0) { return 0.0; }
  return carries(earlier + b, column).z;
}
quad value(int row, int column) {
  quad rest = resets(row, column);
  float first = rest.y + outputAt(2 * row, column);
  float second = rest.w + outputAt(secondOf(row), column);
  for (int k = 0; k < ${hidden}; k++) {
    quad delta = resets(row, k);
    float weight = transposed(k, column).y;
    first += delta.x * weight;
    second += delta.z * weight;
  }
  return quad(first, 0.0, second, 0.0);
}`,
    },
    inputs: { carries, transposed },
  };
}
