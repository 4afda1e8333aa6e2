import {
  broadcast_util,
  type GradConfig,
  getGradient,
  registerGradient,
  reshape,
  sum,
  type Tensor,
  util,
} from '@tensorflow/tfjs-core';

/** Marks gradients of ours. tfjs's packages may register theirs over them when they are imported later. */
const ours = Symbol.for('elman.gradient');

/** The parts of a gradient that its kernel's name does not say. */
export type Gradient = Omit<GradConfig, 'kernelName'>;

/** Registers a gradient, in the place of tfjs's where there is one, which `make` is given. Ours stays as it is. */
export function provideGradient(kernelName: string, make: (original: GradConfig | undefined) => Gradient): void {
  const existing = getGradient(kernelName) as (GradConfig & { [ours]?: true }) | undefined;
  if (existing?.[ours]) return;
  const gradient = make(existing);
  // Not spread: `inputsToSave` and `outputsToSave` may be accessors.
  registerGradient(Object.assign(gradient, { kernelName, [ours]: true }));
}

/** Adds up what broadcasting has repeated, so that a fresh gradient has the shape of its input. */
export function sumToShape(gradient: Tensor, shape: readonly number[]): Tensor {
  if (util.arraysEqual(gradient.shape, shape as number[])) return gradient;
  const axes = broadcast_util.getReductionAxes(shape as number[], gradient.shape);
  return reshape(axes.length === 0 ? gradient : sum(gradient, axes), shape as number[]);
}
