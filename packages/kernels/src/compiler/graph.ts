import type { Rng } from '@elman/core';
import type { DataType, Tensor } from '@tensorflow/tfjs-core';

/**
 * Graphs of ops, in the vocabulary of TensorFlow.js: the name of a kernel, its inputs and its attributes. What a step computes,
 * and its gradient, is such a graph.
 */

/** The values of a constant. */
export type Values = Float32Array | Int32Array | Uint8Array;

/** Attributes of an op, as its kernel takes them. */
export type Attributes = Readonly<Record<string, unknown>>;

/**
 * The draws of one tensor of noise, see `rng.tensor`: `operations` on the generator that a step gets, then `draw` for each number.
 * Tensors whose `operations` are the same array come from one generator, one after the other in the order of `StepGraph.noise`.
 */
export type Draws = {
  readonly operations: readonly RngOperation[];
  readonly draw: (rng: Rng) => number;
};

export type RngOperation =
  | { readonly kind: 'fork'; readonly label: number | string }
  | { readonly kind: 'frame'; readonly t: number }
  | { readonly kind: 'sequence' };

/** Where the batch lies in a shape: the axis counts before·batch·after numbers, in row-major order. */
export type BatchAxis = { readonly axis: number; readonly before: number; readonly after: number };

/** One value: a result of an op, or one that a sequence is given (`Input`), a constant (`Const`), or noise (`Noise`). */
export type Node = {
  readonly id: number;
  /** The name of a kernel of TensorFlow.js, or `Input`, `Const` or `Noise`. */
  readonly op: string;
  readonly inputs: readonly Node[];
  /** The kernel's names of the inputs; undefined where it takes a list. */
  readonly names?: readonly string[] | undefined;
  readonly attrs: Attributes;
  /** As traced: a batch has `TRACED_BATCH` rows. */
  readonly shape: readonly number[];
  readonly dtype: DataType;
  /** Whether axis 0 is the batch. */
  readonly perRow: boolean;
  /** Where the batch is otherwise: on another axis, or merged with numbers of a row. Undefined if `perRow`, or there is no batch. */
  readonly batch?: BatchAxis | undefined;
  /** Of a kernel with several results: which one. */
  readonly out?: number | undefined;
  /** Of constants. Where it is per row, all rows are equal. */
  readonly values?: Values | undefined;
  /** Of noise. */
  readonly draws?: Draws | undefined;
  /** Of inputs: what it is, for messages. */
  readonly label?: string | undefined;
  /** The line of the step that computes it: `lstm.ts:57`. Undefined where it is not known. */
  readonly line?: string | undefined;
};

/** Rows of a batch while tracing. */
export const TRACED_BATCH = 7;

/** A tensor that a step uses and that is none of its arguments. */
type Captured = { readonly node: Node; readonly tensor: Tensor };

/**
 * A step and its vector–Jacobian product as one graph: lists run parallel to the leaves of the trees. With a mask, output is 0 and the
 * state is held in rows where it is 0.
 */
export type StepGraph = {
  readonly params: readonly Node[];
  readonly state: readonly Node[];
  readonly input: Node;
  readonly context: readonly Node[];
  /** [batch, 1], if there is a mask. */
  readonly mask: Node | undefined;
  readonly captured: readonly Captured[];
  readonly noise: readonly Node[];
  readonly output: Node;
  readonly next: readonly Node[];
  /** The gradients w.r.t. `output` and `next`: inputs. Undefined for a state that is not float32. */
  readonly dOutput: Node;
  readonly dNext: readonly (Node | undefined)[];
  /** The gradients w.r.t. inputs; undefined where there is none: it is 0. */
  readonly dParams: readonly (Node | undefined)[];
  readonly dState: readonly (Node | undefined)[];
  readonly dInput: Node | undefined;
  readonly dContext: readonly (Node | undefined)[];
  readonly dCaptured: readonly (Node | undefined)[];
};

/** A step that cannot be compiled: the op that is why, and the line of the step. */
export class NotCompilable extends Error {
  readonly op: string;
  readonly line: string | undefined;
  constructor(reason: string, op: string, line?: string | undefined) {
    super(reason);
    this.name = 'NotCompilable';
    this.op = op;
    this.line = line;
  }
}

let nextId = 0;

/** A new node. */
export function node(of: Omit<Node, 'id'>): Node {
  return { ...of, id: nextId++ };
}

/** A number. */
export function constant(value: number): Node {
  const values = Float32Array.of(value);
  return node({ op: 'Const', inputs: [], attrs: {}, shape: [], dtype: 'float32', perRow: false, values });
}

/** The nodes that others are computed from, and these, each after its inputs; without `known` ones, and what only they need. */
export function inOrder(roots: Iterable<Node>, known?: { has(node: Node): boolean }): Node[] {
  const seen = new Set<Node>();
  const order: Node[] = [];
  const stack: { readonly node: Node; next: number }[] = [];
  for (const root of roots) {
    if (seen.has(root) || known?.has(root)) continue;
    seen.add(root);
    stack.push({ node: root, next: 0 });
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const input = top.node.inputs[top.next++];
      if (input === undefined) {
        order.push(top.node);
        stack.pop();
      } else if (!seen.has(input) && !known?.has(input)) {
        seen.add(input);
        stack.push({ node: input, next: 0 });
      }
    }
  }
  return order;
}

/** All results of a graph. */
export function resultsOf(graph: StepGraph): Node[] {
  const { output, next, dParams, dState, dInput, dContext, dCaptured } = graph;
  const all = [output, ...next, ...dParams, ...dState, dInput, ...dContext, ...dCaptured];
  return all.filter((result) => result !== undefined);
}

/** The graph with every node replaced. */
export function mapGraph(graph: StepGraph, to: (node: Node) => Node): StepGraph {
  const maybe = (of: Node | undefined): Node | undefined => of && to(of);
  return {
    params: graph.params.map(to),
    state: graph.state.map(to),
    input: to(graph.input),
    context: graph.context.map(to),
    mask: maybe(graph.mask),
    captured: graph.captured.map(({ node: of, tensor }) => ({ node: to(of), tensor })),
    noise: graph.noise.map(to),
    output: to(graph.output),
    next: graph.next.map(to),
    dOutput: to(graph.dOutput),
    dNext: graph.dNext.map(maybe),
    dParams: graph.dParams.map(maybe),
    dState: graph.dState.map(maybe),
    dInput: maybe(graph.dInput),
    dContext: graph.dContext.map(maybe),
    dCaptured: graph.dCaptured.map(maybe),
  };
}
