import { engine, type Tensor } from '@tensorflow/tfjs-core';
import type { Storage } from '../storage.ts';
import { backwardInJavaScript, forwardInJavaScript, type ScanSizes } from './javascript.ts';
import { type Factors, isConstant, type Parts, type ScanKernels } from './scan.ts';

/** In JavaScript, on the backend cpu and where wasm has no SIMD. */
export function onArrays(storage: Storage): ScanKernels {
  const makeLike = (parts: Parts): Tensor[] =>
    parts.map(({ shape }) => engine().makeTensorFromTensorInfo(storage.make(shape, () => undefined)));
  const arraysOf = (parts: Parts): Float32Array[] => parts.map((tensor) => storage.read(tensor));
  const sizesOf = (of: Factors, { shape }: Tensor): ScanSizes => {
    const [batch, time, size] = shape as [number, number, number];
    const mask = of.mask && storage.read(of.mask);
    return { batch, time, size, mask, reverse: of.reverse, constant: isConstant(of) };
  };
  return {
    forward(scan) {
      const [outputs, last] = [makeLike(scan.b), makeLike(scan.h)];
      const [a, b, h] = [scan.a, scan.b, scan.h].map(arraysOf) as [Arrays, Arrays, Arrays];
      const to = { outputs: arraysOf(outputs), last: arraysOf(last) };
      forwardInJavaScript(sizesOf(scan, scan.b[0] as Tensor), { a, b, h }, to);
      return { outputs, h: last, saved: outputs };
    },
    backward(of, gradients) {
      const grads = { a: makeLike(of.a), b: makeLike(of.saved), h: makeLike(of.h) };
      const { outputs, h: last } = gradients;
      backwardInJavaScript(
        sizesOf(of, outputs[0] as Tensor),
        {
          a: arraysOf(of.a),
          h: arraysOf(of.h),
          outputs: arraysOf(of.saved),
          dOutputs: arraysOf(outputs),
          dLast: arraysOf(last),
        },
        { dA: arraysOf(grads.a), dB: arraysOf(grads.b), dH: arraysOf(grads.h) },
      );
      return grads;
    },
  };
}

type Arrays = Float32Array[];
