import {
  Equal,
  Greater,
  GreaterEqual,
  Less,
  LessEqual,
  LogicalAnd,
  LogicalNot,
  LogicalOr,
  NotEqual,
  type Tensor,
  zeros,
} from '@tensorflow/tfjs-core';
import { provideGradient } from '../gradient.ts';

/** Comparisons are piecewise constant: their gradient is zero. tfjs has none for most, so a `where` of a comparison throws. */
export function comparisonGradients(): void {
  for (const kernelName of [Equal, NotEqual, Greater, GreaterEqual, Less, LessEqual, LogicalAnd, LogicalOr]) {
    provideGradient(kernelName, () => ({
      inputsToSave: ['a', 'b'],
      gradFunc: (_dy, saved) => {
        const [a, b] = saved as [Tensor, Tensor];
        return { a: () => zeros(a.shape), b: () => zeros(b.shape) };
      },
    }));
  }
  provideGradient(LogicalNot, () => ({
    inputsToSave: ['x'],
    gradFunc: (_dy, saved) => ({ x: () => zeros((saved[0] as Tensor).shape) }),
  }));
}
