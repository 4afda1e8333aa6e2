import { multiplicativeAttention } from '@elman/attention';
import { lstm, resetBeforeGru } from '@elman/cells';
import { type Cell, type Frame, Rng, type TokenModel, type Tree, tree } from '@elman/core';
import { beamSearch } from '@elman/decoding';
import { dropout, layer, learnedInitialState, residual, stack } from '@elman/rnn';
import { expectTreesClose } from '@elman/testkit';
import {
  add,
  getBackend,
  matMul,
  memory,
  mul,
  randomNormal,
  sigmoid,
  sub,
  type Tensor2D,
  tensor1d,
  tensor2d,
  zeros,
} from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { languageModel, seq2seq, vectorToSequence } from '../src/index.ts';

const runsHere = ['cpu', 'wasm'].includes(getBackend());
const V = 6;
const size = 4;

/** h' = a∘h + (1 − a)∘x·W, a = σ(h·U): a cell of one's own, with a step alone. */
const own: Cell<{ w: Tensor2D; u: Tensor2D }, { h: Frame }> = {
  name: 'own',
  inputSize: size,
  outputSize: size,
  init: (rng) => ({
    w: rng.fork('w').tensor([size, size], (r) => r.normal()) as Tensor2D,
    u: rng.fork('u').tensor([size, size], (r) => r.normal()) as Tensor2D,
  }),
  initialState: (batch) => ({ h: zeros([batch, size]) }),
  step: ({ w, u }, { h }, x) =>
    tree.tidy(() => {
      const a = sigmoid(matMul(h, u));
      const next: Frame = add(mul(a, h), mul(sub(1, a), matMul(x, w)));
      return { output: next, state: { h: mul(next, 1) as Frame } };
    }),
};

const inner = lstm({ inputSize: size, hiddenSize: size });
const cells = [
  own,
  stack([own]),
  stack([resetBeforeGru({ inputSize: size, hiddenSize: size }), own, inner]),
  residual(own),
  learnedInitialState(own),
  residual(stack([inner, residual(inner)])),
  dropout(stack([inner, own]), { input: 0.5, output: 0.5, recurrent: 0 }),
] as unknown as Cell<Tree, Tree>[];

/** A session takes each step as `next` does, of m rows for each of its n sources, also of rows that are kept. */
async function expectSameSession(model: TokenModel<Tree>, sources: number, isOpen: boolean): Promise<void> {
  const before = memory().numTensors;
  const times = 2;
  let from = Array.from({ length: sources * times }, (_, row) => Math.floor(row / times));
  const rowsOf = <T extends Tree>(of: T, rows: readonly number[]): T =>
    tree.tidy(() => tree.gather(of, tensor1d([...rows], 'int32')));
  const session = model.open?.(from.length);
  expect(session !== undefined).toBe(isOpen);
  if (session === undefined) return;
  const initial = model.initialState(sources);
  let state = rowsOf(initial, from);
  for (const rows of [from.map((_, row) => row), [1, from.length - 1, 1], [2, 0]]) {
    session.keep(rows);
    from = rows.map((row) => from[row] as number);
    const kept = rowsOf(state, rows);
    const tokens = tensor1d(
      rows.map((row) => (3 * row + rows.length) % V),
      'int32',
    );
    const context = model.context && rowsOf(model.context, from);
    const next = model.next(kept, tokens, context);
    const found = session.next([...(await tokens.data())], true) as Float32Array;
    const logits = tensor2d(found.slice(), [rows.length, V]);
    await expectTreesClose({ logits }, { logits: next.logits });
    const { state: after, ...rest } = next;
    tree.dispose([state, kept, tokens, context ?? [], logits, rest as Tree]);
    state = after;
  }
  session.dispose();
  tree.dispose([initial, state]);
  expect(memory().numTensors).toBe(before);
}

describe('a session', () => {
  it.each(cells)('generates by $name', async (cell) => {
    const model = languageModel(cell, { vocabSize: V });
    const bound = model.bind(model.init(Rng.seeded(1)));
    const own = { ...bound, initialState: () => bound.initialState(2) };
    await expectSameSession(own, 2, runsHere);
    bound.dispose();
  });

  it.each([undefined, 2])(
    'generates by a decoder that is conditioned on vectors, featureSize %s',
    async (featureSize) => {
      const decoder = lstm({ inputSize: size + (featureSize ?? 3), hiddenSize: size });
      const model = vectorToSequence({ decoder, vectorSize: 3, vocabulary: { vocabSize: V }, featureSize });
      const vectors = randomNormal([3, 3], 0, 1, 'float32', 2) as Tensor2D;
      const bound = model.bind(model.init(Rng.seeded(2)), vectors);
      await expectSameSession(bound, 3, runsHere);
      if (runsHere) expect(() => bound.open?.(4)).toThrow('vectorToSequence: open: expected a multiple of 3 rows');
      const { open, ...closed } = bound;
      const search = (given: TokenModel<Tree>) =>
        beamSearch({ model: given, prompts: [[0], [1], [2]], beamWidth: 2, maximumTokens: 6, stop: [5] });
      const idsOf = (found: Awaited<ReturnType<typeof search>>) => found.map((all) => all.map(({ ids }) => ids));
      expect(idsOf(await search(bound))).toEqual(idsOf(await search(closed)));
      bound.dispose();
    },
  );

  it('generates by a decoder whose state comes from a source', async () => {
    const encoder = layer(lstm({ inputSize: 3, hiddenSize: 5 }));
    const parts = { encoder, source: { vocabSize: 4 }, target: { vocabSize: V } };
    const sources = tensor2d(
      [
        [0, 1, 2],
        [3, 2, 1],
      ],
      undefined,
      'int32',
    );
    const plain = seq2seq({ ...parts, decoder: inner });
    const bound = plain.bind(plain.init(Rng.seeded(3)), sources);
    await expectSameSession(bound, 2, runsHere);
    bound.dispose();
    const attention = multiplicativeAttention({ querySize: size, memorySize: 5 });
    const attending = seq2seq({ ...parts, decoder: lstm({ inputSize: 2 * size, hiddenSize: size }), attention });
    const other = attending.bind(attending.init(Rng.seeded(4)), sources);
    const session = other.open?.(2);
    session?.dispose();
    await expectSameSession(other, 2, session !== undefined);
    other.dispose();
  });
});
