import type { FedCell, OutputMap, Sequence } from '@elman/core';
import { affine, hasLstmFrames, lstmFrames } from '@elman/kernels';
import { concat, slice } from '@tensorflow/tfjs-core';
import type { LstmParams, LstmState } from './lstm.ts';

/** `feed` of the LSTM: one op per frame, on backends that have it. */
export function feedLstm(
  params: LstmParams,
  inputs: Sequence,
  fedSize: number,
  map?: OutputMap,
): FedCell<LstmState> | undefined {
  if (!hasLstmFrames()) return undefined;
  const { kernel, recurrentKernel, bias } = params;
  const [inputSize, columns] = kernel.shape;
  const known = inputSize - fedSize;
  const projected = affine<Sequence>({ x: inputs, kernel: slice(kernel, [0, 0], [known, columns]), bias });
  const rest = concat([slice(kernel, [known, 0], [fedSize, columns]), recurrentKernel], 0);
  const step = lstmFrames({ projected, kernel: rest, map });
  return {
    step({ h, c }, fed, t) {
      const { mapped, ...state } = step(t, fed, h, c);
      return { output: state.h, state, mapped };
    },
  };
}
