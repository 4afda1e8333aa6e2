import { cast, concat, matMul, reshape, slice, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import { constant, inOrder, type Node, NotCompilable, resultsOf, type StepGraph } from '../graph.ts';
import { isColumnSum, isProduct, isRowReduction, widthOf } from '../ops.ts';
import { expectKnown, expectNoAxes, isSumOverRows } from '../plan/known-ops.ts';
import type { PlanOptions } from '../plan/make-plan.ts';
import { forwardOf, withoutViews } from '../plan/plan-graph.ts';
import { stagesOf } from '../plan/stages.ts';
import { replay } from '../run/replay.ts';
import { withCoefficients } from './coefficients.ts';
import { columnSumsOf } from './column-sums.ts';
import { callOf, type Draw, type DrawOptions, groupsOf, partsOf } from './draw.ts';
import { withEqualParts } from './equal-parts.ts';
import { isCheap } from './is-cheap.ts';
import { type Loop, makeLoop } from './loop.ts';
import { withMergedGradients } from './merge-gradients.ts';
import { drawingOf, ONE_ROW, packed, sideBySide } from './packed.ts';
import type { Place, Rows } from './places.ts';
import type { Run, Thing } from './run.ts';
import { sharedIn, staticIn } from './shared-values.ts';
import { packsOf } from './weights.ts';

/** Tensors that a sequence is given, and of backward the gradients w.r.t. its results. */
export type GivenTensors = {
  /** [batch, time, inputSize] */
  readonly input: Tensor;
  readonly state: readonly Tensor[];
  /** [batch, time] */
  readonly mask: Tensor | undefined;
  readonly context: readonly Tensor[];
  /** In the order of the graph: [batch, time, …], without time if it is the same at all frames, without batch if rows share it. */
  readonly noise: readonly Tensor[];
  /** Parameters, captured tensors and context that all rows share, by node. */
  readonly tensors: ReadonlyMap<Node, Tensor>;
  readonly dOutputs?: Tensor | undefined;
  readonly dState?: readonly Tensor[] | undefined;
};

export type ShaderPlan = {
  readonly graph: StepGraph;
  /** Draws of a frame. */
  readonly draws: { readonly forward: () => number; readonly backward: () => number };
  /** Outputs [batch, time, outputSize], and the state. */
  forward(run: Run, given: GivenTensors): Tensor[];
  backward(run: Run, given: GivenTensors): ShaderGradients;
};

/** Gradients in the order of the graph; undefined: zeros. */
type ShaderGradients = {
  readonly params: readonly (Tensor | undefined)[];
  readonly state: readonly (Tensor | undefined)[];
  readonly input: Tensor | undefined;
  readonly context: readonly (Tensor | undefined)[];
  readonly captured: readonly (Tensor | undefined)[];
};

/** `mostInputs`: how many tensors a shader may read. */
export type ShaderPlanOptions = PlanOptions & { readonly mostInputs: number };

/**
 * How a sequence is run by shaders: loops over frames, of a draw for each level (see `levels.ts`), and around them draws and products
 * for all frames at once. Every tensor is a thing that is computed when it is first needed.
 * @throws {NotCompilable}
 */
export function makeShaderPlan(
  whole: StepGraph,
  { withGradient, isConstantNoise, mostInputs }: ShaderPlanOptions,
): ShaderPlan {
  expectKnown(whole);
  expectNoAxes(whole, 'in shaders');
  const graph = withCoefficients(
    withMergedGradients(withoutViews(withEqualParts(withGradient ? whole : forwardOf(whole)))),
  );
  const stages = stagesOf(graph, isConstantNoise);
  const { state, next, dNext, dState } = graph;
  const nodes = inOrder(resultsOf(graph));
  const isStatic = staticIn(nodes);
  /** What the call in progress was given. */
  let given: GivenTensors | undefined;
  const givenTo = (take: (of: GivenTensors) => Tensor): Thing => ({
    isHeld: false,
    compute: (run) => run.make(() => take(given as GivenTensors)),
  });
  const memo = <K, V>(make: (key: K) => V): ((key: K) => V) => {
    const known = new Map<K, V>();
    return (key) => {
      let found = known.get(key);
      if (found === undefined) {
        found = make(key);
        known.set(key, found);
      }
      return found;
    };
  };
  const staticTensor = memo((of: Node): Thing => {
    if (!isStatic(of))
      throw new NotCompilable('products with weights of noise are not computed in shaders', of.op, of.line);
    return givenTo(({ tensors }) => replay([of], tensors)[0] as Tensor);
  });
  const rows = [graph.output, graph.dInput, ...next, ...dState].filter((of) => of !== undefined);
  const shared = sharedIn(nodes, rows, isStatic, (bases) =>
    givenTo(({ tensors }) => {
      const parts = replay(bases, tensors).map((part) => reshape(cast(part, 'float32'), [1, -1]) as Tensor2D);
      return parts.length === 1 ? (parts[0] as Tensor) : concat(parts, 1);
    }),
  );
  /** Values that have been packed for other draws: draws that are made later read them, too. */
  const inQuads: DrawOptions['find'][] = [];
  const drawing = drawingOf({ shared, pack: packsOf(staticTensor) }, mostInputs, (find) => inQuads.push(find));
  const { draw } = drawing;

  // What is given.
  const sources = new Map<Node, Place>();
  const source = (of: Node, rows: Rows, take: (from: GivenTensors) => Tensor): void => {
    const shape = [-1, widthOf(of)];
    sources.set(of, { kind: 'tensor', of: givenTo((from) => reshape(take(from), shape)), rows, column: 0 });
  };
  source(graph.input, 'frames', ({ input }) => input);
  source(graph.dOutput, 'frames', ({ dOutputs }) => dOutputs as Tensor);
  if (graph.mask !== undefined) source(graph.mask, 'frames', ({ mask }) => mask as Tensor);
  graph.context.forEach((of, i) => {
    if (of.perRow) source(of, 'batch', ({ context }) => context[i] as Tensor);
  });
  graph.noise.forEach((of, i) => {
    const [once, each] = of.perRow ? (['batch', 'frames'] as const) : (['shared', 'time'] as const);
    source(of, isConstantNoise(of) ? once : each, ({ noise }) => noise[i] as Tensor);
  });

  // Loops.
  const first = 2 * stages.count + 1;
  const stageOfLeaf = (i: number): number => 2 * (stages.groups[i] as number) + 1;
  const stageOfGradient = (i: number): number => first + 2 * (stages.count - 1 - (stages.groups[i] as number)) + 1;
  const loopOf = memo((stage: number): Loop => {
    const isBackward = stages.isBackward(stage);
    const leaves = state.flatMap((before, leaf) => {
      if (!isBackward) return stageOfLeaf(leaf) === stage ? [{ leaf, before, node: next[leaf] as Node }] : [];
      const gradient = dNext[leaf];
      if (gradient === undefined || stageOfGradient(leaf) !== stage) return [];
      return [{ leaf, before: gradient, node: dState[leaf] ?? ZERO(widthOf(before)) }];
    });
    const carried = new Set(leaves.map(({ before }) => before));
    const loop = makeLoop({
      graph: {
        neededLater: isBackward || !withGradient ? () => [] : neededLater(stage),
        roots: leaves,
        isInLoop: (of) => of.perRow && !carried.has(of) && isIn(of, stage),
      },
      isBackward,
      keepsAll: withGradient,
      startOf(leaf) {
        const shape = [-1, widthOf(state[leaf] as Node)];
        const start = givenTo((from) =>
          reshape((isBackward ? (from.dState as Tensor[]) : from.state)[leaf] as Tensor, shape),
        );
        return { kind: 'tensor', of: start, rows: 'batch', column: 0 };
      },
      find,
      isCheap: (of) => isCheap(of, find),
      drawing,
    });
    inQuads.push(loop.outside);
    return loop;
  });
  const isOfGraph = new Set(nodes);
  const inOwnLoop = memo((of: Node) => of.inputs.length > 0 && isOfGraph.has(of) && stages.isLoop(stages.stageOf(of)));
  const isIn = (of: Node, stage: number): boolean => inOwnLoop(of) && stages.stageOf(of) === stage;

  /** Products of a loop, or slices of them, that values of later stages are made from. */
  const neededLater =
    (stage: number) =>
    (isStored: (of: Node) => boolean): Node[] => {
      const found = new Set<Node>();
      const seen = new Set<Node>();
      const visit = (of: Node): void => {
        if (seen.has(of) || !isIn(of, stage) || isStored(of) || nextOf.has(of)) return;
        seen.add(of);
        const whole = of.op === 'Slice' ? (of.inputs[0] as Node) : of;
        if (isProduct(whole) && !isStored(whole)) found.add(of);
        else of.inputs.forEach(visit);
      };
      for (const of of nodes) if (of.perRow && !isIn(of, stage)) of.inputs.forEach(visit);
      return [...found];
    };

  /** Whether all that is made from a value is finite, and its gradient, whatever finite number the value is. */
  const isTotal = (of: Node): boolean => {
    const made = new Set([of]);
    for (const node of nodes) {
      if (!node.inputs.some((x) => made.has(x))) continue;
      if (PARTIAL.has(node.op)) return false;
      made.add(node);
    }
    return true;
  };
  /**
   * The state after a frame, with and without the mask: where a row is masked, what is made from it is multiplied by 0. So it may be the
   * state before, unless that makes infinity of it.
   */
  const nextOf = new Map<Node, number>();
  next.forEach((of, i) => {
    if (!of.perRow || !isIn(of, stageOfLeaf(i))) return;
    if (!nextOf.has(of)) nextOf.set(of, i);
    const [, inner, before] = of.inputs;
    if (graph.mask === undefined || of.op !== 'Select' || before !== state[i] || inner === undefined) return;
    if (!isIn(inner, stageOfLeaf(i)) || widthOf(inner) !== widthOf(of) || nextOf.has(inner)) return;
    if (isTotal(inner)) nextOf.set(inner, i);
  });

  // Values for all frames.
  const rowsOf = (of: Node): 'batch' | 'frames' => (stages.isConstant(of) ? 'batch' : 'frames');
  const productOf = memo((of: Node): Thing => {
    const [a, b] = of.inputs as [Node, Node];
    const [x, weights] = [operandOf(rowsOf(of))(a), staticTensor(b)];
    return {
      isHeld: true,
      compute(run) {
        const operands = [run.get(x), run.get(weights)] as [Tensor2D, Tensor2D];
        return run.make(() => matMul(...operands, false, of.attrs.transposeB === true));
      },
    };
  });
  const find = (of: Node): Place | undefined => {
    const known = sources.get(of);
    if (known !== undefined) return known;
    const [byState, byGradient] = [state.indexOf(of), dNext.indexOf(of)];
    if (byState >= 0) return loopOf(stageOfLeaf(byState)).leaf(byState, 'before');
    if (byGradient >= 0) return loopOf(stageOfGradient(byGradient)).leaf(byGradient, 'before');
    if (!of.perRow) return undefined;
    const leaf = nextOf.get(of);
    if (leaf !== undefined) return loopOf(stageOfLeaf(leaf)).leaf(leaf, 'at');
    const stored = inOwnLoop(of) ? loopOf(stages.stageOf(of)).stored(of) : undefined;
    if (stored !== undefined) return stored;
    if (isProduct(of)) return { kind: 'tensor', of: productOf(of), rows: rowsOf(of), column: 0 };
    for (const place of inQuads) {
      const quad = place(of);
      if (quad !== undefined) return quad;
    }
    return isRowReduction(of) ? scalarsOf(`${stages.stageOf(of)} ${depthOf(of)}`)(of) : undefined;
  };
  /** Sums of rows: in quads for all frames, those together that need no products of each other. */
  const depthOf = memo(
    (of: Node): number => of.inputs.reduce((depth, x) => Math.max(depth, depthOf(x)), 0) + (isProduct(of) ? 1 : 0),
  );
  const scalarsOf = memo((key: string) => {
    const isAmong = (of: Node): boolean =>
      of.perRow && isRowReduction(of) && `${stages.stageOf(of)} ${depthOf(of)}` === key;
    return packed(nodes.filter(isAmong), (of) => (isAmong(of) ? undefined : find(of)), drawing);
  });
  /** A value as a tensor [batch·time, width], or [batch, width]; an operand of products, or a result. */
  const tensorOf = (of: Node, rows: 'frames' | 'batch', isOperand: boolean): Thing => {
    const place = find(of);
    if (place?.kind === 'tensor' && place.rows === rows) return place.of;
    const parts = partsOf(of);
    const beside = rows === 'frames' ? besideOf(parts) : undefined;
    const values = beside ? [beside] : parts.map((part) => (part === of ? (place ?? of) : part));
    const widths = beside ? [widthOf(of)] : parts.map(widthOf);
    return drawn(
      draw({ rows, isOperand, packing: ONE_ROW, groups: groupsOf(values, widths), find }),
      ({ batch, time }) => (rows === 'frames' ? batch * time : batch),
      widthOf(of),
    );
  };
  /** Values of equal width, such as the gradients of gates, together: each is computed once, and from what they share. */
  const besideOf = (parts: readonly Node[]): Place | undefined => {
    const [first, second] = parts as [Node, Node?];
    if (second === undefined || parts.length > 4 || parts.some((part) => widthOf(part) !== widthOf(first)))
      return undefined;
    const known = sideBySide(parts, find);
    if (known !== undefined) return known;
    const values = [...new Set(parts)];
    const groups = [{ column: 0, width: widthOf(first), values }];
    if (drawing.whole({ rows: 'quads', packing: ONE_ROW, groups, find }) === undefined) return undefined;
    const together = packed(values, find, drawing);
    inQuads.push(together);
    return sideBySide(parts, together);
  };
  const operandOf = memo((rows: 'frames' | 'batch') => memo((of: Node) => tensorOf(of, rows, true)));
  const resultOf = memo((of: Node) => (operands.has(of) ? operandOf('frames')(of) : tensorOf(of, 'frames', false)));
  const drawn = (of: Draw, rows: (sizes: Run['sizes']) => number, columns: number): Thing => ({
    isHeld: false,
    compute: (run) => run.draw(callOf(of, run, 0), rows(run.sizes), columns),
  });

  // Gradients.
  const sums = nodes.filter(isColumnSum);
  const operands = new Set<Node>();
  for (const of of nodes)
    if (isProduct(of) && isSumOverRows(of)) for (const operand of of.inputs) operands.add(operand);
  const columnSums = memo((_: 'all') =>
    columnSumsOf(
      sums,
      (of) => {
        if (!operands.has(of)) return besideOf(partsOf(of)) ?? find(of);
        return { kind: 'tensor', of: operandOf('frames')(of), rows: 'frames', column: 0 };
      },
      draw,
      drawn,
    ),
  );
  const gradientOf = memo((of: Node): Thing => {
    const [a, b] = of.inputs.map(operandOf('frames')) as [Thing, Thing];
    return {
      isHeld: false,
      compute(run) {
        const both = [run.get(a), run.get(b)] as [Tensor2D, Tensor2D];
        return run.make(() => matMul(...both, true, false));
      },
    };
  });
  const contextSum = memo((of: Node) =>
    drawn(
      draw({ rows: 'sum over time', packing: ONE_ROW, groups: groupsOf([of], [widthOf(of)]), find }),
      ({ batch }) => batch,
      widthOf(of),
    ),
  );
  /** A leaf of a loop at a frame. */
  const lastOf = memo((isBackward: boolean) =>
    memo((leaf: number) =>
      draw({
        rows: 'batch',
        packing: ONE_ROW,
        groups: groupsOf(
          [loopOf(isBackward ? stageOfGradient(leaf) : stageOfLeaf(leaf)).leaf(leaf, 'at')],
          [widthOf(state[leaf] as Node)],
        ),
        find,
      }),
    ),
  );
  const takeLast = (run: Run, isBackward: boolean, leaf: number): Tensor => {
    const { batch, time, reverse } = run.sizes;
    const at = reverse !== isBackward ? 0 : time - 1;
    const taken = run.draw(callOf(lastOf(isBackward)(leaf), run, at), batch, widthOf(state[leaf] as Node));
    return run.make(() => {
      const like = (given as GivenTensors).state[leaf] as Tensor;
      return cast(reshape(taken, like.shape), isBackward ? 'float32' : like.dtype);
    });
  };
  const drawsOf = (isBackward: boolean) => (): number =>
    [
      ...new Set(state.flatMap((_, i) => (isBackward ? (dNext[i] ? [stageOfGradient(i)] : []) : [stageOfLeaf(i)]))),
    ].reduce((sum, stage) => sum + loopOf(stage).draws, 0);
  return {
    graph,
    draws: { forward: drawsOf(false), backward: drawsOf(true) },
    forward(run, with_) {
      given = with_;
      const { batch, time } = run.sizes;
      const outputs = run.get(resultOf(graph.output));
      const last = state.map((_, i) => takeLast(run, false, i));
      given = undefined;
      return [run.make(() => reshape(outputs, [batch, time, widthOf(graph.output)])), ...last];
    },
    backward(run, with_) {
      given = with_;
      const { batch, time } = run.sizes;
      const known = new Map(with_.tensors);
      if (sums.length > 0) {
        for (const { node, thing, column, width } of columnSums('all')) {
          const sum = run.get(thing);
          const isAlone = sums.length === 1;
          known.set(
            node,
            run.make(() => (isAlone ? sum : slice(sum as Tensor2D, [0, column], [1, width]))),
          );
        }
      }
      for (const of of nodes) if (operandsAre(of)) known.set(of, run.get(gradientOf(of)));
      const replayed = (of: Node | undefined): Tensor | undefined =>
        of && run.make(() => replay([of], known)[0] as Tensor);
      const dInput = graph.dInput && run.get(resultOf(graph.dInput));
      const result = {
        params: graph.dParams.map(replayed),
        captured: graph.dCaptured.map(replayed),
        context: graph.dContext.map((of, i) => {
          if (of === undefined || !graph.context[i]?.perRow) return replayed(of);
          const sum = run.get(contextSum(of));
          return run.make(() => reshape(sum, (with_.context[i] as Tensor).shape));
        }),
        state: state.map((_, i) => (dNext[i] === undefined ? undefined : takeLast(run, true, i))),
        input: dInput && run.make(() => reshape(dInput, [batch, time, widthOf(graph.input)])),
      };
      given = undefined;
      return result;
    },
  };
}

/** Ops that are infinite, or have an infinite gradient, for some finite numbers, or for large ones. */
const PARTIAL: ReadonlySet<string> = new Set(['Exp', 'Log', 'RealDiv', 'Reciprocal', 'Sqrt']);

const operandsAre = (of: Node): boolean => isProduct(of) && isSumOverRows(of);

const ZERO = (width: number): Node => ({
  id: -1,
  op: 'BroadcastTo',
  inputs: [constant(0)],
  attrs: {},
  shape: [1, width],
  dtype: 'float32',
  perRow: true,
});
