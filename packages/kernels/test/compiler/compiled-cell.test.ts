import { type Cell, type Frame, Rng, type Tree, tree } from '@elman/core';
import { expectTreesClose } from '@elman/testkit';
import { getBackend, type Tensor2D, tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { type CompiledCell, compiledCell } from '../../src/index.ts';
import { sharedWorkspace } from '../../src/simd/workspace.ts';
import { HIDDEN, INPUT, lstm, simpleRnn } from './cells.ts';

const runsHere = ['cpu', 'wasm'].includes(getBackend());
type AnyCell = Cell<Tree, Tree>;
const cells = [simpleRnn(), lstm()] as unknown as AnyCell[];

it.runIf(runsHere).each(cells)('steps $name', async (cell) => {
  const rng = Rng.seeded(1);
  const params = cell.init(rng.fork('params'));
  const compiled = compiledCell(cell, params) as CompiledCell<Tree>;
  const table = rng.tensor([60, INPUT], (r) => r.normal()) as Tensor2D;
  const rows = compiled.tabulate(table);
  for (const batch of [1, 3, 7]) {
    let state = cell.initialState(batch);
    const stepper = compiled.start(state, batch);
    const other = compiled.start(state, batch);
    for (let t = 0; t < 4; t++) {
      const ids = Array.from({ length: batch }, () => rng.integer(60));
      const input = tree.gather({ table }, tensor1d(ids, 'int32')).table as Frame;
      const next = cell.step(params, state, input);
      const found = stepper.step((await input.data()) as Float32Array);
      const output = tensor2d(found.slice(), [batch, HIDDEN]);
      await expectTreesClose({ output }, { output: next.output });
      expect(other.stepRows(rows, ids)).toEqual(found);
      state = next.state;
    }
    stepper.dispose();
    other.dispose();
  }
  rows.dispose();
  compiled.dispose();
  console.log(sharedWorkspace()?.blocks.used);
});
