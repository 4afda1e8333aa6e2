import {
  engine,
  getGradient,
  getKernel,
  type KernelConfig,
  registerGradient,
  registerKernel,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  type TensorInfo,
  zeros,
} from '@tensorflow/tfjs-core';
import { type Heap, heapOf } from '../simd/heap.ts';
import { sharedWorkspace, type Workspace } from '../simd/workspace.ts';
import { sizeOf, storages } from '../storage.ts';
import { type Addresses, onInput, onKernel, onRows, type Part, rowsOf, type Sizes } from './products.ts';

/** Kernel names in tfjs's registry, which all copies of this package share; the number is their version. */
const NAMES = ['ElmanDilatedConvolution1', 'ElmanDilatedConvolutionInput1', 'ElmanDilatedConvolutionKernel1'] as const;
const [FORWARD, OF_INPUT, OF_KERNEL] = NAMES;

type Attributes = { readonly dilation: number };
type Infos = { readonly [name: string]: TensorInfo };

/** One op, which needs SIMD. */
export function convolveOnTape(x: Tensor2D, kernel: Tensor3D, bias: Tensor1D, dilation: number): Tensor2D {
  register();
  return engine().runKernel(FORWARD, { x, kernel, bias }, { dilation });
}

/** Σ dy shifted back · kernelᵀ: the gradient w.r.t. x. */
const ofInput = (dy: Tensor, kernel: Tensor, dilation: number): Tensor2D =>
  engine().runKernel(OF_INPUT, { dy, kernel }, { dilation });

/** xᵀ shifted · dy for each tap: the gradient w.r.t. the kernel. */
const ofKernel = (x: Tensor, dy: Tensor, dilation: number): Tensor3D =>
  engine().runKernel(OF_KERNEL, { x, dy }, { dilation });

function register(): void {
  const { backendName } = engine();
  for (const kernelName of NAMES) {
    if (getKernel(kernelName, backendName) !== undefined) continue;
    const kernelFunc: KernelConfig['kernelFunc'] = ({ inputs, backend, attrs }) =>
      compute(kernelName, backendName, backend, inputs as unknown as Infos, attrs as unknown as Attributes);
    registerKernel({ kernelName, backendName, kernelFunc });
  }
  if (getGradient(FORWARD) !== undefined) return;
  const of = (attrs: unknown): number => (attrs as Attributes).dilation;
  // All three are linear in each operand, so that their gradients are these three again.
  registerGradient({
    kernelName: FORWARD,
    inputsToSave: ['x', 'kernel'],
    gradFunc(dy, [x, kernel], attrs) {
      const g = dy as Tensor2D;
      return {
        x: () => ofInput(g, kernel as Tensor, of(attrs)),
        kernel: () => ofKernel(x as Tensor, g, of(attrs)),
        bias: () => sum(g, 0),
      };
    },
  });
  registerGradient({
    kernelName: OF_INPUT,
    inputsToSave: ['dy', 'kernel'],
    gradFunc: (g, [dy, kernel], attrs) => ({
      dy: () => withoutBias(g as Tensor2D, kernel as Tensor3D, of(attrs)),
      kernel: () => ofKernel(g as Tensor, dy as Tensor, of(attrs)),
    }),
  });
  registerGradient({
    kernelName: OF_KERNEL,
    inputsToSave: ['x', 'dy'],
    gradFunc: (g, [x, dy], attrs) => ({
      x: () => ofInput(dy as Tensor, g as Tensor, of(attrs)),
      dy: () => withoutBias(x as Tensor2D, g as Tensor3D, of(attrs)),
    }),
  });
}

const withoutBias = (x: Tensor2D, kernel: Tensor3D, dilation: number): Tensor2D =>
  convolveOnTape(x, kernel, zeros([kernel.shape[2]]), dilation);

/** Computes one of the three: its part, the sizes and the shape of the result follow from the operands. */
function compute(
  name: (typeof NAMES)[number],
  backendName: string,
  backend: object,
  inputs: Infos,
  attrs: Attributes,
): TensorInfo {
  const { part, of, shape } = callOf(name, inputs, attrs);
  if (backendName === 'wasm') {
    const heap = heapOf(backend) as Heap;
    const out = heap.make(shape);
    const scratch = heap.scratch(part.scratch(of));
    const operands = Object.entries(inputs).map(([key, tensor]) => [key, heap.addressOf(tensor)]);
    part.run(heap, of, { ...Object.fromEntries(operands), out: heap.addressOf(out), scratch } as Addresses);
    return out;
  }
  const storage = (storages.cpu as NonNullable<typeof storages.cpu>)(backend);
  const { simd, arena } = sharedWorkspace() as Workspace;
  const names = Object.keys(inputs);
  const sizes = Object.fromEntries(names.map((key) => [key, sizeOf((inputs[key] as TensorInfo).shape)]));
  const at: { readonly [name: string]: number } = arena.layout({
    ...sizes,
    out: sizeOf(shape),
    scratch: part.scratch(of),
  });
  for (const key of names)
    arena.view(at[key] as number, sizes[key] as number).set(storage.read(inputs[key] as TensorInfo));
  part.run({ simd, view: arena.view }, of, at as unknown as Addresses);
  arena.check();
  return storage.make(shape, (values) => values.set(arena.view(at.out as number, values.length)));
}

type Call = { readonly part: Part; readonly of: Sizes; readonly shape: number[] };

function callOf(name: (typeof NAMES)[number], { x, kernel, dy }: Infos, { dilation }: Attributes): Call {
  if (name === OF_KERNEL) {
    const [rows, inputSize] = (x as TensorInfo).shape as [number, number];
    const [length, outputSize] = (dy as TensorInfo).shape as [number, number];
    const kernelSize = 1 + (rows - length) / dilation;
    const of = { length, inputSize, outputSize, kernelSize, dilation };
    return { part: onKernel, of, shape: [kernelSize, inputSize, outputSize] };
  }
  const [kernelSize, inputSize, outputSize] = (kernel as TensorInfo).shape as [number, number, number];
  const rows = ((x ?? dy) as TensorInfo).shape[0] as number;
  const length = name === FORWARD ? rows - (kernelSize - 1) * dilation : rows;
  const of = { length, inputSize, outputSize, kernelSize, dilation };
  return name === FORWARD
    ? { part: onRows, of, shape: [length, outputSize] }
    : { part: onInput, of, shape: [rowsOf(of), inputSize] };
}
