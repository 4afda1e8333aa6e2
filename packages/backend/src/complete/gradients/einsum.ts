import { broadcastTo, Einsum, type EinsumAttrs, einsum, reshape, type Tensor } from '@tensorflow/tfjs-core';
import { type EinsumLabels, einsumLabels } from '../einsum-labels.ts';
import { provideGradient } from '../gradient.ts';

/** `Einsum`: the gradient w.r.t. an input is the einsum of dy with the other input, broadcast over axes that only that input has. */
export function einsumGradient(): void {
  provideGradient(Einsum, () => ({
    saveAllInputs: true,
    gradFunc: (dy, saved, attrs) => {
      const { equation } = attrs as unknown as EinsumAttrs;
      const labels = einsumLabels(
        equation,
        saved.map(({ shape }) => shape),
      );
      return Object.fromEntries(saved.map((_, i) => [i, () => byInput(i, labels, dy as Tensor, saved)]));
    },
  }));
}

function byInput(i: number, { inputs, output, sizes }: EinsumLabels, dy: Tensor, tensors: readonly Tensor[]): Tensor {
  const wanted = inputs[i] as string;
  const other = inputs[1 - i];
  const known = [...wanted].filter((label) => output.includes(label) || other?.includes(label)).join('');
  const gradient =
    other === undefined
      ? einsum(`${output}->${known}`, dy)
      : einsum(`${output},${other}->${known}`, dy, tensors[1 - i] as Tensor);
  const size = (label: string): number => sizes.get(label) as number;
  const spread = [...wanted].map((label) => (known.includes(label) ? size(label) : 1));
  return broadcastTo(reshape(gradient, spread), [...wanted].map(size));
}
