import { engine, type NamedAttrMap, type NamedTensorMap, reshape, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { inOrder, type Node } from '../graph.ts';

/**
 * Values of a graph, computed by the kernels of the active backend, op by op: expressions of parameters alone, and what is left to be
 * done with their gradients. Call it within tidy.
 */
export function replay(roots: readonly Node[], known: ReadonlyMap<Node, Tensor>): Tensor[] {
  const values = new Map(known);
  for (const of of inOrder(roots, known)) {
    values.set(
      of,
      compute(
        of,
        of.inputs.map((input) => values.get(input) as Tensor),
      ),
    );
  }
  return roots.map((root) => values.get(root) as Tensor);
}

function compute(of: Node, inputs: readonly Tensor[]): Tensor {
  if (of.op === 'Const') return tensor(of.values as Float32Array, [...of.shape], of.dtype);
  if (of.op === 'BroadcastTo')
    return run(
      'Tile',
      { x: ranked(inputs[0] as Tensor, of.shape) },
      { reps: repeats(inputs[0] as Tensor, of.shape) },
      0,
    );
  const { names } = of;
  const given = names === undefined ? inputs : Object.fromEntries(names.map((name, i) => [name, inputs[i] as Tensor]));
  return run(of.op, given as NamedTensorMap, of.attrs as NamedAttrMap, of.out ?? 0);
}

function run(op: string, inputs: NamedTensorMap, attrs: NamedAttrMap, out: number): Tensor {
  const result = engine().runKernel(op, inputs, attrs) as Tensor | Tensor[];
  return Array.isArray(result) ? (result[out] as Tensor) : result;
}

const ranked = (x: Tensor, shape: readonly number[]): Tensor =>
  x.rank === shape.length ? x : reshape(x, [...Array<number>(shape.length - x.rank).fill(1), ...x.shape]);
const repeats = (x: Tensor, shape: readonly number[]): number[] =>
  ranked(x, shape).shape.map((size, i) => (size === 1 ? (shape[i] as number) : 1));
