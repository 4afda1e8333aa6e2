import { type Cell, Rng, type Tree, tree } from '@elman/core';
import { compiledCell } from '@elman/kernels';
import { stack } from '@elman/rnn';
import { expectTreesClose } from '@elman/testkit';
import { getBackend, memory, type Tensor2D, tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import { expect, it, vi } from 'vitest';
import { gru, lstm, peepholeLstm, resetBeforeGru, simpleRnn } from '../src/index.ts';

const runsHere = ['cpu', 'wasm'].includes(getBackend());
type AnyCell = Cell<Tree, Tree>;

const cells = [lstm, peepholeLstm, gru, resetBeforeGru, simpleRnn].flatMap((make) =>
  [1, 3, 7, 17, 65].map((hiddenSize) => make({ inputSize: 5, hiddenSize }) as unknown as AnyCell),
);
const two = stack([gru({ inputSize: 5, hiddenSize: 9 }), lstm({ inputSize: 9, hiddenSize: 4 })]) as unknown as AnyCell;

it.runIf(runsHere).each([...cells, two])('a compiled $name of $outputSize equals its step', async (cell) => {
  const rng = Rng.seeded(1);
  const params = cell.init(rng.fork('params'));
  const compiled = compiledCell(cell, params);
  for (const batch of [1, 3, 7]) {
    let state = cell.initialState(batch);
    const stepper = compiled?.start(state, batch);
    for (let t = 0; t < 4; t++) {
      const input = rng.tensor([batch, 5], (r) => 3 * r.normal()) as Tensor2D;
      const next = cell.step(params, state, input);
      const found = stepper?.step((await input.data()) as Float32Array) as Float32Array;
      const output = tensor2d(found.slice(), [batch, cell.outputSize]);
      await expectTreesClose({ output }, { output: next.output });
      tree.dispose([state, input, output]); // the output is part of the next state
      state = next.state;
    }
    tree.dispose(state);
    stepper?.dispose();
  }
  compiled?.dispose();
  tree.dispose(params);
});

it.runIf(runsHere).each([...cells, two])(
  'a compiled $name of $outputSize continues with rows that are kept',
  async (cell) => {
    const rng = Rng.seeded(2);
    const params = cell.init(rng.fork('params'));
    const compiled = compiledCell(cell, params);
    let state = cell.initialState(4);
    const stepper = compiled?.start(state, 4);
    // All in another order, all, one twice, fewer, the same number, one: after one frame and after two.
    for (const rows of [[3, 1, 0, 2], [0, 1, 2, 3], [2, 2, 0, 1], [3, 1, 2], [2, 1], [0, 0], [1]]) {
      for (let t = 0; t < rows.length % 2; t++) {
        const input = rng.tensor([(tree.leaves(state)[0] as Tensor2D).shape[0], 5], (r) => r.normal()) as Tensor2D;
        const next = cell.step(params, state, input);
        stepper?.step((await input.data()) as Float32Array);
        tree.dispose([state, input]);
        state = next.state;
      }
      stepper?.keep(rows);
      const kept = tree.tidy(() => tree.gather(state, tensor1d(rows, 'int32')));
      tree.dispose(state);
      const input = rng.tensor([rows.length, 5], (r) => r.normal()) as Tensor2D;
      const next = cell.step(params, kept, input);
      const found = stepper?.step((await input.data()) as Float32Array) as Float32Array;
      const output = tensor2d(found.slice(), [rows.length, cell.outputSize]);
      await expectTreesClose({ output }, { output: next.output });
      tree.dispose([kept, input, output]);
      state = next.state;
    }
    stepper?.dispose();
    compiled?.dispose();
    tree.dispose([params, state]);
  },
);

const some = [peepholeLstm, gru, resetBeforeGru, simpleRnn].map((make) => make({ inputSize: 5, hiddenSize: 7 }));
const all = [...(some as unknown as AnyCell[]), two];

it.runIf(runsHere).each(all)('a compiled $name does not grow the heap in a thousand uses', (cell) => {
  const params = cell.init(Rng.seeded(1));
  const state = cell.initialState(2);
  const once = (): void => {
    const compiled = compiledCell(cell, params);
    const stepper = compiled?.start(state, 2);
    stepper?.step(new Float32Array(10));
    stepper?.keep([1, 1]);
    stepper?.dispose();
    compiled?.dispose();
  };
  once();
  const { numTensors } = memory();
  const grow = vi.spyOn(WebAssembly.Memory.prototype, 'grow');
  for (let i = 0; i < 1000; i++) once();
  expect(grow).not.toHaveBeenCalled();
  grow.mockRestore();
  expect(memory().numTensors).toBe(numTensors);
  tree.dispose([params, state]);
});

it('compiles nothing on backends where ops on tensors are as fast', () => {
  const params = two.init(Rng.seeded(1));
  const compiled = compiledCell(two, params);
  expect(compiled !== undefined).toBe(runsHere);
  compiled?.dispose();
});
