import { type Rng, type Tree, tree } from '@elman/core';
import { engine, type NamedTensorMap, type Tensor, tensor } from '@tensorflow/tfjs-core';
import {
  type Attributes,
  type BatchAxis,
  inOrder,
  type Node,
  resultsOf,
  type StepGraph,
  TRACED_BATCH,
  type Values,
} from '../../src/compiler/graph.ts';
import { drawsOf } from '../../src/compiler/trace/index.ts';

/** Rows of the batch of a replay: other than while tracing, so that what is said of the batch must be right. */
export const ROWS = 3;

/** Runs nodes op by op on the active backend, with `ROWS` rows; `bound` are the tensors of inputs and noise. */
function replay(results: readonly Node[], bound: ReadonlyMap<Node, Tensor>): Map<Node, Tensor> {
  const made = new Map<Node, Tensor>(bound);
  for (const node of inOrder(results)) {
    const result = made.get(node) ?? runNode(node, made);
    if (result.shape.join() !== shapeOf(node).join() || result.dtype !== node.dtype) {
      const wanted = `${node.dtype} [${shapeOf(node)}]`;
      throw new Error(`replay: ${node.op}: recorded ${wanted}, got ${result.dtype} [${result.shape}].`);
    }
    made.set(node, result);
  }
  return made;
}

function batchOf({ perRow, batch }: Node): BatchAxis | undefined {
  return perRow ? { axis: 0, before: 1, after: 1 } : batch;
}

/** The shape of a node for `ROWS` rows. */
function shapeOf(node: Node): number[] {
  const batch = batchOf(node);
  return node.shape.map((size, axis) => (axis === batch?.axis ? batch.before * ROWS * batch.after : size));
}

function runNode(node: Node, made: ReadonlyMap<Node, Tensor>): Tensor {
  if (node.values !== undefined) return constantOf(node, node.values);
  if (node.op === 'Input' || node.op === 'Noise') throw new Error(`replay: ${node.label ?? node.op} is not bound.`);
  const given = node.inputs.map((input) => made.get(input) as Tensor);
  const inputs = node.names === undefined ? given : Object.fromEntries(node.names.map((name, i) => [name, given[i]]));
  const result: Tensor | Tensor[] = engine().runKernel(node.op, inputs as NamedTensorMap, attributesOf(node) as never);
  return [result].flat()[node.out ?? 0] as Tensor;
}

/** All rows of a constant are equal: the first one, as often as there are rows. */
function constantOf(node: Node, values: Values): Tensor {
  const { before, after, axis } = batchOf(node) ?? { before: 1, after: 1, axis: -1 };
  if (axis === -1) return tensor(values, [...node.shape], node.dtype);
  const size = (shape: readonly number[]): number => shape.reduce((product, each) => product * each, 1);
  const blocks = before * size(node.shape.slice(0, axis));
  const row = after * size(node.shape.slice(axis + 1));
  const first = (block: number): Values =>
    values.subarray(block * TRACED_BATCH * row, (block * TRACED_BATCH + 1) * row);
  const numbers = Array.from({ length: blocks * ROWS }, (_, i) => [...first(Math.floor(i / ROWS))]).flat();
  return tensor(numbers, shapeOf(node), node.dtype);
}

/** Attributes that are sizes, for `ROWS` rows. */
function attributesOf(node: Node): Attributes {
  const shape = shapeOf(node);
  const from = node.inputs[0] && shapeOf(node.inputs[0]);
  const axis = batchOf(node)?.axis;
  const begin = (): number[] =>
    (node.attrs.begin as number[]).map((at, i) => (i === axis ? (at / TRACED_BATCH) * ROWS : at));
  if (node.op === 'Reshape') return { shape };
  if (node.op === 'Slice') return { begin: begin(), size: shape };
  if (node.op === 'Tile') return { reps: shape.map((size, i) => size / (from?.[i] as number)) };
  return { ...node.attrs };
}

/** What a step is given, and the gradients of its results. */
export type Given = {
  readonly params: Tree;
  readonly state: Tree;
  readonly input: Tensor;
  readonly contexts: readonly Tensor[];
  readonly mask?: Tensor | undefined;
  /** Of the frame. */
  readonly rng?: Rng | undefined;
  readonly dOutput: Tensor;
  readonly dNext: readonly (Tensor | undefined)[];
};

/** All results of a graph, each after its node. */
export function runGraph(graph: StepGraph, given: Given): Map<Node, Tensor> {
  const bound = new Map<Node, Tensor>();
  const bind = (nodes: readonly (Node | undefined)[], tensors: readonly (Tensor | undefined)[]): void => {
    for (const [i, node] of nodes.entries()) if (node !== undefined) bound.set(node, tensors[i] as Tensor);
  };
  bind(graph.params, tree.leaves(given.params));
  bind(graph.state, tree.leaves(given.state));
  bind([graph.input, graph.mask, graph.dOutput], [given.input, given.mask, given.dOutput]);
  bind(graph.context, given.contexts);
  bind(graph.dNext, given.dNext);
  for (const { node, tensor: captured } of graph.captured) bound.set(node, captured);
  const streams = new Map<unknown, Rng>();
  for (const node of graph.noise) {
    const draws = node.draws as NonNullable<Node['draws']>;
    const rng = streams.get(draws.operations) ?? drawsOf(draws, given.rng as Rng);
    streams.set(draws.operations, rng);
    bound.set(node, rng.tensor(shapeOf(node), draws.draw, node.dtype as 'float32'));
  }
  return replay(resultsOf(graph), bound);
}
