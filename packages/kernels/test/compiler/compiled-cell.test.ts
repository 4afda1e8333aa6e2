import { type Cell, type Frame, Rng, type Tree, tree } from '@elman/core';
import { expectTreesClose } from '@elman/testkit';
import {
  add,
  concat,
  getBackend,
  matMul,
  mul,
  type Tensor1D,
  type Tensor2D,
  tanh,
  tensor1d,
  tensor2d,
  zeros,
} from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { type CompiledCell, compiledCell, useThreads } from '../../src/index.ts';
import { sharedWorkspace } from '../../src/simd/workspace.ts';
import { cellOf, counting, gru, h0, INPUT, layerNormLstm, lstm, noisy, simpleRnn, withContext } from './cells.ts';

type AnyCell = Cell<Tree, Tree>;
type Weights = { w: Tensor2D };

/** Its output depends on the input alone, and its state is the input before. */
const delayed = () =>
  cellOf<Weights, { x: Frame }>(
    { w: [INPUT, 4] },
    (batch) => ({ x: zeros([batch, INPUT]) }),
    ({ w }, _, x) => ({ output: tanh(matMul(x, w)), state: { x: mul(x, 1) } }),
  );
/** Without a state. */
const stateless = () =>
  cellOf<Weights, readonly never[]>(
    { w: [INPUT, 4] },
    () => [],
    ({ w }, _, x) => ({ output: tanh(matMul(x, w)), state: [] }),
  );
/** The input is needed beside what depends on it alone. */
const residual = () =>
  cellOf<Weights & { u: Tensor2D }, { h: Frame }>(
    { w: [INPUT, 4], u: [4, 4] },
    h0,
    ({ w, u }, { h }, x) => {
      const next: Frame = tanh(add(matMul(x, w), matMul(h, u)));
      return { output: concat([mul(x, 2), next], 1), state: { h: next } };
    },
    INPUT + 4,
  );

const cells = Object.entries({
  simpleRnn,
  lstm,
  gru,
  layerNormLstm,
  'layerNormLstm of one unit': () => layerNormLstm(1),
  'layerNormLstm of 17 units': () => layerNormLstm(17),
  counting,
  noisy,
  delayed,
  stateless,
  residual,
}) as [string, () => unknown][];

const tokens = 50;
const all = (rng: Rng, columns: number): Tensor2D => rng.tensor([tokens, columns], (r) => r.normal()) as Tensor2D;
const rowsOf = <T extends Tree>(of: T, rows: readonly number[]): T => tree.gather(of, tensor1d([...rows], 'int32'));
const used = (): number => sharedWorkspace()?.blocks.used ?? 0;

describe.runIf(['cpu', 'wasm'].includes(getBackend()))('a compiled cell', () => {
  it.each(cells)('equals the step, and does so by rows of a table: %s', async (_, make) => {
    const cell = make() as AnyCell;
    const rng = Rng.seeded(1);
    const params = cell.init(rng.fork('params'));
    const table = all(rng, INPUT);
    const compiled = compiledCell(cell, params) as CompiledCell<Tree>;
    const rows = compiled.tabulate(table);
    for (const batch of [1, 3, 7, 100]) {
      let state = cell.initialState(batch);
      const [stepper, other] = [compiled.start(state, batch), compiled.start(state, batch)];
      for (let t = 0; t < 4; t++) {
        const ids = Array.from({ length: batch }, () => rng.integer(tokens));
        const { input } = rowsOf({ input: table as Frame }, ids);
        const next = cell.step(params, state, input);
        const found = stepper.step((await input.data()) as Float32Array);
        expect(other.stepRows(rows, ids)).toEqual(found);
        const output = tensor2d(found.slice(), [batch, cell.outputSize]);
        await expectTreesClose({ output }, { output: next.output });
        state = next.state;
      }
      stepper.dispose();
      other.dispose();
    }
    rows.dispose();
    compiled.dispose();
  });

  it.each(cells)('continues with rows that are kept: %s', async (_, make) => {
    const cell = make() as AnyCell;
    const rng = Rng.seeded(2);
    const params = cell.init(rng.fork('params'));
    const compiled = compiledCell(cell, params) as CompiledCell<Tree>;
    let state = cell.initialState(4);
    const stepper = compiled.start(state, 4);
    // All in another order, all, one twice, fewer, the same number, more again, one: after one frame and after two.
    for (const rows of [[3, 1, 0, 2], [0, 1, 2, 3], [2, 2, 0, 1], [3, 1, 2], [2, 1], [0, 0], [1, 0, 1], [2]]) {
      stepper.keep(rows);
      state = rowsOf(state, rows);
      for (let t = 0; t < 1 + (rows.length % 2); t++) {
        const input = rng.tensor([rows.length, INPUT], (r) => r.normal()) as Frame;
        const next = cell.step(params, state, input);
        const found = stepper.step((await input.data()) as Float32Array);
        const output = tensor2d(found.slice(), [rows.length, cell.outputSize]);
        await expectTreesClose({ output }, { output: next.output });
        state = next.state;
      }
    }
    stepper.dispose();
    compiled.dispose();
  });

  it('has a context of n rows for m·n, and follows the rows that are kept', async () => {
    const cell = withContext();
    const rng = Rng.seeded(3);
    const params = cell.init(rng.fork('params'));
    const [vector, table] = [
      [2, 2],
      [4, 4],
    ].map((shape) => rng.tensor(shape, (r) => r.normal())) as [Frame, Tensor2D];
    const contextOf = (rows: readonly number[]) => ({
      ...rowsOf({ vector }, rows),
      table,
      scale: 2,
      absent: undefined,
    });
    const compiled = compiledCell(cell, params, { context: contextOf([0, 1]), rows: 2 }) as CompiledCell<{ h: Frame }>;
    let state = cell.initialState(6);
    const stepper = compiled.start(state, 6);
    let sources = [0, 0, 0, 1, 1, 1];
    for (const rows of [[0, 1, 2, 3, 4, 5], [2, 1, 5, 3], [3, 2, 0], [1], [0, 0, 0]]) {
      stepper.keep(rows);
      state = rowsOf(state, rows);
      sources = rows.map((row) => sources[row] as number);
      const input = rng.tensor([rows.length, INPUT], (r) => r.normal()) as Frame;
      const next = cell.step(params, state, input, contextOf(sources));
      const output = tensor2d(stepper.step((await input.data()) as Float32Array).slice(), [rows.length, 4]);
      await expectTreesClose({ output }, { output: next.output });
      state = next.state;
    }
    expect(() => compiled.start(cell.initialState(3), 3)).toThrow('own: batchSize: expected a multiple of 2');
    stepper.dispose();
    compiled.dispose();
  });

  it('has a context that all rows share', async () => {
    const cell = cellOf<Weights, { h: Frame }, { shift: Tensor1D; vector: Frame }>(
      { w: [INPUT, 4] },
      h0,
      ({ w }, { h }, x, { shift, vector }) => {
        const next: Frame = tanh(add(add(matMul(x, w), mul(h, shift)), vector));
        return { output: next, state: { h: next } };
      },
    );
    const rng = Rng.seeded(11);
    const params = cell.init(rng);
    const shift = rng.tensor([4], (r) => r.normal()) as Tensor1D;
    const vector = rng.tensor([3, 4], (r) => r.normal()) as Frame;
    const compiled = compiledCell(cell, params, { context: { shift, vector }, rows: 3 });
    let state = cell.initialState(3);
    const stepper = compiled?.start(state, 3);
    for (let t = 0; t < 3; t++) {
      const input = rng.tensor([3, INPUT], (r) => r.normal()) as Frame;
      const next = cell.step(params, state, input, { shift, vector });
      const output = tensor2d(stepper?.step((await input.data()) as Float32Array).slice() as Float32Array, [3, 4]);
      await expectTreesClose({ output }, { output: next.output });
      state = next.state;
    }
    stepper?.dispose();
    compiled?.dispose();
  });

  it('frees all that it has taken', () => {
    const cell = layerNormLstm();
    const params = cell.init(Rng.seeded(4));
    const once = (): void => {
      const compiled = compiledCell(cell, params);
      const rows = compiled?.tabulate(all(Rng.seeded(5), INPUT));
      const steppers = [1, 9].map((batch) => compiled?.start(cell.initialState(batch), batch));
      steppers[0]?.step(new Float32Array(INPUT));
      steppers[1]?.keep([1]);
      for (const each of [...steppers, rows, compiled, compiled]) each?.dispose();
    };
    once();
    const before = used();
    once();
    expect(used()).toBe(before);
  });

  it('goes on where the memory grows', () => {
    const cell = lstm();
    const compiled = compiledCell(cell, cell.init(Rng.seeded(6))) as CompiledCell<{ h: Frame; c: Frame }>;
    const start = () => compiled.start(cell.initialState(2), 2);
    const [still, growing] = [start(), start()];
    const blocks = sharedWorkspace()?.blocks;
    const taken: number[] = [];
    for (let t = 0; t < 3; t++) {
      const inputs = Float32Array.from({ length: 2 * INPUT }, (_, i) => Math.sin(i + t));
      const wanted = still.step(inputs).slice();
      expect(growing.step(inputs)).toEqual(wanted);
      taken.push(blocks?.take(1e8) ?? 0);
    }
    for (const address of taken) blocks?.give(address);
    for (const each of [still, growing, compiled]) each.dispose();
  });

  it('gives the same bits on any number of threads', async () => {
    const cell = layerNormLstm(64);
    const params = cell.init(Rng.seeded(7));
    const run = (): Float32Array => {
      const compiled = compiledCell(cell, params) as CompiledCell<{ h: Frame; c: Frame }>;
      const stepper = compiled.start(cell.initialState(31), 31);
      const inputs = Float32Array.from({ length: 31 * INPUT }, (_, i) => Math.sin(i));
      for (let t = 0; t < 40; t++) stepper.step(inputs);
      const found = stepper.step(inputs).slice();
      stepper.dispose();
      compiled.dispose();
      return found;
    };
    useThreads(1);
    const alone = run();
    useThreads(2);
    run();
    const team = sharedWorkspace()?.team;
    for (let wait = 0; (team?.threads ?? 2) < 2 && (team?.size ?? 1) > 1 && wait < 1000; wait++) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    expect(run()).toEqual(alone);
    useThreads(1);
  });

  it('refuses what does not fit', () => {
    const cell = lstm();
    const params = cell.init(Rng.seeded(8));
    const [compiled, other] = [compiledCell(cell, params), compiledCell(cell, params)];
    const rows = compiled?.tabulate(all(Rng.seeded(9), INPUT));
    const foreign = other?.tabulate(all(Rng.seeded(9), INPUT));
    const stepper = compiled?.start(cell.initialState(2), 2);
    expect(() => stepper?.step(new Float32Array(3))).toThrow(
      'own: inputs: expected 2 rows of 3 numbers, got 3 numbers.',
    );
    expect(() => stepper?.stepRows(rows as never, [0])).toThrow('own: rows: expected 2 indices, got 1.');
    expect(() => stepper?.stepRows(rows as never, [0, 50])).toThrow(
      'own: rows: expected indices from 0 to 49, got 50.',
    );
    expect(() => stepper?.stepRows(foreign as never, [0, 1])).toThrow(
      'own: table: expected one of this compiled cell.',
    );
    expect(() => stepper?.keep([0, 2])).toThrow('own: keep: expected up to 2 rows from 0 to 1, got 0,2.');
    expect(() => stepper?.keep([0, 1, 1])).toThrow('own: keep: expected up to 2 rows from 0 to 1, got 0,1,1.');
    for (const each of [stepper, rows, foreign, compiled, other]) each?.dispose();
  });

  it('is none where the step cannot be compiled', () => {
    const cell = simpleRnn();
    const reading: typeof cell = {
      ...cell,
      step: (params, state, input, context) => {
        if (input.dataSync()[0] === 0) throw new Error('never');
        return cell.step(params, state, input, context);
      },
    };
    expect(compiledCell(reading, reading.init(Rng.seeded(10)))).toBe(undefined);
  });
});
