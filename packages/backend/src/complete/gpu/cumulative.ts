import { Cumprod, Cumsum, type CumsumAttrs, cumprod, cumsum, reverse, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { provideKernel } from '../kernel.ts';

/**
 * Reversed `Cumsum` and `Cumprod` on webgpu, as the forward ones of the reversed input. tfjs compiles the first axis
 * length into the shader of the reversed one, and reuses it for every later length.
 */
export function reversedRunsOnWebgpu(): void {
  const run = { [Cumsum]: cumsum, [Cumprod]: cumprod };
  for (const [kernelName, forward] of Object.entries(run)) {
    provideKernel<{ x: Tensor }, CumsumAttrs, unknown>('webgpu', kernelName, (original) => (call) => {
      const { axis, exclusive, reverse: reversed } = call.attrs;
      if (!reversed) return original(call);
      return tidy(() => reverse(forward(reverse(call.inputs.x, axis), axis, exclusive), axis));
    });
  }
}
