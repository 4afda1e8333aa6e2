import {
  _FusedMatMul,
  type _FusedMatMulAttrs,
  BatchMatMul,
  type BatchMatMulAttrs,
  broadcast_util,
  Einsum,
  type EinsumAttrs,
  FusedBatchNorm,
  util,
} from '@tensorflow/tfjs-core';
import type { Node } from '../../graph.ts';
import type { Recorder } from '../recorder.ts';
import { sumOf } from './elementwise.ts';
import { type Call, inputOf, listOf, type Rules } from './rule.ts';

function product(recorder: Recorder, a: Node, b: Node, { transposeA, transposeB }: BatchMatMulAttrs): Node {
  const [rows, innerA] = lastTwo(a, transposeA);
  const [innerB, columns] = lastTwo(b, transposeB);
  util.assert(innerA === innerB, () => `matMul: inner sizes of [${a.shape}] and [${b.shape}] differ.`);
  const outer = broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const attrs = { transposeA, transposeB };
  return recorder.add(BatchMatMul, { a, b }, { attrs, shape: [...outer, rows, columns], dtype: a.dtype });
}

function lastTwo({ shape }: Node, isTransposed: boolean): [number, number] {
  const [rows, columns] = shape.slice(-2) as [number, number];
  return isTransposed ? [columns, rows] : [rows, columns];
}

/** Products of matrices. */
export const products: Rules = {
  [BatchMatMul]: (call) =>
    product(call.recorder, inputOf(call, 'a'), inputOf(call, 'b'), call.attrs as unknown as BatchMatMulAttrs),
  [_FusedMatMul]: (call) => {
    const attrs = call.attrs as unknown as _FusedMatMulAttrs;
    if (attrs.activation !== 'linear') {
      call.recorder.refuse('fused.matMul', `the activation ${attrs.activation} is fused; call it after matMul`);
    }
    const made = product(call.recorder, inputOf(call, 'a'), inputOf(call, 'b'), attrs);
    const bias = inputOf(call, 'bias') as Node | undefined;
    return bias === undefined ? made : sumOf(call.recorder, made, bias);
  },
  [Einsum]: (call) => {
    const { equation } = call.attrs as unknown as EinsumAttrs;
    const { dtype } = listOf(call)[0] as Node;
    return call.recorder.add(Einsum, call.inputs, { attrs: { equation }, shape: einsumShape(call, equation), dtype });
  },
  [FusedBatchNorm]: ({ recorder, inputs, attrs }) => {
    const { shape, dtype } = (inputs as { readonly x: Node }).x;
    return recorder.add(FusedBatchNorm, inputs, { attrs, shape, dtype });
  },
};

function einsumShape(call: Call, equation: string): number[] {
  const [left = '', output = ''] = equation.replace(/\s/g, '').split('->');
  const sizes = new Map<string, number>();
  left.split(',').forEach((labels, i) => {
    for (const [axis, label] of [...labels].entries()) sizes.set(label, listOf(call)[i]?.shape[axis] as number);
  });
  return [...output].map((label) => sizes.get(label) as number);
}
