import { engine, type NamedTensorMap, type Tensor } from '@tensorflow/tfjs-core';
import type { Runner } from '../device-kernels.ts';
import { heapHere } from '../simd/here.ts';
import { storages } from '../storage.ts';
import { webgl } from '../webgl/device.ts';
import { webgpu } from '../webgpu/device.ts';
import { byOps, gradientsOf, held } from './by-ops.ts';
import { onArrays } from './on-arrays.ts';
import { onGpu } from './on-gpu.ts';
import { onHeap } from './on-heap.ts';
import type { Parts, Scan, ScanGradients, ScanKernels, ScanResult } from './scan.ts';

/** What the active backend computes a scan with. */
function kernelsHere(): ScanKernels {
  const { backendName, backend } = engine();
  if (backendName === 'webgl') return onGpu(webgl);
  if (backendName === 'webgpu') return onGpu(webgpu);
  const heap = heapHere();
  if (heap !== undefined) return onHeap(heap);
  const storage = storages[backendName]?.(backend);
  return storage === undefined ? byOps : onArrays(storage);
}

/**
 * A scan as one op on the tape, and its gradients as another. Within a nested gradient they are computed from the inputs
 * by ops on the tape, so that they have gradients of any order.
 */
export function scanOnTape(scan: Scan, kernels: ScanKernels = kernelsHere()): ScanResult {
  const { a, b, h, mask } = scan;
  const count = b.length;
  const runner = engine() as unknown as Runner;
  const isNested = engine().state.gradientDepth > 1;
  const inputs = named({ a, b, h });
  const results = runner.runKernelFunc({
    inputs,
    forwardFunc(_, save) {
      const { outputs, h: last, saved } = kernels.forward(scan);
      save([...(mask ? [mask] : []), ...a, ...h, ...(isNested ? b : saved)]);
      return [...outputs, ...last];
    },
    backwardsFunc(dys, saved) {
      const rest = mask === undefined ? saved : saved.slice(1);
      const of = {
        a: rest.slice(0, count),
        mask: mask && saved[0],
        reverse: scan.reverse,
        h: rest.slice(count, 2 * count),
      };
      const more = rest.slice(2 * count);
      const gradients = { outputs: dys.slice(0, count), h: dys.slice(count) };
      if (isNested) return thunks(inputs, named(differentiable({ ...of, b: more }, gradients)));
      const grads = runner.runKernelFunc({
        inputs: {},
        forwardFunc: () => Object.values(named(kernels.backward({ ...of, saved: more }, gradients))),
        backwardsFunc: () => ({}),
      });
      return thunks(inputs, Object.fromEntries(Object.keys(inputs).map((name, i) => [name, grads[i] as Tensor])));
    },
  });
  return { outputs: results.slice(0, count), h: results.slice(count) };
}

/** The gradients as functions of all inputs, on the tape. */
function differentiable(scan: Scan, gradients: ScanResult): ScanGradients {
  const states = (of: Scan): Parts => scanOnTape(of).outputs;
  return gradientsOf(scan, states({ ...held(scan), h: scan.h, reverse: scan.reverse }), gradients, states);
}

/** Tensors by the names of inputs: `a0`, and `a1` if complex, and so on. */
function named(groups: ScanGradients): NamedTensorMap {
  const entries = Object.entries<Parts>({ a: groups.a, b: groups.b, h: groups.h });
  return Object.fromEntries(entries.flatMap(([name, parts]) => parts.map((part, i) => [`${name}${i}`, part])));
}

const thunks = (inputs: NamedTensorMap, grads: NamedTensorMap): { [name: string]: () => Tensor } =>
  Object.fromEntries(Object.keys(inputs).map((name) => [name, () => grads[name] as Tensor]));
