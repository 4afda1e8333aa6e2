import type { Cell, Frame, Sequence } from '@elman/core';
import { expect, it } from 'vitest';
import { type AnyCell, bidirectional, type ContextOf, deep, dropout, layer, residual, stack } from '../src/index.ts';

declare const a: Cell<{ k: Frame }, { h: Frame }>;
declare const b: Cell<{ q: Frame }, { c: Frame }, { memory: Frame }>;
declare const inputs: Sequence;

type Is<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
const same = <A, B>(is: Is<A, B>): Is<A, B> => is;

/** Never run: what matters is that it compiles. */
export function check(): void {
  const plain = stack([a, a]);
  const told = stack([a, stack([a, residual(dropout(b, { input: 0.1 }))])]);
  const layers = deep([bidirectional(a, a), layer(a)]);
  const h: Frame = layers.run(layers.init(null as never), inputs).state[0].backward.h;
  const q: Frame = told.init(null as never)[1][1].q;
  const pair: Cell<readonly [{ k: Frame }, { k: Frame }], readonly [{ h: Frame }, { h: Frame }]> = plain;
  const list = stack([a, b] as readonly AnyCell[]);
  // @ts-expect-error: a stack of two has no third cell
  plain.init(null as never)[2];
  void [h, q, pair, list];
}

it('a stack takes the context of its cells', () => {
  expect(same<ContextOf<typeof a>, void>(true)).toBe(true);
  expect(same<ContextOf<typeof a | typeof b>, { memory: Frame }>(true)).toBe(true);
});
