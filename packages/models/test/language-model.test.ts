import { gru, lstm } from '@elman/cells';
import { type Cell, OptionError, Rng, ShapeError, type Tree, tree } from '@elman/core';
import { stack } from '@elman/rnn';
import {
  eye,
  getBackend,
  matMul,
  memory,
  reshape,
  slice,
  type Tensor1D,
  type Tensor2D,
  transpose,
  zeros,
} from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { languageModel } from '../src/index.ts';
import { expectClose, lossAndGrads, mask, numbers, randomWindow } from './support.ts';

const V = 5;
const vocabulary = { vocabSize: V };
const cell = lstm({ inputSize: 3, hiddenSize: 4 });

/** The same cell without its fast path. */
const plain = <P extends Tree, S extends Tree>({ scan, ...rest }: Cell<P, S>): Cell<P, S> => rest;

describe('languageModel', () => {
  it('returns the cross-entropy of its logits, which equal those of the cell step by step', async () => {
    const model = languageModel(cell, vocabulary);
    const params = model.init(Rng.seeded(1));
    const window = randomWindow(2, V, 2, 3);
    const { logits } = model.logits(params, window.inputs);
    expect(logits.shape).toEqual([2, 3, V]);
    const rows = (await logits.array()) as number[][][];
    const targets = (await window.targets.array()) as number[][];
    const costs = rows.flatMap((row, b) =>
      row.map(
        (z, t) => Math.log(z.reduce((sum, x) => sum + Math.exp(x), 0)) - (z[targets[b]?.[t] as number] as number),
      ),
    );
    const { loss, count } = await lossAndGrads(model, params, window);
    expect(count).toBe(6);
    expect(loss).toBeCloseTo(costs.reduce((sum, x) => sum + x, 0) / 6, 4);

    const table = 'table' in params.embedding ? params.embedding.table : zeros([V, 3]);
    const ids = (await window.inputs.array()) as number[][];
    const kernel = 'kernel' in params.output ? params.output.kernel : zeros([4, V]);
    let state = cell.initialState(1);
    for (let t = 0; t < 3; t++) {
      const x = slice(table as Tensor2D, [ids[1]?.[t] as number, 0], [1, 3]);
      const step = cell.step(params.cell, state, x, undefined);
      state = step.state;
      expectClose(await numbers({ z: matMul(step.output, kernel as Tensor2D) }), {
        z: rows[1]?.[t] as number[],
      });
    }
  });

  it('has the same loss and gradients by the token shortcut and by the plain path', async () => {
    const learned = lstm({ inputSize: 3, hiddenSize: 4 }) as Cell<Tree, Tree>;
    const oneHot = gru({ inputSize: V, hiddenSize: 4 }) as Cell<Tree, Tree>;
    for (const [of, embedding] of [
      [learned, 'learned'],
      [oneHot, 'one-hot'],
    ] as const) {
      const fast = languageModel(of, vocabulary, { embedding });
      const slow = languageModel(plain(of), vocabulary, { embedding });
      const params = fast.init(Rng.seeded(3));
      // More frames than tokens in the vocabulary, and fewer.
      for (const time of [3, 2]) {
        const window = randomWindow(4, V, 2, time);
        const a = await lossAndGrads(fast, params, window);
        const b = await lossAndGrads(slow, params, window);
        expect(a.loss).toBeCloseTo(b.loss, 5);
        expectClose(a.grads, b.grads);
        expectClose(a.state, b.state);
      }
    }
  });

  it('is the same with one-hot tokens and with an identity table', async () => {
    const wide = lstm({ inputSize: V, hiddenSize: 4 });
    const oneHot = languageModel(wide, vocabulary, { embedding: 'one-hot' });
    const learned = languageModel(wide, vocabulary);
    const params = oneHot.init(Rng.seeded(5));
    const window = randomWindow(6, V, 2, 3);
    const a = await lossAndGrads(oneHot, params, window);
    const b = await lossAndGrads(learned, { ...params, embedding: { table: eye(V) } }, window);
    expect(a.loss).toBeCloseTo(b.loss, 5);
    const { 'embedding.table': byTable, ...others } = b.grads;
    expect(byTable).toHaveLength(V * V);
    expectClose(a.grads, others);
  });

  it('ties the logits to the table: its gradient is the sum of both uses', async () => {
    const square = lstm({ inputSize: 4, hiddenSize: 4 });
    const tied = languageModel(square, vocabulary, { tied: true });
    const untied = languageModel(square, vocabulary);
    const params = tied.init(Rng.seeded(7));
    expect(Object.keys(await numbers(params.output))).toEqual(['bias']);
    const { table } = params.embedding as { table: Tensor2D };
    const { bias } = params.output as { bias: never };
    const window = randomWindow(8, V, 2, 3);
    const a = await lossAndGrads(tied, params, window);
    const b = await lossAndGrads(untied, { ...params, output: { kernel: transpose(table), bias } }, window);
    expect(a.loss).toBeCloseTo(b.loss, 5);
    const { 'output.kernel': kernel = [], 'embedding.table': looked = [], ...others } = b.grads;
    const both = looked.map((x, i) => x + (kernel[(i % 4) * V + Math.floor(i / 4)] as number));
    expectClose(a.grads, { ...others, 'embedding.table': both } as never);
  });

  it('returns the state after `carry` frames, with its gradient', async () => {
    const model = languageModel(
      stack([lstm({ inputSize: 3, hiddenSize: 3 }), gru({ inputSize: 3, hiddenSize: 4 })]),
      vocabulary,
    );
    const params = model.init(Rng.seeded(9));
    const window = {
      ...randomWindow(10, V, 2, 4),
      mask: mask([
        [1, 1, 1, 1],
        [1, 1, 0, 0],
      ]),
    };
    const whole = await lossAndGrads(model, params, window);
    const cut = await lossAndGrads(model, params, { ...window, carry: 3 });
    expect(cut.loss).toBeCloseTo(whole.loss, 5);
    expectClose(cut.grads, whole.grads);
    const head = {
      inputs: slice(window.inputs, [0, 0], [2, 3]),
      targets: slice(window.targets, [0, 0], [2, 3]),
      mask: slice(window.mask, [0, 0], [2, 3]),
    };
    expectClose(cut.state, (await lossAndGrads(model, params, head)).state);
  });

  it('counts from the frame `counted` on, and where the mask is 1', async () => {
    const model = languageModel(cell, vocabulary);
    const params = model.init(Rng.seeded(11));
    const window = randomWindow(12, V, 2, 4);
    const late = await lossAndGrads(model, params, { ...window, counted: 2 });
    const masked = await lossAndGrads(model, params, {
      ...window,
      mask: mask([
        [1, 1, 1, 1],
        [1, 1, 1, 0],
      ]),
      counted: 2,
    });
    expect([late.count, masked.count]).toEqual([4, 3]);
    const { logits } = model.logits(params, window.inputs);
    const rows = (await logits.array()) as number[][][];
    const targets = (await window.targets.array()) as number[][];
    const cost = (b: number, t: number): number => {
      const z = rows[b]?.[t] as number[];
      return Math.log(z.reduce((sum, x) => sum + Math.exp(x), 0)) - (z[targets[b]?.[t] as number] as number);
    };
    expect(late.loss).toBeCloseTo((cost(0, 2) + cost(0, 3) + cost(1, 2) + cost(1, 3)) / 4, 4);
    expect(masked.loss).toBeCloseTo((cost(0, 2) + cost(0, 3) + cost(1, 2)) / 3, 4);
  });

  it('applies dropout in training only, deterministic by rng', async () => {
    const model = languageModel(cell, vocabulary, { dropout: 0.5 });
    const params = model.init(Rng.seeded(13));
    const window = randomWindow(14, V, 2, 3);
    const losses: number[] = [];
    for (const rng of [undefined, undefined, Rng.seeded(1), Rng.seeded(1), Rng.seeded(2)]) {
      losses.push((await lossAndGrads(model, params, window, rng && { rng })).loss);
    }
    const [quiet, quietAgain, noisy, noisyAgain, other] = losses;
    expect([quietAgain, noisyAgain]).toEqual([quiet, noisy]);
    expect(new Set([quiet, noisy, other]).size).toBe(3);
  });

  it('is the same model token by token when bound to parameters', async () => {
    const large = { vocabSize: 1100 };
    const models = [
      languageModel(cell, vocabulary),
      languageModel(plain(cell), vocabulary),
      languageModel(lstm({ inputSize: V, hiddenSize: 4 }), vocabulary, { embedding: 'one-hot' }),
      languageModel(lstm({ inputSize: 4, hiddenSize: 4 }), vocabulary, { tied: true }),
      languageModel(cell, large),
    ];
    for (const model of models) {
      const params = model.init(Rng.seeded(15));
      const { inputs } = randomWindow(16, model.vocabSize, 2, 3);
      const { logits, state: last } = model.logits(params, inputs);
      const before = memory().numTensors;
      const bound = model.bind(params);
      let state = bound.initialState(2);
      const [session, other] = [bound.open?.(2), bound.open?.(2)];
      expect(session !== undefined).toBe(['cpu', 'wasm'].includes(getBackend()));
      for (let t = 0; t < 3; t++) {
        const tokens = slice(inputs, [0, t], [2, 1]);
        const flat = reshape(tokens, [2]) as Tensor1D;
        const next = bound.next(state, flat);
        const wanted = slice(logits, [0, t, 0], [2, 1, model.vocabSize]);
        expect(next.logits.shape).toEqual([2, model.vocabSize]);
        expectClose(await numbers({ z: next.logits }), await numbers({ z: wanted }));
        const row = [...(await flat.data())];
        const z = session?.next(row, true)?.slice();
        if (z) expectClose({ z: [...z] }, await numbers({ z: wanted }));
        const highest = other?.highest?.(row, 3);
        if (z && highest) {
          const chosen = [...highest.tokens].map(
            (token, i) => z[Math.floor(i / 3) * model.vocabSize + token] as number,
          );
          expect([...highest.logits]).toEqual(chosen);
          expect(highest.logits[3]).toBe(Math.max(...z.subarray(model.vocabSize)));
          const sum = z.subarray(0, model.vocabSize).reduce((total, value) => total + Math.exp(value), 0);
          expect(highest.normalizers[0]).toBeCloseTo(Math.log(sum), 5);
        }
        tree.dispose([state, tokens, flat, wanted, next.logits, next.features ?? []]);
        state = next.state;
      }
      expectClose(await numbers(state as Tree), await numbers(last as Tree));
      tree.dispose(state);
      session?.dispose();
      other?.dispose();
      bound.dispose();
      expect(memory().numTensors).toBe(before);
    }
  });

  it('leaks no tensors', () => {
    const model = languageModel(cell, vocabulary, { dropout: 0.2 });
    const params = model.init(Rng.seeded(17));
    const window = randomWindow(18, V, 2, 4);
    const state = model.initialState(2);
    const before = memory().numTensors;
    const result = model.loss(params, { ...window, carry: 2, counted: 1 }, state, {
      rng: Rng.seeded(1),
      sampling: 0.5,
    });
    expect(memory().numTensors).toBe(before + 4);
    tree.dispose(result);
  });

  it('refuses incompatible parts in one line', () => {
    const refuse = (make: () => unknown, message: string): void => {
      expect(make).toThrow(OptionError);
      expect(make).toThrow(message);
    };
    refuse(
      () => languageModel(cell, vocabulary, { embedding: 'one-hot' }),
      "languageModel: embedding: one-hot requires a cell with inputSize 5, the vocabulary's size; got 3.",
    );
    refuse(
      () => languageModel(cell, vocabulary, { embedding: 'hot' as never }),
      'expected learned or one-hot, got hot.',
    );
    refuse(
      () => languageModel(cell, vocabulary, { tied: true }),
      'languageModel: tied: expected a cell with outputSize = inputSize, got 4 and 3.',
    );
    refuse(
      () => languageModel(cell, vocabulary, { dropout: 1 }),
      'dropout: expected a number from 0 to below 1, got 1.',
    );
    refuse(() => languageModel(cell, { vocabSize: 0 }), 'vocabSize: expected a positive whole number, got 0.');
    const model = languageModel(cell, vocabulary);
    const params = model.init(Rng.seeded(1));
    const window = randomWindow(1, V, 2, 3);
    const state = model.initialState(2);
    refuse(() => model.loss(params, { ...window, carry: 4 }, state), 'carry: expected 1 to 3 frames, got 4.');
    refuse(() => model.loss(params, { ...window, counted: 3 }, state), 'counted: expected 0 to 2 frames, got 3.');
    refuse(() => model.loss(params, window, state, { sampling: 0.5 }), 'sampling: expected `rng` with it, got none.');
    const short = { ...window, targets: slice(window.targets, [0, 0], [2, 2]) };
    expect(() => model.loss(params, short, state)).toThrow(ShapeError);
  });
});
