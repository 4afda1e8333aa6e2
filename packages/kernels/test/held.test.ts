import { Rng } from '@elman/core';
import { describe, expect, it } from 'vitest';
import { simdGru } from '../src/simd/gru.ts';
import { simdLstm } from '../src/simd/lstm.ts';
import { makeWorkspace, type Workspace } from '../src/simd/workspace.ts';

const workspace = makeWorkspace('simd4x8', { guarded: true }) as Workspace;
const rng = Rng.seeded(1);
const random = (count: number): Float32Array => Float32Array.from({ length: count }, () => rng.normal());

function makeCase(gates: number, time: number, batch: number, hidden: number, reverse: boolean) {
  const sizes = { time, batch, hidden };
  const states = batch * hidden;
  const input = {
    projected: random(time * gates * states),
    recurrentKernel: random(gates * hidden * hidden),
    recurrentBias: random(hidden),
    h0: random(states),
    c0: random(states),
    mask: Float32Array.from({ length: time * batch }, () => (rng.uniform() < 0.3 ? 0 : 1)),
    reverse,
  };
  return { sizes, input, grads: { hs: random(time * states), hLast: random(states), cLast: random(states) } };
}

type Engine = ReturnType<typeof simdLstm>;
type Case = ReturnType<typeof makeCase>;

const copied = (arrays: object): object =>
  Object.fromEntries(Object.entries(arrays).map(([name, values]) => [name, (values as Float32Array).slice()]));

function plainly(engine: Engine, { sizes, input, grads }: Case): object {
  return copied(engine.backward(sizes, { ...input, ...copied(engine.forward(sizes, input)) } as never, grads));
}

describe.each([
  ['lstm', simdLstm(workspace), 4],
  ['gru', simdGru(workspace) as unknown as Engine, 3],
] as const)('%s', (_, engine, gates) => {
  const one = makeCase(gates, 5, 3, 16, false);
  const two = makeCase(gates, 4, 7, 8, true);
  const padded = makeCase(gates, 3, 2, 5, false);
  const hold = ({ sizes, input }: Case) => engine.forward(sizes, { ...input, hold: true });
  const spend = ({ sizes, input, grads }: Case, held: ReturnType<typeof hold>): object =>
    copied(engine.backward(sizes, { ...input, ...held, spend: held }, grads));

  it('is bit-identical if activations stay in its memory', () => {
    for (const given of [one, two, padded]) expect(spend(given, hold(given))).toEqual(plainly(engine, given));
  });

  it('keeps the activations of a sequence while others run', () => {
    const [wantedOne, wantedTwo] = [plainly(engine, one), plainly(engine, two)];
    const [heldOne, heldTwo] = [hold(one), hold(two)];
    const activations = copied(engine.forward(one.sizes, one.input));
    expect(spend(two, heldTwo)).toEqual(wantedTwo);
    expect(copied(heldOne)).toEqual(activations);
    expect(spend(one, heldOne)).toEqual(wantedOne);
  });

  it('allows a product next to them', () => {
    const wanted = plainly(engine, one);
    const held = hold(one);
    const { a } = workspace.arena.beside({ a: 100_000 });
    workspace.arena.view(a, 100_000).fill(7);
    workspace.arena.check();
    expect(spend(one, held)).toEqual(wanted);
  });
});
