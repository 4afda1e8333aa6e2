import {
  _FusedMatMul,
  type _FusedMatMulAttrs,
  Elu,
  getKernel,
  LeakyRelu,
  type NamedAttrMap,
  type NamedTensorInfoMap,
  Prelu,
  Relu,
  Relu6,
  Sigmoid,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { CpuBackend } from './cpu/backend.ts';
import { multiplyOnCpu } from './cpu/mat-mul.ts';
import { provideKernel } from './kernel.ts';
import { type Factors, matMulShape } from './mat-mul-shape.ts';
import type { WasmBackend } from './wasm/heap.ts';
import { multiplyOnWasm } from './wasm/mat-mul.ts';

type Inputs = Factors & { bias?: TensorInfo | undefined; preluActivationWeights?: TensorInfo | undefined };

/** Kernels of the activations that tfjs fuses. */
const activations: { readonly [activation: string]: string } = {
  relu: Relu,
  relu6: Relu6,
  elu: Elu,
  sigmoid: Sigmoid,
  prelu: Prelu,
  leakyrelu: LeakyRelu,
};

/** `_FusedMatMul`, every dense layer of tf.layers, with the product and the bias of the kernels: as `BatchMatMul` here. */
export function fuseOnWasm(): void {
  fuse<WasmBackend>('wasm', multiplyOnWasm);
}

/** The same on cpu, where tfjs multiplies at 1 GFLOP/s. */
export function fuseOnCpu(): void {
  fuse<CpuBackend>('cpu', multiplyOnCpu);
}

function fuse<B extends { disposeData(id: TensorInfo['dataId']): unknown }>(
  backendName: string,
  multiply: (backend: B, ...rest: Tail<typeof multiplyOnCpu>) => TensorInfo | undefined,
): void {
  provideKernel<Inputs, _FusedMatMulAttrs, B>(backendName, _FusedMatMul, (original) => (call) => {
    const { inputs, attrs, backend } = call;
    const { a, b, bias, preluActivationWeights: alpha } = inputs;
    const areFloats = [a, b, bias].every((tensor) => tensor == null || tensor.dtype === 'float32');
    const name = activations[attrs.activation];
    if (!areFloats || (name === undefined && attrs.activation !== 'linear')) return original(call);
    const shape = matMulShape(inputs, attrs);
    if (bias != null && (bias.shape.length !== 1 || bias.shape[0] !== shape.columns)) return original(call);
    const product = multiply(backend, { a, b, bias: bias ?? undefined }, shape, attrs);
    if (product === undefined) return original(call);
    if (name === undefined) return product;
    const activated = getKernel(name, backendName).kernelFunc({
      inputs: { x: product, alpha } as NamedTensorInfoMap,
      attrs: { alpha: attrs.leakyreluAlpha } as NamedAttrMap,
      backend,
    });
    backend.disposeData(product.dataId);
    return activated;
  });
}

/** All parameters but the first. */
type Tail<F extends (...parameters: never[]) => unknown> =
  Parameters<F> extends [unknown, ...infer Rest] ? Rest : never;
