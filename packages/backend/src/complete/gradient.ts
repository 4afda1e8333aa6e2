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

/** Marks our gradients. tfjs's packages may overwrite them when they are imported later. */
const ours = Symbol.for('elman.gradient');

/** The parts of a gradient other than its kernel's name. */
export type Gradient = Omit<GradConfig, 'kernelName'>;

/** Registers a gradient in place of tfjs's, if any, which is passed to `make`. Our own is not replaced. */
export function provideGradient(kernelName: string, make: (original: GradConfig | undefined) => Gradient): void {
  const existing = getGradient(kernelName) as (GradConfig & { [ours]?: true }) | undefined;
  if (existing?.[ours]) return;
  const gradient = make(existing);
  // Not spread: `inputsToSave` and `outputsToSave` may be accessors.
  registerGradient(Object.assign(gradient, { kernelName, [ours]: true }));
}

/** Sums a new gradient over broadcast axes, so that it has the shape of its input. */
export function sumToShape(gradient: Tensor, shape: readonly number[]): Tensor {
  if (util.arraysEqual(gradient.shape, shape as number[])) return gradient;
  const axes = broadcast_util.getReductionAxes(shape as number[], gradient.shape);
  return reshape(axes.length === 0 ? gradient : sum(gradient, axes), shape as number[]);
}
