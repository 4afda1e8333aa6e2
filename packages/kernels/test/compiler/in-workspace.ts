import { Rng, type Tree, tree } from '@elman/core';
import { type Tensor, tidy } from '@tensorflow/tfjs-core';
import { makePlan } from '../../src/compiler/plan/make-plan.ts';
import { makeExecutable } from '../../src/compiler/run/executable.ts';
import type { Executable, Given, Writing } from '../../src/compiler/run/given.ts';
import { sizeOf } from '../../src/compiler/shapes.ts';
import { simplify } from '../../src/compiler/simplify/simplify.ts';
import { type AnyCell, drawsOf, traceStep } from '../../src/compiler/trace/index.ts';
import type { PlanWorkspace } from '../../src/simd/plan-workspace.ts';
import type { Inputs, SequenceCase } from '../describe-sequence.ts';
import { gruCase, lstmCase, peepholeLstmCase, resetBeforeGruCase, simpleRnnCases } from '../sequence-cases.ts';
import { layerNormLstm } from './cells.ts';

/** Enough for all parts to be run on threads of their own. */
const SIZES = { time: 6, batch: 32, hidden: 64 };
const { time, batch, hidden } = SIZES;

/** Makes a cell, its parameters and its states of a batch. */
type Make = () => { readonly cell: AnyCell; readonly params: Tree; readonly state: Tree };

/** A cell whose inputs are projected. */
const projected =
  (of: unknown): Make =>
  () => {
    const { cellOf, inputs } = of as SequenceCase<Inputs>;
    const { projected: x, h, c, ...params } = inputs(Rng.seeded(1), SIZES);
    const state: Tree = c === undefined ? { h } : { h, c };
    return { cell: cellOf(x.shape[2], hidden) as AnyCell, params, state };
  };

/** Cells of different plans: two products a frame, a reduction, one state or two. */
export const cells = {
  layerNormLstm() {
    const cell = layerNormLstm(hidden);
    const state = cell.initialState(batch);
    return { cell: cell as unknown as AnyCell, params: cell.init(Rng.seeded(1)), state };
  },
  lstm: projected(lstmCase),
  peepholeLstm: projected(peepholeLstmCase),
  gru: projected(gruCase),
  resetBeforeGru: projected(resetBeforeGruCase),
  simpleRnn: projected(simpleRnnCases.relu),
} satisfies { readonly [name: string]: Make };

/** All results of a sequence of a cell and its gradients, computed in a workspace. */
export function compiledBits(
  workspace: PlanWorkspace,
  { name = 'layerNormLstm', reverse = false }: { readonly name?: keyof typeof cells; readonly reverse?: boolean } = {},
): Float32Array {
  return tidy(() => {
    const { cell, params, state } = cells[name]();
    const shapes = { params, state, context: undefined, isMasked: true, isNoisy: false };
    const plan = makePlan(simplify(traceStep(cell, shapes)), { withGradient: true, isConstantNoise: () => false });
    const executable = makeExecutable(plan, workspace, drawsOf);
    try {
      return bitsOf(executable, cell.inputSize, tree.leaves(params), reverse);
    } finally {
      executable.dispose();
    }
  });
}

function bitsOf(executable: Executable, inputSize: number, params: readonly Tensor[], reverse: boolean): Float32Array {
  const rng = Rng.seeded(2);
  const random = (count: number): Float32Array => Float32Array.from({ length: count }, () => rng.normal());
  const { graph } = executable.plan;
  const rows = graph.state.map(() => random(batch * hidden));
  const given: Given = {
    time,
    batch,
    reverse,
    input: random(time * batch * inputSize),
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
    add(input, frames * inputSize);
    for (const leaf of state) add(leaf, batch * hidden);
    for (const [of, write] of sums) add(write, sizeOf(of.shape));
  });
  held.release();
  return Float32Array.from(copied);
}
