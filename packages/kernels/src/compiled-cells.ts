import type { CompiledCell } from '@elman/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { compileRecurrence } from './compile-recurrence.ts';
import { ACTIVATIONS } from './simd/simple-rnn.ts';
import type { SimpleRnnActivation } from './simple-rnn-engine.ts';

type Params = { readonly kernel: Tensor; readonly recurrentKernel: Tensor; readonly bias: Tensor };
type State<Name extends string> = { readonly [name in Name]: Tensor };

/** An LSTM at work, gates i, f, g, o: see `Cell.compile` of `@elman/core`. Undefined where ops on tensors do as well. */
export function compileLstm<S extends State<'h' | 'c'>>(params: Params): CompiledCell<S> | undefined {
  return compileRecurrence(
    {
      gates: 4,
      states: ['h', 'c'],
      projectedAt: 'gates',
      run: ({ simd }, { batch, width, packed, gates, states }) =>
        simd.forwardLstm(0, 0, batch, 1, batch, width, packed, gates, ...states, 0, 0, 0),
    },
    params,
  );
}

/** The same of a GRU that resets after the product, gates z, r, n. */
export function compileGru<S extends State<'h'>>(
  params: Params & { readonly recurrentBias: Tensor },
): CompiledCell<S> | undefined {
  const { recurrentBias } = params;
  return compileRecurrence(
    {
      gates: 3,
      states: ['h'],
      projectedAt: 'gates',
      extra: (batch, width) => (batch + 1) * width,
      run(heap, { batch, width, packed, gates, extra, states }) {
        const biasAt = extra + 4 * batch * width;
        const bias = heap.view(biasAt, width).fill(0);
        bias.set(heap.view(heap.addressOf(recurrentBias), recurrentBias.size));
        heap.simd.forwardGru(0, 0, batch, 1, batch, width, packed, gates, extra, ...states, 0, 0, biasAt);
      },
    },
    params,
  );
}

/** The same of a simple recurrent network. */
export function compileSimpleRnn<S extends State<'h'>>(
  params: Params,
  activation: SimpleRnnActivation,
): CompiledCell<S> | undefined {
  return compileRecurrence(
    {
      gates: 1,
      states: ['h'],
      projectedAt: 'state',
      run: ({ simd }, { batch, width, packed, states }) =>
        simd.forwardSimpleRnn(0, 0, batch, 1, batch, width, packed, ...states, 0, 0, ACTIVATIONS[activation]),
    },
    params,
  );
}
