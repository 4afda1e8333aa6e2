import { backend_util, util } from '@tensorflow/tfjs-core';

/** A parsed equation of `einsum`: the labels of each input's axes and of the output's. */
export interface EinsumLabels {
  readonly inputs: readonly string[];
  readonly output: string;
  /** The size of each label's axis. */
  readonly sizes: ReadonlyMap<string, number>;
}

/** Reads `ij,jk->ik` with the shapes of its inputs. Throws like tfjs for: `...`, a label twice in one input. */
export function einsumLabels(equation: string, shapes: readonly (readonly number[])[]): EinsumLabels {
  // tfjs's own parser, for its checks.
  backend_util.decodeEinsumEquation(equation, shapes.length);
  const [left = '', output = ''] = equation.replace(/\s/g, '').split('->');
  const inputs = left.split(',');
  const sizes = new Map<string, number>();
  for (const [i, labels] of inputs.entries()) {
    const shape = shapes[i] as readonly number[];
    util.assert(labels.length === shape.length, () => `einsum: ${equation}: input ${i} has shape [${shape}].`);
    for (const [axis, label] of [...labels].entries()) {
      const size = shape[axis] as number;
      util.assert((sizes.get(label) ?? size) === size, () => `einsum: ${equation}: sizes of ${label} differ.`);
      sizes.set(label, size);
    }
  }
  return { inputs, output, sizes };
}
