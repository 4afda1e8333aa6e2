/** Variants of the LSTM against each other, and steps worked by hand: σ(ln 3) = 3/4, tanh(ln 2) = 3/5. */
import { type Cell, Rng, type Sequence, type Tree, tree } from '@elman/core';
import { unroll } from '@elman/rnn';
import { expectTreesClose } from '@elman/testkit';
import { concat, fill, neg, split, type Tensor, type Tensor1D, tensor1d, tensor2d, zeros } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { coupledGateLstm, type LstmParams, lstm, lstm1997, lstmVariant, peepholeLstm } from '../../src/index.ts';

const sizes = { inputSize: 3, hiddenSize: 4 };
const ln2 = Math.LN2;
const ln3 = Math.log(3);
const row = (...values: number[]) => tensor2d([values]);
const inputs = Rng.seeded(1).tensor([2, 6, 3], (r) => r.normal()) as Sequence;

/** Random numbers in place of the zeros of a cell at its start. */
const random = <P extends Tree>(params: P): P =>
  tree.map(params, (leaf, path) => Rng.seeded(path).tensor(leaf.shape, (r) => r.normal()));
const randomOf = <P extends Tree>(cell: Cell<P, Tree>): P => random(cell.init(Rng.seeded(1)));
const outputsOf = <P extends Tree, S extends Tree>(cell: Cell<P, S>, params: P): Tree =>
  unroll(cell, params, inputs).outputs as Tree;

/** Parameters with the blocks of columns in another number or order, each the result of `block`. */
const withBlocks = (
  { kernel, recurrentKernel, bias }: LstmParams,
  from: number,
  choose: (blocks: Tensor[], isBias: boolean) => Tensor[],
): LstmParams => {
  const of = <T extends Tensor>(leaf: T): T =>
    concat(choose(split(leaf, from, leaf.rank - 1), leaf.rank === 1), leaf.rank - 1) as T;
  return { kernel: of(kernel), recurrentKernel: of(recurrentKernel), bias: of(bias) };
};

/** A gate that is always open. */
const open = (isBias: boolean, like: Tensor): Tensor => (isBias ? fill([4], 100) : zeros(like.shape));

it('by default is the vanilla LSTM, with peepholes', async () => {
  const params = randomOf(peepholeLstm(sizes));
  await expectTreesClose(outputsOf(lstmVariant(sizes), params), outputsOf(peepholeLstm(sizes), params));
});

it('starts with the numbers of peepholeLstm and, without peepholes, of lstm', async () => {
  const exactly = { relative: 0, absolute: 0 };
  const start = (cell: { init(rng: Rng): Tree }): Tree => cell.init(Rng.seeded(3));
  await expectTreesClose(start(lstmVariant(sizes)), start(peepholeLstm(sizes)), exactly);
  await expectTreesClose(start(lstmVariant({ ...sizes, peepholes: false })), start(lstm(sizes)), exactly);
});

it('without peepholes is lstm', async () => {
  const params = randomOf(lstm(sizes));
  await expectTreesClose(
    outputsOf(lstmVariant({ ...sizes, peepholes: false }), params),
    outputsOf(lstm(sizes), params),
  );
});

it('lstm1997 is an lstm whose forget gate is always 1', async () => {
  const params = randomOf(lstm1997(sizes));
  const whole = withBlocks(params, 3, ([i, g, o], isBias) => [i, open(isBias, g as Tensor), g, o] as Tensor[]);
  await expectTreesClose(outputsOf(lstm1997(sizes), params), outputsOf(lstm(sizes), whole));
});

it.each([
  ['input', { inputGate: false }, ([f, g, o]: Tensor[], one: Tensor) => [one, f, g, o]],
  ['output', { outputGate: false }, ([i, f, g]: Tensor[], one: Tensor) => [i, f, g, one]],
] as const)('without %s gate it is an lstm whose gate is always 1', async (_, without, insert) => {
  const cell = lstmVariant({ ...sizes, ...without, peepholes: false });
  const params = randomOf(cell);
  const whole = withBlocks(
    params,
    3,
    (blocks, isBias) => insert(blocks, open(isBias, blocks[0] as Tensor)) as Tensor[],
  );
  await expectTreesClose(outputsOf(cell, params), outputsOf(lstm(sizes), whole));
});

it('coupledGateLstm is an lstm with i = 1 − f: the weights of i are minus those of f', async () => {
  const params = randomOf(coupledGateLstm(sizes));
  const whole = withBlocks(params, 3, ([f, g, o]) => [neg(f as Tensor), f, g, o] as Tensor[]);
  await expectTreesClose(outputsOf(coupledGateLstm(sizes), params), outputsOf(lstm(sizes), whole));
});

it('coupled gates with peepholes: those of i are minus those of f', async () => {
  const cell = lstmVariant({ ...sizes, coupledGates: true });
  const params = randomOf(cell);
  const { f, o } = params.peepholes as { f: Tensor1D; o: Tensor1D };
  const whole = withBlocks(params, 3, ([forget, ...rest]) => [neg(forget as Tensor), forget, ...rest] as Tensor[]);
  const peepholes = { i: neg(f), f, o };
  await expectTreesClose(outputsOf(cell, params), outputsOf(peepholeLstm(sizes), { ...whole, peepholes }));
});

it('full gate recurrence with a gateKernel of zeros is none', async () => {
  const cell = lstmVariant({ ...sizes, fullGateRecurrence: true });
  const params = { ...randomOf(cell), gateKernel: zeros([12, 12]) as ReturnType<typeof tensor2d> };
  const { gateKernel: _, ...rest } = params;
  await expectTreesClose(outputsOf(cell, params), outputsOf(peepholeLstm(sizes), rest as never));
});

const one = { inputSize: 1, hiddenSize: 1 };
const nothing = row(0);
/** Parameters of one unit that are zero but for the bias. */
const biased = (...bias: number[]): LstmParams => ({
  kernel: zeros([1, bias.length]),
  recurrentKernel: zeros([1, bias.length]),
  bias: tensor1d(bias),
});

it('lstm1997 by hand: c + i·tanh(g)', async () => {
  // c' = 1 + 3/4·3/5 = 1.45
  const found = lstm1997(one).step(biased(ln3, ln2, 0), { h: nothing, c: row(1) }, nothing);
  const h = row(Math.tanh(1.45) / 2);
  await expectTreesClose(found as Tree, { output: h, state: { h, c: row(1.45) } });
});

it('coupledGateLstm by hand: f·c + (1 − f)·tanh(g)', async () => {
  // c' = 3/4·1 + 1/4·3/5 = 0.9
  const found = coupledGateLstm(one).step(biased(ln3, ln2, 0), { h: nothing, c: row(1) }, nothing);
  const h = row(Math.tanh(0.9) / 2);
  await expectTreesClose(found as Tree, { output: h, state: { h, c: row(0.9) } });
});

it('linear activations by hand: f·c + i·g and o·c', async () => {
  // c' = 1/4·2 + 3/4·4 = 3.5, h' = 1/2·3.5
  const linear = { inputActivation: 'linear', outputActivation: 'linear', peepholes: false } as const;
  const found = lstmVariant({ ...one, ...linear }).step(biased(ln3, -ln3, 4, 0), { h: nothing, c: row(2) }, nothing);
  await expectTreesClose(found as Tree, { output: row(1.75), state: { h: row(1.75), c: row(3.5) } });
});

it('full gate recurrence by hand: gates read all gates of the frame before', async () => {
  // From gates 1/2, 1/4, 1: i = σ(ln 3·1) = 3/4, f = σ(−2 ln 3·1/2) = 1/4, o = σ(4 ln 3·1/4) = 3/4; c' = 1/4·1 + 3/4·3/5 = 0.7.
  const params = {
    ...biased(0, 0, ln2, 0),
    gateKernel: tensor2d([
      [0, -2 * ln3, 0],
      [0, 0, 4 * ln3],
      [ln3, 0, 0],
    ]),
  };
  const state = { h: nothing, c: row(1), gates: row(1 / 2, 1 / 4, 1) };
  const cell = lstmVariant({ ...one, peepholes: false, fullGateRecurrence: true });
  const h = row((3 / 4) * Math.tanh(0.7));
  const wanted = { output: h, state: { h, c: row(0.7), gates: row(3 / 4, 1 / 4, 3 / 4) } };
  await expectTreesClose(cell.step(params, state, nothing) as Tree, wanted);
});

it('refuses what contradicts itself', () => {
  expect(() => lstmVariant({ ...sizes, coupledGates: true, forgetGate: false })).toThrow(
    'lstmVariant: coupledGates: expected an input gate and a forget gate, got one of them or none.',
  );
  const none = { inputGate: false, forgetGate: false, outputGate: false };
  expect(() => lstmVariant({ ...sizes, ...none, fullGateRecurrence: true })).toThrow(
    'lstmVariant: fullGateRecurrence: expected a gate, got none.',
  );
  expect(() => lstmVariant({ ...sizes, inputActivation: 'relu' as never })).toThrow(/inputActivation: .* got relu/);
});
