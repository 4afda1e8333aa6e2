import {
  type BatchAxis,
  inOrder,
  mapGraph,
  type Node,
  NotCompilable,
  node,
  resultsOf,
  type StepGraph,
} from '../graph.ts';
import { batchAxisOf, Mixed, type Placed, placeBatch, type Rows } from './batch-axis.ts';
import { placeConstant } from './constant-rows.ts';

/** What is known of a node of both traces. */
type Unified = Placed & {
  /** Whether it was computed from a batch and is none: a sum over rows. */
  readonly isOverRows: boolean;
};

/**
 * One graph from two traces with different numbers of rows, with the shapes of the first: what differs in them is the batch.
 * @throws {NotCompilable} if they differ in something else, or rows influence each other.
 */
export function unify(few: StepGraph, many: StepGraph, rows: Rows): StepGraph {
  const [first, second] = [valuesOf(few), valuesOf(many)];
  const unified = new Map<Node, Unified>();
  const partner = new Map<Node, Node>();
  for (const [i, a] of first.entries()) {
    const b = second[i];
    if (b === undefined || !isSameOp(a, b, partner)) throw new NotCompilable(DIFFERENT, a.op, a.line);
    partner.set(a, b);
    unified.set(a, unifyNode(a, b, unified, rows));
  }
  if (first.length !== second.length) throw new NotCompilable(DIFFERENT, 'step', second.at(first.length)?.line);
  const dContext = few.dContext.filter((_, i) => unified.get(few.context[i] as Node)?.batch !== undefined);
  for (const result of [few.output, ...few.next, ...few.dState, few.dInput, ...dContext]) {
    if (result !== undefined) expectPerRow(unified.get(result) as Unified);
  }
  return mapGraph(few, (from) => (unified.get(from) as Unified).node);
}

const DIFFERENT = 'the step computes something else for another batch size; let nothing depend on it';

/** All nodes of a graph, each after its inputs. */
function valuesOf(graph: StepGraph): Node[] {
  const { params, state, input, context, mask, captured, noise, dOutput, dNext } = graph;
  const given = [...params, ...state, input, ...context, mask, ...captured.map(({ node: of }) => of), ...noise];
  const all = [...given, dOutput, ...dNext, ...resultsOf(graph)];
  return inOrder(all.filter((each) => each !== undefined));
}

const isSameOp = (a: Node, b: Node, partner: ReadonlyMap<Node, Node>): boolean =>
  a.op === b.op &&
  a.dtype === b.dtype &&
  a.out === b.out &&
  a.shape.length === b.shape.length &&
  a.inputs.length === b.inputs.length &&
  a.inputs.every((input, i) => partner.get(input) === b.inputs[i]) &&
  JSON.stringify(a.draws?.operations) === JSON.stringify(b.draws?.operations);

function unifyNode(a: Node, b: Node, unified: ReadonlyMap<Node, Unified>, rows: Rows): Unified {
  const inputs = a.inputs.map((input) => unified.get(input) as Unified);
  const batch = batchOf(a, b, inputs, rows);
  const isOverRows = batch === undefined && inputs.some((input) => input.batch !== undefined || input.isOverRows);
  if (batch !== undefined && inputs.some((input) => input.isOverRows)) refuseOverRows(a);
  const perRow = batch?.axis === 0 && batch.before === 1 && batch.after === 1;
  const { id: _, ...of } = a;
  const made = node({ ...of, inputs: inputs.map((input) => input.node), perRow, batch: perRow ? undefined : batch });
  return { node: made, batch, isOverRows };
}

function batchOf(a: Node, b: Node, inputs: readonly Unified[], rows: Rows): BatchAxis | undefined {
  try {
    expectSameAttributes(a, b, rows);
    const found = batchAxisOf(a.shape, b.shape, rows);
    if (a.values !== undefined && b.values !== undefined)
      return placeConstant([a.values, b.values], a.shape, found, rows);
    return found && placeBatch(a, found, inputs, rows);
  } catch (error) {
    if (error instanceof Mixed) throw new NotCompilable(error.message, a.op, a.line);
    throw error;
  }
}

/** Attributes that are sizes. */
const SIZES = new Set(['begin', 'numSegments', 'reps', 'shape', 'size']);

function expectSameAttributes(a: Node, b: Node, rows: Rows): void {
  const isSame = (x: unknown, y: unknown, isSize: boolean): boolean => {
    if (Array.isArray(x) && Array.isArray(y)) {
      return x.length === y.length && x.every((each, i) => isSame(each, y[i], isSize));
    }
    if (Object.is(x, y)) return true;
    return isSize && typeof x === 'number' && typeof y === 'number' && x * rows[1] === y * rows[0];
  };
  for (const [name, x] of Object.entries(a.attrs)) {
    if (!isSame(x, b.attrs[name], SIZES.has(name))) throw new Mixed(`its ${name} depends on the batch size`);
  }
}

function expectPerRow({ node: of, isOverRows, batch }: Unified): void {
  if (isOverRows || batch === undefined) refuseOverRows(of);
}

function refuseOverRows({ op, line }: Node): never {
  throw new NotCompilable('it depends on several rows of the batch; rows must be independent', op, line);
}
