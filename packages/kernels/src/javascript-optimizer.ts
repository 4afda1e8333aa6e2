import type { TensorInfo } from '@tensorflow/tfjs-core';
import { LEAST_MEAN, LEAST_SQUARE, type OptimizerEngine } from './optimizer-engine.ts';
import type { Storage } from './storage.ts';

/** Optimizers in plain JavaScript, on any storage. */
export function javascriptOptimizer({ read, make }: Storage): OptimizerEngine {
  /** A tensor of `f(i)` for every i; `begin` reads what it is made of, once there is room for it. */
  const fill = (shape: number[], begin: () => (i: number) => number): TensorInfo =>
    make(shape, (values) => {
      const f = begin();
      for (let i = 0; i < values.length; i++) values[i] = f(i);
    });

  return {
    sumOfSquares(x) {
      let sum = 0;
      for (const value of read(x)) sum += value * value;
      return sum;
    },
    scale: (x, factor) =>
      fill(x.shape, () => {
        const values = read(x);
        return (i) => (values[i] as number) * factor;
      }),
    addScaled: (x, y, factor) =>
      fill(x.shape, () => {
        const [xs, ys] = [read(x), read(y)];
        return (i) => (xs[i] as number) + (ys[i] as number) * factor;
      }),
    adam(leaf, { beta1, beta2, epsilon, rate }) {
      const { shape } = leaf.gradient;
      const mean = fill(shape, () => {
        const [m, g] = [read(leaf.mean), read(leaf.gradient)];
        return (i) => {
          const next = beta1 * (m[i] as number) + (g[i] as number);
          return Math.abs(next) < LEAST_MEAN ? 0 : next;
        };
      });
      const meanSquare = fill(shape, () => {
        const [v, g] = [read(leaf.meanSquare), read(leaf.gradient)];
        return (i) => {
          const next = beta2 * (v[i] as number) + (g[i] as number) * (g[i] as number);
          return next < LEAST_SQUARE ? 0 : next;
        };
      });
      const { largest: before, parameter, decay } = leaf;
      const largest =
        before &&
        fill(shape, () => {
          const [l, v] = [read(before), read(meanSquare)];
          return (i) => Math.max(l[i] as number, v[i] as number);
        });
      const update = fill(shape, () => {
        const [m, v, p] = [read(mean), read(largest ?? meanSquare), read(parameter)];
        const taken = (i: number): number => (decay === 0 ? 0 : decay * (p[i] as number));
        return (i) => (rate * (m[i] as number)) / (Math.sqrt(v[i] as number) + epsilon) - taken(i);
      });
      return { update, mean, meanSquare, largest };
    },
  };
}
