import {
  cast,
  greater,
  greaterEqual,
  less,
  lessEqual,
  Maximum,
  Minimum,
  mul,
  SquaredDifference,
  sub,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { provideGradient, sumToShape } from '../gradient.ts';

/** The partial derivatives of a binary operation, at the shape of its output. */
type Slopes = (a: Tensor, b: Tensor) => { a: () => Tensor; b: () => Tensor };

/**
 * `Maximum`, `Minimum` and `SquaredDifference`, also where one side is broadcast. Where the two are equal, `a` gets the
 * gradient, as in tfjs.
 */
export function broadcastingGradients(): void {
  provide(Maximum, (a, b) => ({ a: () => cast(greaterEqual(a, b), 'float32'), b: () => cast(less(a, b), 'float32') }));
  provide(Minimum, (a, b) => ({ a: () => cast(lessEqual(a, b), 'float32'), b: () => cast(greater(a, b), 'float32') }));
  provide(SquaredDifference, (a, b) => ({ a: () => mul(2, sub(a, b)), b: () => mul(2, sub(b, a)) }));
}

function provide(kernelName: string, slopes: Slopes): void {
  provideGradient(kernelName, () => ({
    inputsToSave: ['a', 'b'],
    gradFunc: (dy, saved) => {
      const [a, b] = saved as [Tensor, Tensor];
      const slope = slopes(a, b);
      return {
        a: () => sumToShape(mul(dy as Tensor, slope.a()), a.shape),
        b: () => sumToShape(mul(dy as Tensor, slope.b()), b.shape),
      };
    },
  }));
}
