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
  if (of.op === 'BroadcastTo') return broadcast(inputs[0] as Tensor, of.shape);
  // Its kernel takes three of one shape, and does not check that they are.
  if (of.op === 'Select') {
    const [condition, t, e] = inputs.map((x) => broadcast(x, of.shape)) as [Tensor, Tensor, Tensor];
    return run('Select', { condition: asBool(condition), t, e }, {}, 0);
  }
  const { names } = of;
  // Constants that were folded are float32.
  const operands = of.op.startsWith('Logical') ? inputs.map(asBool) : inputs;
  const given =
    names === undefined ? operands : Object.fromEntries(names.map((name, i) => [name, operands[i] as Tensor]));
  return run(of.op, given as NamedTensorMap, of.attrs as NamedAttrMap, of.out ?? 0);
}

function run(op: string, inputs: NamedTensorMap, attrs: NamedAttrMap, out: number): Tensor {
  const result = engine().runKernel(op, inputs, attrs) as Tensor | Tensor[];
  return Array.isArray(result) ? (result[out] as Tensor) : result;
}

const asBool = (x: Tensor): Tensor => (x.dtype === 'bool' ? x : run('Cast', { x }, { dtype: 'bool' }, 0));

function broadcast(given: Tensor, shape: readonly number[]): Tensor {
  const missing = Array<number>(shape.length - given.rank).fill(1);
  const x = missing.length === 0 ? given : reshape(given, [...missing, ...given.shape]);
  const reps = x.shape.map((size, i) => (size === 1 ? (shape[i] as number) : 1));
  return reps.every((count) => count === 1) ? x : run('Tile', { x }, { reps }, 0);
}
