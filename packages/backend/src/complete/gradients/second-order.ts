import {
  Elu,
  Exp,
  engine,
  exp,
  type GradConfig,
  Max,
  Min,
  minimum,
  mul,
  Sigmoid,
  Softmax,
  Tanh,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { provideGradient } from '../gradient.ts';

/** Kernels of one input whose gradient uses their saved output, and the name of that input. */
const savedByOutput = {
  [Tanh]: 'x',
  [Sigmoid]: 'x',
  [Exp]: 'x',
  [Elu]: 'x',
  [Softmax]: 'logits',
  [Max]: 'x',
  [Min]: 'x',
} as const;

/**
 * Second-order gradients through `tanh`, `sigmoid`, `exp`, `elu`, `softmax`, `max` and `min`.
 *
 * tfjs saves the output of these as a copy without its dependency on the input, and so takes it for a
 * constant in the second derivative, which is silently wrong. Within a nested gradient the input is saved here, and
 * the output recomputed from it, on the tape. Outside of one nothing changes. Operations that tfjs
 * builds with `customGrad` (`logSoftmax`, `prelu`'s fused form) cannot be fixed this way and stay wrong.
 */
export function secondOrderGradients(): void {
  for (const [kernelName, input] of Object.entries(savedByOutput)) {
    provideGradient(kernelName, (original) => recomputed(kernelName, input, original as GradConfig));
  }
}

type Recomputed = Pick<GradConfig, 'inputsToSave' | 'outputsToSave' | 'gradFunc'>;

function recomputed(kernelName: string, input: string, original: GradConfig): Recomputed {
  const { inputsToSave = [], outputsToSave = [true] } = original;
  // One tensor more than outside of a nested gradient, by which `gradFunc` recognises its arguments.
  const nested = new Array<string>(inputsToSave.length + 2).fill(input);
  return {
    get inputsToSave() {
      return isNested() ? nested : inputsToSave;
    },
    get outputsToSave() {
      return isNested() ? [] : outputsToSave;
    },
    gradFunc: (dy, saved, attrs) => {
      if (saved.length !== nested.length) return original.gradFunc(dy, saved, attrs);
      const [x] = saved as [Tensor];
      if (kernelName === Elu) return { x: () => mul(dy as Tensor, eluSlope(x)) };
      const y = engine().runKernel(kernelName, { [input]: x }, attrs) as Tensor;
      return original.gradFunc(dy, inputsToSave.length > 0 ? [x, y] : [y], attrs);
    },
  };
}

/** 1 for x > 0, else eˣ. */
function eluSlope(x: Tensor): Tensor {
  return exp(minimum(x, 0));
}

/** Whether a gradient is being taken within that of another function. */
const isNested = (): boolean => (engine() as unknown as { state: { gradientDepth: number } }).state.gradientDepth > 1;
