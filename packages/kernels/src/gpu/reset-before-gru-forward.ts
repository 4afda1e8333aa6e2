import { type NamedTensorMap, reshape, type Tensor } from '@tensorflow/tfjs-core';
import { framesOf, type SequenceSizes } from '../sequence.ts';
import { type Call, type Device, type RecurrentStep, recur } from './device.ts';
import { pairsOf, type Reals, realIn, realsOf, SECOND_OF, STATE_IN, startOf, takePart } from './frames.ts';
import { framesCall, outputsCall, realsCall, weightsCall } from './layouts.ts';
import { ACTIVATIONS } from './shader.ts';

/** Saved for the backward pass. */
export type Activations = Reals & {
  /** [hidden, hidden]: the recurrent kernels of z, r and n in the channels x, y and z. */
  readonly weights: Tensor;
  /** Blocks [⌈batch/2⌉, hidden]: `time` of (h, n), h after each frame; as many of its gates (r, z); and the initial (h, 0). */
  readonly blocks: Tensor;
};

/** Inputs of a step other than blocks. */
type Given = Reals & { readonly frames: Tensor; readonly weights: Tensor };

const LAYOUT = { gates: 3, constants: [] };

/** The block of the gates of frame t, and that of the initial state. */
export const gatesAt = (t: number, { time }: SequenceSizes): number => time + t;
export const startAt = ({ time }: SequenceSizes): number => 2 * time;

/** A whole sequence: two draws a frame, and some that do not grow in number with time. Results: outputs, and h. */
export function runForward(
  device: Device,
  inputs: NamedTensorMap,
  sizes: SequenceSizes,
  reverse: boolean,
): { readonly results: Tensor[]; readonly activations: Activations } {
  const { time, batch, hidden } = sizes;
  const { projected, h, mask } = inputs as { projected: Tensor; h: Tensor; mask?: Tensor };
  const frames = device.run(framesCall(LAYOUT, projected, sizes), time * batch, hidden);
  const weights = device.run(weightsCall(LAYOUT, inputs, sizes), hidden, hidden);
  const reals = mask && { reals: device.run(realsCall(mask, sizes), time * batch, 1) };
  const order = framesOf(time, reverse);
  const given = { frames, weights, ...reals };
  const [gates, state] = [gatesCall(given, sizes), stateCall(given, sizes)];
  const steps = order.flatMap(({ t, previous }): RecurrentStep[] => {
    const numbers = { batch, at: t * batch };
    const before = previous < 0 ? startAt(sizes) : previous;
    return [
      { ...gates, numbers, to: gatesAt(t, sizes), from: { before } },
      { ...state, numbers, to: t, from: { before, gates: gatesAt(t, sizes) } },
    ];
  });
  const blocks = recur(device, startOf([h], sizes), steps, pairsOf(sizes), hidden);
  const outputs = device.run(outputsCall(blocks, { ...reals }, sizes), batch * time, hidden);
  const last = takePart(device, blocks, 0, order.at(-1)?.t as number, sizes);
  return {
    results: [reshape(outputs, [batch, time, hidden]), last],
    activations: { weights, blocks, ...reals },
  };
}

/** (r, z) of a frame, for two rows of the batch. */
function gatesCall({ frames, weights, ...masked }: Given, { hidden }: SequenceSizes): Omit<Call, 'numbers'> {
  const { inputs, tensors } = realsOf(masked);
  return {
    program: {
      inputs: { frames: 'quads', weights: 'quads', before: 'quads', ...inputs },
      output: 'quads',
      numbers: ['batch', 'at'],
      code: `${ACTIVATIONS}${realIn(masked)}${SECOND_OF}
quad gated(int row, int column, quad product) {
  if (!real(row)) { return quad(0.0, 0.0, 0.0, 0.0); }
  quad sum = frames(row, column) + product;
  return quad(sigmoid(sum.y), sigmoid(sum.x), 0.0, 0.0);
}
quad value(int row, int column) {
  quad first = quad(0.0, 0.0, 0.0, 0.0);
  quad second = quad(0.0, 0.0, 0.0, 0.0);
  for (int k = 0; k < ${hidden}; k++) {
    quad h = before(row, k);
    quad weight = weights(k, column);
    first += weight * h.x;
    second += weight * h.z;
  }
  first = gated(at + 2 * row, column, first);
  second = gated(at + secondOf(row), column, second);
  return quad(first.x, first.y, second.x, second.y);
}`,
    },
    inputs: { frames, weights, ...tensors },
  };
}

/** (h, n) of a frame, from its gates and the previous h. */
function stateCall({ frames, weights, ...masked }: Given, { hidden }: SequenceSizes): Omit<Call, 'numbers'> {
  const { inputs, tensors } = realsOf(masked);
  return {
    program: {
      inputs: { frames: 'quads', weights: 'quads', before: 'quads', gates: 'quads', ...inputs },
      output: 'quads',
      numbers: ['batch', 'at'],
      code: `${ACTIVATIONS}${realIn(masked)}${SECOND_OF}${STATE_IN}
quad stepped(int row, int column, float product, quad gate, quad earlier) {
  if (!real(row)) { return quad(earlier.x, 0.0, 0.0, 0.0); }
  float n = squash(frames(row, column).z + product);
  return quad(n + gate.y * (earlier.x - n), n, 0.0, 0.0);
}
quad value(int row, int column) {
  float first = 0.0;
  float second = 0.0;
  for (int k = 0; k < ${hidden}; k++) {
    quad reset = gates(row, k) * before(row, k);
    float weight = weights(k, column).z;
    first += weight * reset.x;
    second += weight * reset.z;
  }
  quad gate = gates(row, column);
  quad earlier = before(row, column);
  quad a = stepped(at + 2 * row, column, first, stateIn(gate, 0), stateIn(earlier, 0));
  quad b = stepped(at + secondOf(row), column, second, stateIn(gate, 1), stateIn(earlier, 1));
  return quad(a.x, a.y, b.x, b.y);
}`,
    },
    inputs: { frames, weights, ...tensors },
  };
}
