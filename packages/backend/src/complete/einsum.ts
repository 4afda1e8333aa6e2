import { Einsum, type EinsumAttrs, matMul, reshape, sum, type Tensor, tidy, transpose } from '@tensorflow/tfjs-core';
import { type EinsumLabels, einsumLabels } from './einsum-labels.ts';
import { provideKernel } from './kernel.ts';

/**
 * `Einsum` as one product of matrices: axes in both inputs and the output are its batch, axes in both but not the output
 * are summed by it. wasm has none, the others materialise the product
 * before they sum, and refuse an axis that only one input has.
 */
export function einsumThroughMatMul(backendName: string): void {
  provideKernel<Tensor[], EinsumAttrs, unknown>(backendName, Einsum, () => ({ inputs, attrs }) => {
    const tensors = Object.values(inputs);
    const labels = einsumLabels(
      attrs.equation,
      tensors.map(({ shape }) => shape),
    );
    return tidy(() => (tensors.length === 1 ? one(labels, tensors[0] as Tensor) : two(labels, tensors)));
  });
}

function one({ inputs, output }: EinsumLabels, tensor: Tensor): Tensor {
  const kept = sumAway(tensor, inputs[0] as string, output);
  return arrange(kept.tensor, kept.labels, output);
}

function two({ inputs, output, sizes }: EinsumLabels, tensors: readonly Tensor[]): Tensor {
  const a = sumAway(tensors[0] as Tensor, inputs[0] as string, output + inputs[1]);
  const b = sumAway(tensors[1] as Tensor, inputs[1] as string, output + inputs[0]);
  const pick = (labels: string, test: (label: string) => boolean): string => [...labels].filter(test).join('');
  const batch = pick(a.labels, (label) => b.labels.includes(label) && output.includes(label));
  const inner = pick(a.labels, (label) => b.labels.includes(label) && !output.includes(label));
  const rows = pick(a.labels, (label) => !b.labels.includes(label));
  const columns = pick(b.labels, (label) => !a.labels.includes(label));
  const size = (labels: string): number => [...labels].reduce((product, label) => product * (sizes.get(label) ?? 1), 1);
  const left = reshape(arrange(a.tensor, a.labels, batch + rows + inner), [size(batch), size(rows), size(inner)]);
  const right = reshape(arrange(b.tensor, b.labels, batch + inner + columns), [
    size(batch),
    size(inner),
    size(columns),
  ]);
  const labels = batch + rows + columns;
  const product = reshape(
    matMul(left, right),
    [...labels].map((label) => size(label)),
  );
  return arrange(product, labels, output);
}

/** Sums over the axes whose label occurs only here. */
function sumAway(tensor: Tensor, labels: string, others: string): { tensor: Tensor; labels: string } {
  const axes = [...labels].flatMap((label, axis) => (others.includes(label) ? [] : [axis]));
  const kept = [...labels].filter((label) => others.includes(label)).join('');
  return { tensor: axes.length === 0 ? tensor : sum(tensor, axes), labels: kept };
}

/** Transposes the axes to the order of `wanted`. */
function arrange(tensor: Tensor, labels: string, wanted: string): Tensor {
  return transpose(
    tensor,
    [...wanted].map((label) => labels.indexOf(label)),
  );
}
