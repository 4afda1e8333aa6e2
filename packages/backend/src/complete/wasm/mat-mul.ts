import { multiplyOnHeap } from '@elman/kernels';
import { BatchMatMul, type BatchMatMulAttrs, type DataId, type TensorInfo } from '@tensorflow/tfjs-core';
import { type Kernel, provideKernel } from '../kernel.ts';
import { type Factors, type MatMulShape, matMulShape, productsOf } from '../mat-mul-shape.ts';
import { multiplyMatrices } from '../portable/mat-mul.ts';
import type { WasmBackend } from './heap.ts';
import { Transposer } from './transposer.ts';

type MatMul = Kernel<Factors, BatchMatMulAttrs, WasmBackend>;
const plain: BatchMatMulAttrs = { transposeA: false, transposeB: false };

/**
 * `BatchMatMul` on wasm by the SIMD kernels of `@elman/kernels`, transposed or not. Where there is no SIMD, through XNNPACK
 * always: tfjs goes through it only where neither factor is transposed and the batch is one, and multiplies in scalar code
 * otherwise, about five times slower, as in every gradient. Then a transposed factor is transposed first, and a
 * batch is multiplied matrix by matrix. int32, which tfjs refuses, is multiplied in JavaScript.
 */
export function multiplyCompiledOnWasm(): void {
  provideKernel<Factors, BatchMatMulAttrs, WasmBackend>('wasm', BatchMatMul, (original) => {
    const transposer = new Transposer();
    return (call) => {
      const { inputs, attrs, backend } = call;
      const shape = matMulShape(inputs, attrs);
      if (inputs.a.dtype !== 'float32' || inputs.b.dtype !== 'float32') return multiplyWholeNumbers(call, shape);
      const compiled = multiplyOnWasm(backend, inputs, shape, attrs);
      if (compiled !== undefined) return compiled;
      const a = attrs.transposeA ? transposer.transpose(backend, inputs.a) : inputs.a;
      const b = attrs.transposeB ? transposer.transpose(backend, inputs.b) : inputs.b;
      const product = multiply(original, backend, { a, b }, shape);
      if (a !== inputs.a) backend.disposeData(a.dataId);
      if (b !== inputs.b) backend.disposeData(b.dataId);
      return { ...product, shape: shape.out };
    };
  });
}

/** By the kernels on tfjs's own heap, if there is SIMD: a·b + bias of float32. */
export function multiplyOnWasm(
  backend: WasmBackend,
  inputs: Factors & { bias?: TensorInfo | undefined },
  shape: MatMulShape,
  attrs: BatchMatMulAttrs,
): TensorInfo | undefined {
  const out = backend.makeOutput(shape.out, 'float32');
  if (multiplyOnHeap({ ...inputs, out }, ...productsOf(shape, attrs))) return out;
  backend.disposeData(out.dataId);
  return undefined;
}

/** a·b of untransposed float32 matrices. */
function multiply(original: MatMul, backend: WasmBackend, { a, b }: Factors, shape: MatMulShape): TensorInfo {
  const { rows, inner, columns, batchA, batchB } = shape;
  if (batchB > 1) return multiplyEach(backend, { a, b }, shape);
  if (isPackedOtherwise(b, columns)) return multiplyEach(backend, { a, b }, { ...shape, ...asOne(batchA, rows) });
  const tall = { ...a, shape: [batchA * rows, inner] };
  const inputs = { a: tall, b: { ...b, shape: [inner, columns] } };
  return original({ inputs, attrs: plain, backend }) as TensorInfo;
}

/** The columns of a tensor when it was first used as the right factor. */
const packedColumns = new WeakMap<DataId, number>();

/**
 * Whether XNNPACK has this tensor packed in another shape. The module caches packed right factors by tensor alone, and
 * would use the wrong one after a reshape, with wrong numbers and writes beyond the output.
 */
function isPackedOtherwise({ dataId }: TensorInfo, columns: number): boolean {
  const packed = packedColumns.get(dataId);
  if (packed === undefined) packedColumns.set(dataId, columns);
  return packed !== undefined && packed !== columns;
}

const first = (): number => 0;

/** A batch of products with one right factor is one product of all rows. */
const asOne = (batch: number, rows: number): Partial<MatMulShape> => ({
  rows: batch * rows,
  batch: 1,
  indexA: first,
  indexB: first,
});

/** Matrix by matrix: each is registered in the module as a separate tensor over its part of the memory. */
function multiplyEach(backend: WasmBackend, { a, b }: Factors, shape: MatMulShape): TensorInfo {
  const { rows, inner, columns, batch, indexA, indexB } = shape;
  const out = backend.makeOutput([batch, rows, columns], 'float32');
  const run = moduleMatMul(backend);
  const [shapeA, shapeB] = [shapeBytes([1, rows, inner]), shapeBytes([1, inner, columns])];
  const view = (tensor: TensorInfo, index: number, size: number): number => {
    const id = backend.dataIdNextNumber++;
    const { memoryOffset } = backend.dataIdMap.get(tensor.dataId);
    backend.wasm.tfjs.registerTensor(id, size, memoryOffset + 4 * index * size);
    return id;
  };
  for (let i = 0; i < batch; i++) {
    const ids = [
      view(a, indexA(i), rows * inner),
      view(b, indexB(i), inner * columns),
      view(out, i, rows * columns),
    ] as const;
    run(ids[0], shapeA, 3, ids[1], shapeB, 3, false, false, ids[2]);
    for (const id of ids) backend.wasm.tfjs.disposeData(id);
  }
  return out;
}

const moduleFunctions = new WeakMap<object, (...parameters: unknown[]) => void>();

function moduleMatMul({ wasm }: WasmBackend): (...parameters: unknown[]) => void {
  const known = moduleFunctions.get(wasm);
  if (known !== undefined) return known;
  const number = 'number';
  const parameters = [number, 'array', number, number, 'array', number, number, number, number];
  const run = wasm.cwrap(BatchMatMul, null, parameters);
  moduleFunctions.set(wasm, run);
  return run;
}

const shapeBytes = (shape: number[]): Uint8Array => new Uint8Array(Int32Array.from(shape).buffer);

function multiplyWholeNumbers({ inputs, attrs, backend }: Parameters<MatMul>[0], shape: MatMulShape): TensorInfo {
  const { a, b } = inputs;
  const out = backend.makeOutput(shape.out, a.dtype);
  const values = [a, b, out].map((tensor) => backend.typedArrayFromHeap(tensor)) as [
    Int32Array,
    Int32Array,
    Int32Array,
  ];
  multiplyMatrices(values[0], values[1], values[2], shape, attrs);
  return out;
}
