import { Rng, type Tree, tree } from '@elman/core';
import { type Tensor, tidy, zeros } from '@tensorflow/tfjs-core';
import { makePlan } from '../../src/compiler/plan/make-plan.ts';
import { makeExecutable } from '../../src/compiler/run/executable.ts';
import type { Executable, Given, Writing } from '../../src/compiler/run/given.ts';
import { sizeOf } from '../../src/compiler/shapes.ts';
import { simplify } from '../../src/compiler/simplify/simplify.ts';
import { type AnyCell, drawsOf, traceStep } from '../../src/compiler/trace/index.ts';
import type { PlanWorkspace } from '../../src/simd/plan-workspace.ts';
import { INPUT, layerNormLstm } from './cells.ts';

/** Enough for all parts to be run on threads of their own. */
const SIZES = { time: 6, batch: 32, hidden: 64 };

/** All results of a sequence of a layer-norm LSTM and its gradients, computed in a workspace. */
export function compiledBits(
  workspace: PlanWorkspace,
  { reverse = false }: { readonly reverse?: boolean } = {},
): Float32Array {
  const { time, batch, hidden } = SIZES;
  const cell = layerNormLstm(hidden) as unknown as AnyCell;
  return tidy(() => {
    const params: Tree = (layerNormLstm(hidden) as { init(rng: Rng): Tree }).init(Rng.seeded(1));
    const state = { c: zeros([batch, hidden]), h: zeros([batch, hidden]) };
    const shapes = { params, state, context: undefined, isMasked: true, isNoisy: false };
    const plan = makePlan(simplify(traceStep(cell, shapes)), { withGradient: true, isConstantNoise: () => false });
    const executable = makeExecutable(plan, workspace, drawsOf);
    try {
      return bitsOf(executable, tree.leaves(params), { time, batch, hidden, reverse });
    } finally {
      executable.dispose();
    }
  });
}

function bitsOf(
  executable: Executable,
  params: readonly Tensor[],
  { time, batch, hidden, reverse }: typeof SIZES & { readonly reverse: boolean },
): Float32Array {
  const rng = Rng.seeded(2);
  const random = (count: number): Float32Array => Float32Array.from({ length: count }, () => rng.normal());
  const { graph } = executable.plan;
  const rows = [random(batch * hidden), random(batch * hidden)];
  const given: Given = {
    time,
    batch,
    reverse,
    input: random(time * batch * INPUT),
    state: rows,
    mask: Float32Array.from({ length: time * batch }, () => (rng.uniform() < 0.3 ? 0 : 1)),
    context: [],
    tensors: new Map(graph.params.map((node, i) => [node, params[i] as Tensor])),
    rng: undefined,
    read: (tensor) => tensor.dataSync() as Float32Array,
  };
  const copied: number[] = [];
  const add = (write: Writing | undefined, length: number): void => {
    const target = new Float32Array(length);
    write?.(target);
    copied.push(...target);
  };
  const frames = time * batch;
  const { held } = executable.forward(given, ({ outputs, state }) => {
    add(outputs, frames * hidden);
    for (const leaf of state) add(leaf, batch * hidden);
  });
  if (held === undefined) throw new Error('nothing is held');
  const gradients = { outputs: random(frames * hidden), state: rows };
  executable.backward(given, gradients, held, ({ input, state, sums }) => {
    add(input, frames * INPUT);
    for (const leaf of state) add(leaf, batch * hidden);
    for (const [of, write] of sums) add(write, sizeOf(of.shape));
  });
  held.release();
  return Float32Array.from(copied);
}
