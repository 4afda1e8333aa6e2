import { type Cell, type Rng, type Step, type Tree, tree } from '@elman/core';
import { cast, customGrad, engine, mul, notEqual, scalar, Tensor } from '@tensorflow/tfjs-core';
import { type Node, NotCompilable, type StepGraph } from '../graph.ts';
import { currentTape, isolated } from './isolate.ts';
import { traceBackend } from './kernels.ts';
import { lineOf } from './line.ts';
import { recordingRng } from './noise.ts';
import { Recorder } from './recorder.ts';
import { type AnyCell, isFloat, type StepShapes, type Symbols, symbolsOf } from './symbols.ts';

export type RecordOptions = {
  /** Rows of the batch. */
  readonly rows: number;
  /** Whether nodes get the line of the step: 10 µs a node. */
  readonly withLines: boolean;
};

/** The graph of a step on a batch of so many rows; which nodes are per row is not known yet. @throws {NotCompilable} */
export function recordStep(cell: AnyCell, like: StepShapes, { rows, withLines }: RecordOptions): StepGraph {
  const recorder = new Recorder(withLines);
  try {
    const graph = isolated(traceBackend(), recorder, (isOutside) => {
      recorder.isOutside = isOutside;
      return record(cell, like, rows, recorder);
    });
    if (recorder.refusal !== undefined) throw recorder.refusal;
    return graph;
  } catch (error) {
    throw located(error as Error, recorder);
  }
}

type AnyStep = Cell<Tree, Tree, unknown>['step'];

function record(cell: AnyCell, like: StepShapes, rows: number, recorder: Recorder): StepGraph {
  const symbols = symbolsOf(cell, like, rows, recorder);
  const { params, state, input, context, contexts, mask, dOutput, dNext } = symbols;
  const rng = like.isNoisy ? recordingRng(recorder) : undefined;
  const watched = [...tree.leaves(params), ...tree.leaves(state), input, ...contexts].filter(isFloat);
  const nodeOf = (tensor: Tensor): Node => recorder.nodeOf(tensor);
  let results: Pick<StepGraph, 'output' | 'next'> | undefined;
  const forward = (): Tensor => {
    recorder.isForward = true;
    const next = (cell.step as unknown as AnyStep).call(cell, params, state, input, context, rng as Rng);
    recorder.isForward = false;
    expectStep(next, symbols);
    const { output, state: after } = mask === undefined ? next : masked(next, state, mask);
    const leaves = tree.leaves(after);
    results = { output: nodeOf(output), next: leaves.map(nodeOf) };
    watched.push(...[...recorder.captured.keys()].filter(isFloat));
    if (recorder.withLines) followLines(recorder);
    return seeded([output, ...leaves], [dOutput, ...dNext]);
  };
  const { grads } = engine().gradients(forward, watched, undefined as unknown as Tensor, true);
  const gradients = new Map(watched.map((tensor, i) => [tensor, grads[i] as Tensor | null | undefined]));
  const gradientOf = (tensor: Tensor): Node | undefined => {
    const found = gradients.get(tensor);
    return found ? nodeOf(found) : undefined;
  };
  return {
    params: tree.leaves(params).map(nodeOf),
    state: tree.leaves(state).map(nodeOf),
    input: nodeOf(input),
    context: contexts.map(nodeOf),
    mask: mask && nodeOf(mask),
    captured: [...recorder.captured].map(([tensor, node]) => ({ node, tensor })),
    noise: recorder.noise,
    ...(results as Pick<StepGraph, 'output' | 'next'>),
    dOutput: nodeOf(dOutput),
    dNext: dNext.map((tensor) => tensor && nodeOf(tensor)),
    dParams: tree.leaves(params).map(gradientOf),
    dState: tree.leaves(state).map(gradientOf),
    dInput: gradientOf(input),
    dContext: contexts.map(gradientOf),
    dCaptured: [...recorder.captured.keys()].map(gradientOf),
  };
}

/** Output and state must be what the next frame takes. */
function expectStep(next: Step<Tree>, { state, dOutput }: Symbols): void {
  const [rows] = dOutput.shape;
  const shown = (tensor: unknown): string => {
    if (!(tensor instanceof Tensor)) return String(tensor);
    const sizes = (tensor.shape as number[]).map((size, axis) => (axis === 0 && size === rows ? 'batch' : size));
    return `${tensor.dtype} [${sizes.join(', ')}]`;
  };
  const expectLike = (where: string, tensor: unknown, like: Tensor): void => {
    if (shown(tensor) === shown(like)) return;
    throw new NotCompilable(`${where}: expected ${shown(like)}, got ${shown(tensor)}`, 'step');
  };
  expectLike('output', next.output, dOutput);
  tree.zip(state, next.state, (before, after, path) => {
    expectLike(`state ${path}`, after, before);
    return after;
  });
}

/** As a sequence with a mask steps: where it is 0, the output is 0 and the state is held. */
function masked({ output, state: next }: Step<Tree>, state: Tree, mask: Symbols['mask'] & Tensor): Step<Tree> {
  const real = cast(notEqual(mask, 0), 'float32') as typeof mask;
  return { output: mul(output, real), state: tree.where(real, next, state) };
}

/** A number whose gradients w.r.t. `tensors` are `gradients`; those without one are left out. */
function seeded(tensors: readonly Tensor[], gradients: readonly (Tensor | undefined)[]): Tensor {
  const pairs = tensors.flatMap((tensor, i) => (gradients[i] === undefined ? [] : [[tensor, gradients[i]] as const]));
  const root = customGrad(() => ({ value: scalar(0), gradFunc: () => pairs.map(([, gradient]) => gradient) }));
  return root(...pairs.map(([tensor]) => tensor));
}

/** While a gradient is computed, nodes get the line of the op whose gradient it is. */
function followLines(recorder: Recorder): void {
  for (const entry of currentTape()) {
    const { gradient, kernelName, outputs } = entry;
    const { line } = recorder.nodeOf(outputs[0] as Tensor);
    entry.gradient = (dys) => {
      recorder.line = line;
      return gradient?.(dys) ?? recorder.refuse(kernelName, 'it has no gradient; withoutGradient makes it a constant');
    };
  }
}

const NO_KERNEL = /Kernel '(\w+)' not registered/;

/** An error of a trace as the reason why the step does not compile. */
function located(error: Error, { isForward, line }: Recorder): NotCompilable {
  if (error instanceof NotCompilable && error.line !== undefined) return error;
  const at = isForward ? lineOf(error.stack) : line;
  if (error instanceof NotCompilable) return new NotCompilable(error.message, error.op, at);
  const [, op] = NO_KERNEL.exec(error.message) ?? [];
  if (op !== undefined) return new NotCompilable('it has no compiled form; use other ops', op, at);
  return new NotCompilable(error.message, 'step', at);
}
