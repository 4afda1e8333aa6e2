import { reshape, sum, type Tensor } from '@tensorflow/tfjs-core';
import type { Call, Device } from '../gpu/device.ts';
import { type Factors, isConstant, type Parts, type ScanKernels } from './scan.ts';
import {
  type Frames,
  joinedPairs,
  pairsOfFrames,
  pairsOfGradients,
  partOfFactors,
  partOfInitial,
  partOfState,
  partOfStates,
} from './shaders.ts';

/** With shaders: ⌈log₂ time⌉ draws over all frames, one before them, and one for each result (Hillis & Steele 1986). */
export function onGpu(device: Device): ScanKernels {
  /** The pairs of the spans from the first frame on: B is the state. */
  const spans = (start: Call, reverse: boolean, rows: number, isComplex: boolean, frames: Frames): Tensor => {
    const columns = isComplex ? frames.size : Math.ceil(frames.size / 2);
    let pairs = device.run(start, rows, columns);
    for (let span = 1; span < frames.time; span *= 2) {
      const joined = device.run(joinedPairs(pairs, reverse ? -span : span, isComplex, frames), rows, columns);
      pairs.dispose();
      pairs = joined;
    }
    return pairs;
  };
  return {
    forward(scan) {
      const { b, h, reverse } = scan;
      const { shape } = b[0] as Tensor;
      const [rows, frames] = framesOf(scan, shape);
      const [batch, , size] = shape as [number, number, number];
      const states = spans(pairsOfFrames(scan, b, h, frames), reverse, rows, b.length === 2, frames);
      const outputs = b.map((_, part) =>
        reshape(device.run(partOfStates(states, part, scan, frames), rows, size), shape),
      );
      const last = h.map((_, part) => device.run(partOfState(states, part, frames.last, scan, frames), batch, size));
      return { outputs, h: last, saved: [states] };
    },
    backward(of, { outputs: dOutputs, h: dLast }) {
      const { a, h, saved, reverse } = of;
      const { shape } = dOutputs[0] as Tensor;
      const [rows, frames] = framesOf(of, shape);
      const [batch, , size] = shape as [number, number, number];
      const states = saved[0] as Tensor;
      const slopes = spans(pairsOfGradients(of, dOutputs, dLast, frames), !reverse, rows, a.length === 2, frames);
      const parts = (call: (part: number) => Call): Parts =>
        a.map((_, part) => reshape(device.run(call(part), rows, size), shape));
      const dA = parts((part) => partOfFactors(of, h, states, slopes, part, frames));
      return {
        a: isConstant(of) ? dA.map((x) => sum(x, [0, 1])) : dA,
        b: parts((part) => partOfStates(slopes, part, of, frames)),
        h: h.map((_, part) => device.run(partOfInitial(of, slopes, part, frames), batch, size)),
      };
    },
  };
}

/** The rows of all frames, and the frames. */
function framesOf({ reverse }: Factors, shape: readonly number[]): readonly [rows: number, frames: Frames] {
  const [batch, time, size] = shape as [number, number, number];
  const ends = { first: 0, last: time - 1 };
  return [batch * time, { time, size, ...(reverse ? { first: ends.last, last: ends.first } : ends) }];
}
