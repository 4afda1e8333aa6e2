import { type Cell, Rng, type Sequence, type Tree } from '@elman/core';
import { stack, unroll } from '@elman/rnn';
import { expectTreesClose } from '@elman/testkit';
import { concat, fill, slice, type Tensor1D, tensor1d, tensor2d, zeros } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { gatedFeedbackRnn, gridLstm, gru, lstm, simpleRnn } from '../../src/index.ts';

const sizes = { inputSize: 2, hiddenSize: 3 };
const one = { inputSize: 1, hiddenSize: 1 };
const rng = Rng.seeded(1);
const inputs = rng.tensor([2, 5, 2], (r) => r.normal()) as Sequence;
const row = (...values: number[]) => tensor2d([values]);
const column = (...values: number[]) => tensor2d(values.map((value) => [value]));
const nothing = zeros([1, 4]) as ReturnType<typeof row>;
const [ln2, ln3] = [Math.LN2, Math.log(3)];

// σ(ln 3) = 3/4, σ(−ln 3) = 1/4; tanh(ln 2) = 3/5, tanh(ln 3) = 4/5
describe('gatedFeedbackRnn', () => {
  /** Global reset gates at 3/4 and 1/4, whatever is read; at the second, they are turned. */
  const globalReset = (turn: 1 | -1) => ({
    kernel: row(0, 0),
    recurrentKernel: tensor2d([0, 0, 0, 0], [2, 2]),
    bias: tensor1d([turn * ln3, -turn * ln3]),
  });

  it('tanh: the old h of each layer comes through its gate, the new one of the layer below without', async () => {
    // h = (4, 8): 3/4·4·ln 2 − 1/4·8·ln 2 = ln 2, so h₁' = 3/5; then 5·h₁'/3·ln 3 + 1/4·4 − 3/4·8/6 = ln 3, so h₂' = 4/5
    const params = [
      { kernel: row(1), bias: tensor1d([0]), feedbackKernel: column(ln2, -ln2), globalReset: globalReset(1) },
      {
        kernel: row((5 / 3) * ln3),
        bias: tensor1d([0]),
        feedbackKernel: column(1, -1 / 6),
        globalReset: globalReset(-1),
      },
    ];
    const cell = gatedFeedbackRnn({ ...one, unit: 'tanh' });
    const found = cell.step(params, [{ h: row(4) }, { h: row(8) }], row(0));
    await expectTreesClose(found as Tree, { output: row(4 / 5), state: [{ h: row(3 / 5) }, { h: row(4 / 5) }] });
  });

  it('gates read the new state of the layer below and the old ones of all layers', async () => {
    const closed = { kernel: row(0), bias: tensor1d([0]), feedbackKernel: column(0, 0), globalReset: globalReset(1) };
    // x = 1, h = (1, 2): σ(x·ln 9 + (1 − 2)·ln 3) = 3/4 of the first: 3/4·4/3·ln 2
    const reset = {
      kernel: row(2 * ln3, 0),
      recurrentKernel: tensor2d([ln3, 0, -ln3, 0], [2, 2]),
      bias: tensor1d([0, 0]),
    };
    const first = { ...closed, feedbackKernel: column((4 / 3) * ln2, 0), globalReset: reset };
    // h₁' = 3/5: σ(3/5·5/3·ln 3) = 3/4 of the second: 3/4·2·2/3·ln 3
    const above = {
      kernel: row(0, (5 / 3) * ln3),
      recurrentKernel: tensor2d([0, 0, 0, 0], [2, 2]),
      bias: tensor1d([0, 0]),
    };
    const second = { ...closed, feedbackKernel: column(0, (2 / 3) * ln3), globalReset: above };
    const cell = gatedFeedbackRnn({ ...one, unit: 'tanh' });
    const found = cell.step([first, second], [{ h: row(1) }, { h: row(2) }], row(1));
    await expectTreesClose(found as Tree, { output: row(4 / 5), state: [{ h: row(3 / 5) }, { h: row(4 / 5) }] });
  });

  /** The parameters of a layer of a stack within the feedback of two layers, with gates that are open from that layer alone. */
  const within = (layer: number, below: number, feedbackKernel: ReturnType<typeof row>) => ({
    feedbackKernel: concat(
      [0, 1].map((from) => (from === layer ? feedbackKernel : fill([3, 3], 7))),
      0,
    ) as typeof nothing,
    globalReset: {
      kernel: zeros([below, 2]) as typeof nothing,
      recurrentKernel: zeros([6, 2]) as typeof nothing,
      bias: tensor1d(layer === 0 ? [100, -200] : [-200, 100]),
    },
  });
  const columns = (kernel: ReturnType<typeof row>, from: number, count = 1) =>
    slice(kernel, [0, 3 * from], [3, 3 * count]);
  const recurrent = {
    tanh: (kernel: typeof nothing) => ({ candidate: kernel }),
    lstm: (kernel: typeof nothing) => ({
      candidate: columns(kernel, 2),
      recurrentKernel: concat([columns(kernel, 0, 2), columns(kernel, 3)], 1),
    }),
    gru: (kernel: typeof nothing) => ({
      candidate: columns(kernel, 2),
      recurrentKernel: columns(kernel, 0, 2),
    }),
  };

  it.each([
    { unit: 'tanh', make: simpleRnn },
    { unit: 'lstm', make: lstm },
    { unit: 'gru', make: gru },
  ] as const)('is a stack where gates are open from each layer to itself alone: $unit', async ({ unit, make }) => {
    const cells = [make(sizes), make({ inputSize: 3, hiddenSize: 3 })] as unknown as Cell<Tree, Tree>[];
    type Params = {
      readonly kernel: typeof nothing;
      readonly recurrentKernel: typeof nothing;
      readonly bias: Tensor1D;
    };
    const given = stack(cells).init(rng) as unknown as Params[];
    const params = given.map(({ kernel, recurrentKernel, bias }, layer) => {
      const { candidate, ...own } = recurrent[unit](recurrentKernel);
      return { kernel, bias, ...own, ...within(layer, layer === 0 ? 2 : 3, candidate) };
    });
    const found = unroll(gatedFeedbackRnn({ ...sizes, unit }), params as never, inputs);
    await expectTreesClose({ ...found } as Tree, { ...unroll(stack(cells), given as never, inputs) } as Tree);
  });

  it('refuses invalid options in one line', () => {
    expect(() => gatedFeedbackRnn({ ...sizes, unit: 'relu' as never })).toThrow(
      'gatedFeedbackRnn: unit: expected tanh, lstm or gru, got relu.',
    );
    expect(() => gatedFeedbackRnn({ ...sizes, layers: 0 })).toThrow(
      'gatedFeedbackRnn: layers: expected a positive whole number, got 0.',
    );
  });
});

describe('gridLstm', () => {
  it('transforms h and c along time and along depth, from the same h of both', async () => {
    const params = {
      inputKernel: row(1, 2),
      inputBias: tensor1d([0, -1]),
      layers: [
        {
          // x = 1: h and c of 1 along depth; h = 2 and c = 4 along time. i, f, g, o: along time 1/4, 3/4, 3/5, 1/2 by biases
          kernel: row(0, 0, 0, 0, ln3, 0, ln2, 0),
          recurrentKernel: row(0, 0, 0, 0, -ln3, 0, 0, 0),
          bias: tensor1d([-ln3, ln3, ln2, 0, 0, ln3, 0, -ln3]),
        },
      ],
    };
    // c' = 3/4·4 + 1/4·3/5 = 3.15, h' = tanh(3.15/2); along depth i = σ(1·ln 3 − 2·ln 3) = 1/4, f = 3/4, g = 3/5, o = 1/4:
    // 3/4·1 + 1/4·3/5 = 0.9, tanh(0.9/4)
    const found = gridLstm({ ...one, layers: 1 }).step(params, [{ h: row(2), c: row(4) }], row(1));
    const state = [{ h: row(Math.tanh(3.15 / 2)), c: row(3.15) }];
    await expectTreesClose(found as Tree, { output: row(Math.tanh(0.9 / 4)), state });
  });

  it('carries its memory through any number of layers, as through frames, if no gate writes', async () => {
    // Along depth i = 0, f = 1, o = 1; along time as they come.
    const layers = 6;
    const cell = gridLstm({ ...sizes, layers });
    const params = cell.init(rng);
    const open = [-100, 100, 0, 100].flatMap((bias) => [bias, bias, bias]);
    const carrying = params.layers.map((layer) => ({
      ...layer,
      bias: concat([slice(layer.bias, 0, 12), tensor1d(open)]) as Tensor1D,
    }));
    const { outputs } = unroll(cell, { ...params, layers: carrying }, inputs);
    const memory = unroll(
      simpleRnn(sizes),
      {
        kernel: slice(params.inputKernel, [0, 3], [2, 3]),
        recurrentKernel: zeros([3, 3]) as typeof nothing,
        bias: slice(params.inputBias, 3, 3),
      },
      inputs,
    );
    await expectTreesClose(outputs, memory.outputs);
  });

  it('tied is the same weights in all layers', async () => {
    const tied = gridLstm({ ...sizes, layers: 3, tied: true });
    const params = tied.init(rng);
    const same = { ...params, layers: Array.from({ length: 3 }, () => params.layers[0]) } as typeof params;
    expect(params.layers).toHaveLength(1);
    const found = unroll(tied, params, inputs);
    await expectTreesClose(
      { ...found } as Tree,
      { ...unroll(gridLstm({ ...sizes, layers: 3 }), same, inputs) } as Tree,
    );
  });
});
