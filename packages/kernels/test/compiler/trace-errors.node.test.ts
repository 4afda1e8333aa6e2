/** Steps that cannot be compiled: the message says which op it is, where, and what to do. */
import { type Rng, type Tree, tree } from '@elman/core';
import {
  add,
  all,
  complex,
  cumsum,
  div,
  engine,
  greater,
  matMul,
  mean,
  mul,
  multinomial,
  ones,
  pad,
  randomNormal,
  range,
  real,
  relu,
  reshape,
  reverse,
  slice,
  sub,
  sum,
  type Tensor,
  type Tensor2D,
  tanh,
  transpose,
  zeros,
} from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { NotCompilable } from '../../src/compiler/graph.ts';
import { type AnyCell, traceStep } from '../../src/compiler/trace/index.ts';
import { cellOf, HIDDEN, h0, INPUT } from './cells.ts';

const FILE = 'trace-errors.node.test.ts';

/** What a step does with h, [batch, HIDDEN]. */
type Body = (h: Tensor2D, x: Tensor2D, rng: Rng | undefined) => unknown;

function reasonOf(body: Body, isNoisy = false): NotCompilable {
  const cell = cellOf<{ w: Tensor }, { h: Tensor2D }>({ w: [1] }, h0, (_, { h }, x, __, rng) => {
    const next = body(h, x, rng) as Tensor2D;
    return { output: next, state: { h: next } };
  });
  const like = { params: { w: zeros([1]) }, state: h0(2), context: undefined, isMasked: false, isNoisy };
  const before = engine().memory().numTensors;
  try {
    traceStep(cell as unknown as AnyCell, like);
  } catch (error) {
    expect(error).toBeInstanceOf(NotCompilable);
    expect(engine().memory().numTensors).toBe(before);
    return error as NotCompilable;
  } finally {
    tree.dispose([like.params, like.state] as unknown as Tree);
  }
  throw new Error('it compiled');
}

const kept: Tensor[] = [];

const cases: readonly [what: string, op: string, reason: string, body: Body][] = [
  ['reads numbers', 'dataSync', 'the step reads numbers', (h) => ((h.dataSync()[0] as number) > 0 ? h : relu(h))],
  [
    'reads numbers later',
    'data',
    'the step reads numbers',
    (h) => {
      void h.data();
      return h;
    },
  ],
  [
    'branches on the batch size',
    'Tanh',
    'something else for another batch size',
    (h) => (h.shape[0] > 8 ? relu(h) : tanh(h)),
  ],
  ['numbers the rows', 'Const', 'differs from row to row', (h) => add(h, reshape(range(0, h.shape[0]), [-1, 1]))],
  ['divides by the batch size', 'Const', 'depends on the batch size', (h) => div(h, h.shape[0])],
  ['draws by itself', 'Const', 'is random', (h) => add(h, randomNormal([1, HIDDEN]))],
  ['an op that is not recorded', 'Multinomial', 'no compiled form', (h) => add(h, multinomial(h, 1))],
  ['complex numbers', 'Complex', 'no compiled form', (h) => real(complex(h, h))],
  ['an op without gradient', 'All', 'no gradient', (h) => mul(h, all(greater(h, 0), 1, true))],
  ['means over the batch', 'Sub', 'several rows', (h) => sub(h, mean(h, 0))],
  ['sums over the batch as its output', 'Mul', 'several rows', (h) => mul(sum(h, 0, true), ones([h.shape[0], 1]))],
  [
    'cuts rows in pieces',
    'Reshape',
    'cuts rows in pieces',
    (h) => reshape(transpose(reshape(transpose(h), [2, -1, 2]), [1, 0, 2]), [-1, HIDDEN]),
  ],
  ['sums along the batch', 'Cumsum', 'runs along the batch', (h) => cumsum(h, 0)],
  ['turns the batch around', 'Reverse', 'runs along the batch', (h) => reverse(h, 0)],
  [
    'leaves out a row',
    'Slice',
    'depends on the batch size',
    (h) =>
      pad(slice(h, [1, 0]), [
        [1, 0],
        [0, 0],
      ]),
  ],
  ['multiplies rows with rows', 'BatchMatMul', 'two of its axes', (h) => matMul(matMul(h, transpose(h)), h)],
  [
    'an output of another shape',
    'step',
    `output: expected float32 [batch, ${HIDDEN}], got float32 [batch, ${INPUT}]`,
    (_, x) => x,
  ],
  ['no output', 'step', 'got undefined', () => undefined],
  [
    'throws',
    'step',
    'of its own',
    () => {
      throw new RangeError('of its own');
    },
  ],
  [
    'keeps tensors between calls',
    'a tensor',
    'keep no tensors between calls',
    (h) => {
      kept[0] ??= ones([1, HIDDEN]);
      return add(h, kept[0]);
    },
  ],
];

describe('a step that is not compiled', () => {
  it.each(cases)('%s', (_, op, reason, body) => {
    const { message, line, op: found } = reasonOf(body);
    expect(message).toContain(reason);
    expect(message).toMatch(/^own: step: .{20,}\.$/);
    expect(found).toContain(op);
    if (/output|undefined/.test(reason)) expect(line).toBe(undefined);
    else expect(line).toMatch(new RegExp(`^${FILE}:\\d+$`));
  });

  it.each([
    ['bits', (rng: Rng) => rng.bits()],
    ['uniform', (rng: Rng) => rng.uniform()],
    ['normal', (rng: Rng) => rng.fork('own').normal()],
    ['permutation', (rng: Rng) => rng.permutation(2)],
  ])('draws numbers itself, with rng.%s', (method, draw) => {
    const body: Body = (h, _, rng) => mul(h, (draw(rng as Rng) as number) > 0 ? 1 : 0);
    const { message, op, line } = reasonOf(body, true);
    expect(message).toContain('make noise with rng.tensor(shape, draw)');
    expect([op, line?.split(':')[0]]).toEqual([`rng.${method}`, FILE]);
  });
});
