import {
  add,
  engine,
  getGradient,
  getKernel,
  type KernelConfig,
  matMul,
  registerGradient,
  registerKernel,
  reshape,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type TensorInfo,
  tidy,
} from '@tensorflow/tfjs-core';
import { multiplyArrays, multiplyOnHeap, type Operands, type Product } from './mat-mul.ts';
import { type Heap, heapOf } from './simd/heap.ts';
import { hasSimdHere } from './simd/here.ts';
import { sizeOf, storages } from './storage.ts';

/** Operands of a linear map of the last axis plus a bias. */
export type Affine = {
  /** […, inputSize] */
  readonly x: Tensor;
  /** [inputSize, outputSize], or [outputSize, inputSize] if `transposed`. */
  readonly kernel: Tensor2D;
  /** [outputSize] */
  readonly bias: Tensor1D;
  readonly transposed?: boolean | undefined;
};

/** Kernel name in tfjs's registry, which all copies of this package share; the number is its version. */
const NAME = 'ElmanAffine1';
const AT_START = [{ a: 0, b: 0, out: 0 }];

type Attributes = { readonly transposed: boolean };
type Inputs = { readonly x: TensorInfo; readonly kernel: TensorInfo; readonly bias: TensorInfo };

/**
 * y = x·kernel + bias, for any number of axes before the last: […, outputSize]. One op on cpu and wasm where there is SIMD, two
 * elsewhere, with the same numbers to float32 rounding. Its gradients are ops, so that higher-order ones exist, too.
 */
export function affine<T extends Tensor>({ x, kernel, bias, transposed = false }: Affine): T {
  if (hasSimdHere()) {
    register();
    return engine().runKernel(NAME, { x, kernel, bias }, { transposed });
  }
  return tidy(() => likeRows(add(matMul(inRows(x), kernel, false, transposed), bias), x) as T);
}

function register(): void {
  const { backendName } = engine();
  if (getKernel(NAME, backendName) === undefined) {
    const kernelFunc: KernelConfig['kernelFunc'] = ({ inputs, backend, attrs }) =>
      compute(backendName, backend, inputs as unknown as Inputs, attrs as unknown as Attributes);
    registerKernel({ kernelName: NAME, backendName, kernelFunc });
  }
  if (getGradient(NAME) !== undefined) return;
  registerGradient({
    kernelName: NAME,
    inputsToSave: ['x', 'kernel'],
    gradFunc(dy, saved, attrs) {
      const [x, kernel] = saved as [Tensor, Tensor2D];
      const { transposed } = attrs as unknown as Attributes;
      const g = inRows(dy as Tensor);
      return {
        x: () => likeRows(matMul(g, kernel, false, !transposed), x),
        kernel: () => (transposed ? matMul(g, inRows(x), true, false) : matMul(inRows(x), g, true, false)),
        bias: () => sum(g, 0),
      };
    },
  });
}

/** […, size] as [rows, size]. */
const inRows = (x: Tensor): Tensor =>
  x.rank === 2 ? x : reshape(x, [sizeOf(x.shape.slice(0, -1)), x.shape.at(-1) as number]);

/** [rows, size] reshaped to the leading axes of x. */
const likeRows = (rows: Tensor, { rank, shape }: Tensor): Tensor =>
  rank === 2 ? rows : reshape(rows, [...shape.slice(0, -1), rows.shape[1] as number]);

function compute(
  backendName: string,
  backend: object,
  { x, kernel, bias }: Inputs,
  { transposed }: Attributes,
): TensorInfo {
  const depth = x.shape.at(-1) as number;
  const columns = bias.shape[0] as number;
  const shape = [...x.shape.slice(0, -1), columns];
  const rows = sizeOf(x.shape.slice(0, -1));
  const product: Product = { rows, depth, columns, transposeA: false, transposeB: transposed };
  if (backendName === 'wasm') {
    const out = (heapOf(backend) as Heap).make(shape);
    multiplyOnHeap({ a: x, b: kernel, out, bias }, product, AT_START);
    return out;
  }
  const storage = (storages.cpu as NonNullable<typeof storages.cpu>)(backend);
  return storage.make(shape, (out) => {
    const operands: Operands<Float32Array> = {
      a: storage.read(x),
      b: storage.read(kernel),
      out,
      bias: storage.read(bias),
    };
    multiplyArrays(operands, product, AT_START);
  });
}
