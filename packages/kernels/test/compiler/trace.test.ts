import { Rng, tree } from '@elman/core';
import { engine, getBackend, grad, mul, sum, type Tensor, type Tensor2D, tanh } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { NotCompilable, TRACED_BATCH } from '../../src/compiler/graph.ts';
import { type AnyCell, traceStep } from '../../src/compiler/trace/index.ts';
import { cellOf, HIDDEN, h0, lstm } from './cells.ts';

const cell = lstm();
const anyCell = cell as unknown as AnyCell;
const like = () => ({
  params: cell.init(Rng.seeded(1)),
  state: cell.initialState(2),
  context: undefined,
  isMasked: true,
  isNoisy: false,
});

it('reads no numbers and makes no tensors: values may be any, and so may the rows of a batch', () => {
  const given = like();
  const before = engine().memory();
  const graph = traceStep(anyCell, given);
  expect(engine().memory()).toEqual(before);
  expect(graph.state.map(({ shape }) => shape)).toEqual([1, 2].map(() => [TRACED_BATCH, HIDDEN]));
  expect(graph.dParams.map((gradient) => gradient?.shape)).toEqual(graph.params.map(({ shape }) => shape));
  tree.dispose([given.params, given.state]);
});

it('is not seen by a gradient that is being taken, nor does it change the backend', async () => {
  const given = like();
  const backend = getBackend();
  const x = Rng.seeded('x').tensor([3], (r) => r.normal());
  const squared = (at: Tensor): Tensor => {
    const twice = mul(at, 2);
    traceStep(anyCell, given);
    return sum(mul(twice, at));
  };
  const dx = grad(squared)(x);
  const wanted = mul(x, 4);
  expect(await dx.data()).toEqual(await wanted.data());
  expect(getBackend()).toBe(backend);
  tree.dispose([x, dx, wanted, given.params, given.state]);
});

it('knows the line of a step that cannot be compiled', () => {
  const reading = cellOf<{ w: Tensor }, { h: Tensor2D }>({ w: [1] }, h0, (_, { h }) => {
    const output: Tensor2D = (h.dataSync()[0] as number) > 0 ? h : tanh(h);
    return { output, state: { h: output } };
  });
  const given = { params: {}, state: h0(2), context: undefined, isMasked: false, isNoisy: false };
  const trace = () => traceStep(reading as unknown as AnyCell, given);
  expect(trace).toThrow(NotCompilable);
  expect(trace).toThrow(/^own: step: dataSync at trace\.test\.ts:\d+: the step reads numbers,/);
  tree.dispose(given.state);
});
