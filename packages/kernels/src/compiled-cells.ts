import type { CompiledCell } from '@elman/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { compileRecurrence, type Recurrence, type RecurrentParams } from './compile-recurrence.ts';
import type { CompiledMemory } from './simd/compiled-memory.ts';
import { copyRows, packWeights } from './simd/compiled-weights.ts';
import { ACTIVATIONS } from './simd/simple-rnn.ts';
import { paddedWidth } from './simd/workspace.ts';
import type { SimpleRnnActivation } from './simple-rnn-engine.ts';

type State<Name extends string> = { readonly [name in Name]: Tensor };

/** A compiled LSTM, gates i, f, g, o: see `Cell.compile` of `@elman/core`. Undefined where ops on tensors do as well. */
export function compileLstm<S extends State<'h' | 'c'>>(params: RecurrentParams): CompiledCell<S> | undefined {
  return compileRecurrence(lstm(), params);
}

/** The same with peepholes i, f and o, each [hidden]. */
export function compilePeepholeLstm<S extends State<'h' | 'c'>>(
  params: RecurrentParams & { readonly peepholes: State<'i' | 'f' | 'o'> },
): CompiledCell<S> | undefined {
  const recurrence = lstm<typeof params>((memory, { peepholes: { i, f, o } }) => [copyRows(memory, [i, f, o], i.size)]);
  return compileRecurrence(recurrence, params);
}

/** With `peepholes`, here three rows, the gates read the memory cell. */
function lstm<P extends RecurrentParams>(peepholes: Recurrence<P>['weights'] = () => []): Recurrence<P> {
  return {
    gates: 4,
    states: ['h', 'c'],
    projectedAt: 'gates',
    weights: (memory, params) => [packGates(memory, params, 0, 4), ...peepholes(memory, params)],
    run(simd, { batch, width, reverse, weights: [packed, peeping = 0], gates, states }) {
      simd.forwardLstm(0, 0, batch, 1, batch, width, packed as number, gates, ...states, 0, reverse, peeping);
    },
  };
}

/** The same of a GRU that resets after the product, gates z, r, n. */
export function compileGru<S extends State<'h'>>(
  params: RecurrentParams & { readonly recurrentBias: Tensor },
): CompiledCell<S> | undefined {
  const recurrence: Recurrence<typeof params> = {
    gates: 3,
    states: ['h'],
    projectedAt: 'gates',
    extra: (batch, width) => batch * width,
    weights: (memory, params) => [
      packGates(memory, params, 0, 3),
      copyRows(memory, [params.recurrentBias], params.recurrentBias.size),
    ],
    run(simd, { batch, width, reverse, weights: [packed, bias], gates, extra, states }) {
      const [kernel, offset] = [packed as number, bias as number];
      simd.forwardGru(0, 0, batch, 1, batch, width, kernel, gates, extra, ...states, 0, reverse, offset);
    },
  };
  return compileRecurrence(recurrence, params);
}

/** The same of a GRU whose reset gate acts before the product, gates z, r, n. */
export function compileResetBeforeGru<S extends State<'h'>>(params: RecurrentParams): CompiledCell<S> | undefined {
  const recurrence: Recurrence<RecurrentParams> = {
    gates: 3,
    states: ['h'],
    projectedAt: 'gates',
    extra: (batch, width) => batch * width,
    weights: (memory, params) => [packGates(memory, params, 0, 2), packGates(memory, params, 2, 3)],
    run(simd, { batch, width, reverse, weights: [packed, packedCandidate], gates, extra, states }) {
      const kernels = [packed, packedCandidate] as [number, number];
      simd.forwardResetBeforeGru(0, 0, batch, 1, batch, width, ...kernels, gates, ...states, 0, reverse, extra);
    },
  };
  return compileRecurrence(recurrence, params);
}

/** The same of a simple recurrent network. */
export function compileSimpleRnn<S extends State<'h'>>(
  params: RecurrentParams,
  activation: SimpleRnnActivation,
): CompiledCell<S> | undefined {
  const recurrence: Recurrence<RecurrentParams> = {
    gates: 1,
    states: ['h'],
    projectedAt: 'state',
    weights: (memory, params) => [packGates(memory, params, 0, 1)],
    run(simd, { batch, width, reverse, weights: [packed], states }) {
      const how = ACTIVATIONS[activation];
      simd.forwardSimpleRnn(0, 0, batch, 1, batch, width, packed as number, ...states, 0, reverse, how);
    },
  };
  return compileRecurrence(recurrence, params);
}

/** Packs of the recurrent kernel [hidden, gates·hidden] the gates `from` to before `to`. */
function packGates(memory: CompiledMemory, { recurrentKernel }: RecurrentParams, from: number, to: number): number {
  const [size, columns] = recurrentKernel.shape as [number, number];
  return packWeights(memory, recurrentKernel, { size, groups: columns / size, depth: paddedWidth(size), from, to });
}
