import { Rng, tree } from '@elman/core';
import { add, engine, matMul, mul, type Tensor, type Tensor2D, tanh } from '@tensorflow/tfjs-core';
import { afterAll, describe, expect, it } from 'vitest';
import { inOrder, type Node, resultsOf, TRACED_BATCH } from '../../src/compiler/graph.ts';
import { isConstantOverTime } from '../../src/compiler/trace/index.ts';
import {
  cellOf,
  counting,
  gru,
  HIDDEN,
  h0,
  INPUT,
  layerNormLstm,
  lstm,
  noisy,
  simpleRnn,
  withContext,
} from './cells.ts';
import { expectTraced } from './expect-traced.ts';
import { ROWS } from './replay.ts';

const before = engine().memory().numTensors;
afterAll(() => expect(engine().memory().numTensors).toBe(before));

const normal = <T extends Tensor>(label: string, shape: readonly number[]): T =>
  Rng.seeded(label).tensor(shape, (r) => r.normal()) as T;
const opsOf = (nodes: Iterable<Node>): string[] => inOrder(nodes).map(({ op }) => op);

describe('a traced step has the values and gradients of the step', () => {
  for (const [name, make] of Object.entries({ simpleRnn, lstm, gru, layerNormLstm, counting })) {
    it(`${name}`, () => void expectTraced(make() as ReturnType<typeof lstm>));
    it(`${name} with a mask`, () => void expectTraced(make() as ReturnType<typeof lstm>, { isMasked: true }));
  }

  it('with a context, of which some is a batch', () => {
    const context = {
      vector: normal<Tensor2D>('v', [ROWS, 2]),
      table: normal<Tensor2D>('t', [HIDDEN, HIDDEN]),
    };
    const graph = expectTraced(withContext(), { context: { ...context, scale: 2, absent: undefined } });
    expect(graph.context.map(({ perRow }) => perRow)).toEqual([false, true]);
    tree.dispose(context);
  });

  it('with tensors from outside of the step, and their gradients', () => {
    const [table, gain] = [normal<Tensor2D>('table', [HIDDEN, HIDDEN]), normal('gain', [1, HIDDEN])];
    const cell = cellOf({ w: [INPUT, HIDDEN] }, h0, ({ w }, { h }, x) => {
      const next: Tensor2D = tanh(mul(add(matMul(x, w as Tensor2D), matMul(h, table)), gain));
      return { output: next, state: { h: next } };
    });
    const graph = expectTraced(cell, { captured: [table, gain] });
    expect(graph.captured.map(({ tensor }) => tensor)).toEqual([table, gain]);
    expect(graph.captured.map(({ node: { perRow } }) => perRow)).toEqual([false, false]);
    tree.dispose([table, gain]);
  });

  it('with a state that is not float32, which has no gradient', () => {
    const graph = expectTraced(counting());
    expect([graph.dNext, graph.dState].map(([count]) => count)).toEqual([undefined, undefined]);
  });

  it('with noise, of the same bits', () => {
    const graph = expectTraced(noisy(), { isNoisy: true });
    expect(graph.noise.map(({ shape }) => shape)).toEqual([[TRACED_BATCH, INPUT], [TRACED_BATCH, 1], [HIDDEN]]);
    expect(graph.noise.map(({ perRow }) => perRow)).toEqual([true, true, false]);
    const [mask, more, shared] = graph.noise.map(({ draws }) => draws as NonNullable<Node['draws']>);
    expect(mask?.operations).toBe(more?.operations);
    expect([mask, shared].map((draws) => isConstantOverTime(draws as NonNullable<Node['draws']>))).toEqual([
      false,
      true,
    ]);
    expect(opsOf(resultsOf(expectTraced(noisy())))).not.toContain('Noise');
  });

  it('and says what is per row', () => {
    const graph = expectTraced(layerNormLstm());
    for (const node of inOrder(resultsOf(graph))) {
      expect(node.perRow).toBe(node.shape[0] === TRACED_BATCH);
      expect(node.batch).toBe(undefined);
    }
  });
});
