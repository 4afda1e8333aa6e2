import { type Rng, type Tree, tree } from '@elman/core';
import { engine, type NamedTensorMap, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { inOrder, type Node, resultsOf, type StepGraph } from '../../src/compiler/graph.ts';
import { drawsOf } from '../../src/compiler/trace/index.ts';

/** Runs nodes op by op on the active backend; `bound` are the tensors of inputs and noise. */
export function replay(results: readonly Node[], bound: ReadonlyMap<Node, Tensor>): Map<Node, Tensor> {
  const made = new Map<Node, Tensor>(bound);
  for (const node of inOrder(results)) {
    if (made.has(node)) continue;
    const result = runNode(node, made);
    if (result.shape.join() !== node.shape.join() || result.dtype !== node.dtype) {
      throw new Error(
        `replay: ${node.op}: recorded ${node.dtype} [${node.shape}], got ${result.dtype} [${result.shape}].`,
      );
    }
    made.set(node, result);
  }
  return made;
}

function runNode(node: Node, made: ReadonlyMap<Node, Tensor>): Tensor {
  if (node.values !== undefined) return tensor(node.values, [...node.shape], node.dtype);
  if (node.op === 'Input' || node.op === 'Noise') throw new Error(`replay: ${node.label ?? node.op} is not bound.`);
  const given = node.inputs.map((input) => made.get(input) as Tensor);
  const inputs = node.names === undefined ? given : Object.fromEntries(node.names.map((name, i) => [name, given[i]]));
  const result: Tensor | Tensor[] = engine().runKernel(node.op, inputs as NamedTensorMap, { ...node.attrs } as never);
  return [result].flat()[node.out ?? 0] as Tensor;
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
    bound.set(node, rng.tensor(node.shape, draws.draw, node.dtype as 'float32'));
  }
  return replay(resultsOf(graph), bound);
}
