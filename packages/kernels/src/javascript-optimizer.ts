import { LEAST_MEAN, LEAST_SQUARE, type OptimizerEngine } from './optimizer-engine.ts';
import type { Storage } from './storage.ts';

/** Optimizers in plain JavaScript, on any storage. Tensors are read only after all results are allocated. */
export function javascriptOptimizer({ read, make }: Storage): OptimizerEngine {
  return {
    sumOfSquares: (x) => sumOfSquares(read(x)),
    scale: (x, factor) => make(x.shape, (values) => scale(values, read(x), factor)),
    addScaled: (x, y, factor) => make(x.shape, (values) => addScaled(values, read(x), read(y), factor)),
    adam(leaf, { beta1, beta2, epsilon, rate }) {
      const { gradient, largest: before, parameter, decay } = leaf;
      const { shape } = gradient;
      const mean = make(shape, (values) => nextMean(values, read(leaf.mean), read(gradient), beta1));
      const meanSquare = make(shape, (values) => nextSquare(values, read(leaf.meanSquare), read(gradient), beta2));
      const largest = before && make(shape, (values) => larger(values, read(before), read(meanSquare)));
      const update = make(shape, (values) => {
        ratio(values, read(mean), read(largest ?? meanSquare), epsilon, rate);
        if (decay !== 0) addScaled(values, values, read(parameter), -decay);
      });
      return { update, mean, meanSquare, largest };
    },
  };
}

// Separate loops, so that each is compiled for typed arrays alone.

function sumOfSquares(xs: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < xs.length; i++) sum += (xs[i] as number) * (xs[i] as number);
  return sum;
}

function scale(values: Float32Array, xs: Float32Array, factor: number): void {
  for (let i = 0; i < values.length; i++) values[i] = (xs[i] as number) * factor;
}

function addScaled(values: Float32Array, xs: Float32Array, ys: Float32Array, factor: number): void {
  for (let i = 0; i < values.length; i++) values[i] = (xs[i] as number) + (ys[i] as number) * factor;
}

function nextMean(values: Float32Array, means: Float32Array, gradients: Float32Array, beta: number): void {
  for (let i = 0; i < values.length; i++) {
    const mean = beta * (means[i] as number) + (gradients[i] as number);
    values[i] = Math.abs(mean) < LEAST_MEAN ? 0 : mean;
  }
}

function nextSquare(values: Float32Array, squares: Float32Array, gradients: Float32Array, beta: number): void {
  for (let i = 0; i < values.length; i++) {
    const gradient = gradients[i] as number;
    const square = beta * (squares[i] as number) + gradient * gradient;
    values[i] = square < LEAST_SQUARE ? 0 : square;
  }
}

function larger(values: Float32Array, xs: Float32Array, ys: Float32Array): void {
  for (let i = 0; i < values.length; i++) values[i] = Math.max(xs[i] as number, ys[i] as number);
}

function ratio(values: Float32Array, ms: Float32Array, vs: Float32Array, epsilon: number, rate: number): void {
  for (let i = 0; i < values.length; i++) {
    values[i] = ((ms[i] as number) * rate) / (Math.sqrt(vs[i] as number) + epsilon);
  }
}
