import type { NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core';
import { copyOf } from './pool.ts';
import type { SequenceSizes } from './sequence.ts';
import { type OptionsOf, type SequenceCall, type SequenceKernels, savedOf } from './sequence-kernels.ts';
import { make, makeLast, makeSequence, readFrames, readMask } from './sequence-tensors.ts';
import type { Storage } from './storage.ts';

type Arrays = { readonly [name: string]: Float32Array };

/** The common interface of the engines of cells whose state is h alone; inputs may have more fields. */
type Engine = {
  forward(sizes: SequenceSizes, input: never): { readonly hs: Float32Array };
  backward(
    sizes: SequenceSizes,
    saved: never,
    grads: { readonly hs: Float32Array; readonly hLast: Float32Array },
  ): { readonly projected: Float32Array; readonly recurrentKernel: Float32Array; readonly h0: Float32Array };
};

/** A call of such a cell. */
export type OneStateCall = SequenceCall<{
  readonly sizes: SequenceSizes;
  readonly input: { readonly mask?: Float32Array | undefined };
  readonly activations: { readonly hs: Float32Array };
}>;

/** What differs between cells whose state is h alone. */
type OneStateCell<Call extends OneStateCall> = Pick<SequenceKernels<Call>, 'where' | 'kernelName' | 'devices'> & {
  readonly gates: number;
  readonly engine: () => Engine;
  /** A vector [hidden] that `forward` takes under this name, and `backward` returns the gradient of. */
  readonly bias?: string | undefined;
  /** Options of the engine. */
  readonly settings?: ((call: OptionsOf<Call>) => object) | undefined;
};

/** The sequence of a cell whose state is h alone, on typed arrays: results outputs, h. */
export function oneStateKernels<Call extends OneStateCall>({
  gates,
  engine,
  bias,
  settings,
  ...named
}: OneStateCell<Call>): SequenceKernels<Call> {
  const biases = bias === undefined ? [] : [bias];
  return {
    ...named,
    resultGradients: ['dOutputs', 'dH'],
    variables: ['projected', 'recurrentKernel', ...biases, 'h'],
    forward(storage: Storage, inputs: NamedTensorInfoMap, call: Call): TensorInfo[] {
      const { projected, recurrentKernel, h, mask } = inputs as { readonly [name: string]: TensorInfo };
      const [batch, time, width] = (projected as TensorInfo).shape as [number, number, number];
      const sizes: SequenceSizes = { time, batch, hidden: width / gates };
      const input = {
        ...settings?.(call),
        recurrentKernel: copyOf(storage.read(recurrentKernel as TensorInfo)),
        h0: copyOf(storage.read(h as TensorInfo)),
        mask: readMask(storage, mask),
        reverse: call.reverse,
      };
      const given = {
        ...input,
        // First, as it may grow the heap of tfjs, which invalidates earlier views.
        projected: readFrames(storage, projected as TensorInfo),
        ...Object.fromEntries(biases.map((name) => [name, storage.read(inputs[name] as TensorInfo)])),
        hold: true,
      };
      const activations = engine().forward(sizes, given as never);
      call.saved = { sizes, input, activations };
      const { hs } = activations;
      return [makeSequence(storage, hs, sizes, mask), makeLast(storage, hs, sizes, call.reverse)];
    },
    backward(storage: Storage, inputs: NamedTensorInfoMap, call: Call): TensorInfo[] {
      const { sizes, input, activations } = savedOf<NonNullable<OneStateCall['saved']>>(call);
      const { batch, hidden } = sizes;
      const { dOutputs, dH } = inputs as { readonly [name in 'dOutputs' | 'dH']: TensorInfo };
      const grads = engine().backward(sizes, { ...input, ...activations, spend: activations } as never, {
        hs: readFrames(storage, dOutputs, input.mask),
        hLast: storage.read(dH),
      });
      return [
        makeSequence(storage, grads.projected, sizes),
        make(storage, [hidden, gates * hidden], grads.recurrentKernel),
        ...biases.map((name) => make(storage, [hidden], (grads as Arrays)[name] as Float32Array)),
        make(storage, [batch, hidden], grads.h0),
      ];
    },
  };
}
