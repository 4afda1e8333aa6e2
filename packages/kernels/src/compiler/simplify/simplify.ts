import { inOrder, mapGraph, type Node, resultsOf, type StepGraph, TRACED_BATCH } from '../graph.ts';
import { sizeOf } from '../shapes.ts';
import { type Builder, makeBuilder, type Rule, uniformValue } from './build.ts';
import { calculate, decompose, peel } from './elementwise.ts';
import { splitProducts } from './products.ts';
import { reductions } from './reductions.ts';
import { isRows } from './row-views.ts';
import { pads, sink } from './slices.ts';
import { tensors } from './tensors.ts';
import { view } from './views.ts';

/**
 * The same graph, simpler: values that depend on rows are expressed by few ops, constants folded, equal values shared. What does not
 * depend on rows (expressions of parameters alone) stays as it is.
 */
export function simplify(graph: StepGraph): StepGraph {
  const isRecurrent = dependence(graph);
  const rules: Rule[] = [
    view,
    tensors,
    decompose,
    peel,
    calculate,
    reductions,
    pads,
    sink(undefined),
    splitProducts(isRecurrent),
  ];
  const build = makeBuilder([...rules.map(forRows), numbers]);
  const to = new Map<Node, Node>();
  for (const of of inOrder(resultsOf(graph))) to.set(of, rebuilt(of, to, build));
  return mapGraph(graph, (of) => to.get(of) ?? of);
}

function rebuilt(of: Node, to: ReadonlyMap<Node, Node>, build: Builder): Node {
  if (of.op === 'Input' || of.op === 'Noise') return of;
  if (of.op === 'Const' && isRows(of)) {
    const value = of.dtype === 'float32' ? uniformValue(of) : undefined;
    if (value !== undefined) return build.reshape(build.broadcast(build.scalar(value), flatShape(of)), of.shape);
    const [, ...shape] = of.perRow ? of.shape : flatShape(of);
    const values = of.values?.slice(0, sizeOf(shape));
    const row = build.make({ ...of, values, shape, perRow: false, batch: undefined });
    return build.reshape(build.broadcast(row, [TRACED_BATCH, ...shape]), of.shape);
  }
  return build.make({ ...of, inputs: of.inputs.map((input) => to.get(input) as Node) });
}

const flatShape = ({ shape }: Node): number[] => [TRACED_BATCH, sizeOf(shape) / TRACED_BATCH];

/** A rule for what depends on rows alone, itself or by its inputs. */
function forRows(rule: Rule): Rule {
  return (of, build) => (isRows(of) || of.inputs.some(isRows) ? rule(of, build) : of);
}

/** Arithmetic of numbers: of exponents, say. */
const numbers: Rule = (of, build) =>
  of.shape.length === 0 && of.inputs.every(({ op, shape }) => op === 'Const' && shape.length === 0)
    ? calculate(of, build)
    : of;

/** Whether a value depends on the frame before it (of gradients: after it). */
function dependence({ state, dNext }: StepGraph): (of: Node) => boolean {
  const recurrent = new Map<Node, boolean>();
  for (const input of [...state, ...dNext]) if (input !== undefined) recurrent.set(input, true);
  const depends = (of: Node): boolean => {
    const known = recurrent.get(of);
    if (known !== undefined) return known;
    const found = of.inputs.some(depends);
    recurrent.set(of, found);
    return found;
  };
  return depends;
}
