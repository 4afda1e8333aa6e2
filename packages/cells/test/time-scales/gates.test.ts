/** Cells that keep, skip or copy their state: zoneout, skip RNN, phased LSTM and hierarchical multiscale LSTM. */
import { type Cell, Rng, type Sequence, type Tree, valueAndGrad } from '@elman/core';
import { unroll } from '@elman/rnn';
import { expectTreesClose } from '@elman/testkit';
import {
  abs,
  add,
  cast,
  concat1d,
  equal,
  fill,
  mean,
  min,
  mul,
  ones,
  type Scalar,
  slice,
  sub,
  sum,
  type Tensor1D,
  type Tensor2D,
  tensor1d,
  tensor2d,
  zeros,
} from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { gru, hierarchicalMultiscaleLstm, lstm, phasedLstm, simpleRnn, skipRnn, zoneout } from '../../src/index.ts';

const rng = Rng.seeded(7);
const draw = (label: string, ...shape: number[]): Sequence =>
  rng.fork(label).tensor(shape, (r) => r.normal()) as Sequence;
const exactly = { relative: 0, absolute: 0 };

describe('zoneout', () => {
  const inner = lstm({ inputSize: 2, hiddenSize: 50 });
  const params = inner.init(rng);
  const state = { h: draw('h', 40, 50) as Tree as Tensor2D, c: draw('c', 40, 50) as Tree as Tensor2D };
  const input = draw('x', 40, 2) as Tree as Tensor2D;
  const fresh = inner.step(params, state, input).state;

  it('in training keeps each number with its probability or takes the new one, and the output is the new h', async () => {
    const cell = zoneout(inner, { rate: { h: 0.25, c: 0.5 } });
    const { output, state: next } = cell.step(params, state, input, undefined, rng);
    await expectTreesClose(output, next.h, exactly);
    for (const [leaf, rate] of [['h', 0.25] as const, ['c', 0.5] as const]) {
      const [found, before, after] = await Promise.all([next, state, fresh].map((of) => of[leaf].data()));
      let kept = 0;
      found?.forEach((value, i) => {
        expect([before?.[i], after?.[i]]).toContain(value);
        if (value === before?.[i]) kept++;
      });
      expect(kept / 2000).toBeCloseTo(rate, 1);
    }
  });

  it('else computes the expectation', async () => {
    const cell = zoneout(inner, { rate: 0.25 });
    const { output, state: next } = cell.step(params, state, input);
    const mix = (of: 'h' | 'c'): Tensor2D => add(mul(state[of], 0.25), mul(fresh[of], 0.75));
    const mixed = { h: mix('h'), c: mix('c') };
    await expectTreesClose(next, mixed);
    await expectTreesClose(output, next.h, exactly);
  });

  it('with rate 0 is the cell, with rate 1 a constant', async () => {
    const inputs = draw('inputs', 2, 5, 2);
    const at = (rate: number): Tree => unroll(zoneout(inner, { rate }), params, inputs, { rng }).state;
    await expectTreesClose(at(0), unroll(inner, params, inputs).state, { relative: 1e-6 });
    await expectTreesClose(at(1), inner.initialState(2), exactly);
  });

  it('refuses rates that are none, and names that are not in the state', () => {
    expect(() => zoneout(inner, { rate: 1.5 })).toThrow('zoneout(lstm): rate: expected a rate from 0 to 1, got 1.5.');
    expect(() => zoneout(inner, { rate: { s: 0.5 } }).step(params, state, input)).toThrow(
      'zoneout(lstm): rate: expected names of leaves of the state (c, h), got s.',
    );
  });
});

describe('skipRnn', () => {
  const inner = simpleRnn({ inputSize: 1, hiddenSize: 2 });
  const cell = skipRnn(inner);

  /** Parameters with the constant gate δ. */
  const withDelta = (delta: number) => ({
    cell: inner.init(rng),
    kernel: zeros([2, 1]) as Tensor2D,
    bias: tensor1d([Math.log(delta / (1 - delta))]),
  });

  it('with a constant δ takes every ⌈1/2 : δ⌉-th frame or so: the gate adds up until it is above a half', async () => {
    // δ = 1/5: after an update 0.2, then 0.4, then 0.6: every third frame.
    let state = cell.initialState(1);
    const taken: number[] = [];
    for (let t = 0; t < 9; t++) {
      const next = cell.step(withDelta(0.2), state, tensor2d([[t - 4.5]]));
      const [skipped] = await min(cast(equal(next.output, state.output), 'int32')).data();
      taken.push(skipped === 1 ? 0 : 1);
      state = next.state;
    }
    expect(taken).toEqual([1, 0, 0, 1, 0, 0, 1, 0, 0]);
    expect((await state.updates.data())[0]).toBe(3);
    await expectTreesClose(state.update, tensor2d([[0.6]]));
  });

  it('with an open gate is the cell', async () => {
    const params = withDelta(0.9);
    const inputs = draw('open', 2, 5, 1);
    const { outputs, state } = unroll(cell, params, inputs);
    await expectTreesClose(outputs, unroll(inner, params.cell, inputs).outputs);
    await expectTreesClose(state.updates, fill([2, 1], 5), exactly);
  });

  it('a loss on the number of updates has a gradient that makes it skip more', async () => {
    const outer = skipRnn(gru({ inputSize: 1, hiddenSize: 3 }));
    const { grads } = valueAndGrad((params: ReturnType<typeof outer.init>) => {
      const { state } = unroll(outer, params, draw('budget', 4, 6, 1));
      return { loss: mean(state.updates) as Scalar, aux: [] };
    }, outer.init(rng));
    expect((await grads.bias.data())[0]).toBeGreaterThan(0);
  });
});

describe('phasedLstm', () => {
  const sizes = { inputSize: 1, hiddenSize: 3 };
  const logit = (p: number): number => Math.log(p / (1 - p));
  const periods = [2.5, 7, 16];
  const shifts = [0.3, 0, 0.9];
  const ratio = 0.4;
  /** A new c̃ of 1 whatever the input, so that from c = 0 the next c is k. */
  const params = {
    kernel: zeros([1, 12]) as Tensor2D,
    recurrentKernel: zeros([3, 12]) as Tensor2D,
    bias: concat1d([fill([3], 100), fill([3], -100), fill([6], 100)] as Tensor1D[]),
    logPeriod: tensor1d(periods.map((period) => Math.log(period - 1))),
    shiftLogit: tensor1d([logit(0.3), -100, logit(0.9)]),
    openRatioLogit: fill([3], logit(ratio)) as Tensor1D,
  };
  const input = zeros([1, 1]) as Tensor2D;

  /** The openness at each of so many frames. */
  async function openness(cell: ReturnType<typeof phasedLstm>, time: number, training?: Rng): Promise<number[][]> {
    const found: number[][] = [];
    let { elapsed } = cell.initialState(1);
    for (let t = 0; t < time; t++) {
      const start = { ...cell.initialState(1), elapsed };
      const { state } = cell.step(params, start, input, undefined, training);
      found.push([...(await state.c.data())]);
      elapsed = state.elapsed;
    }
    return found;
  }

  const expected = (t: number, unit: number, leak: number): number => {
    const period = periods[unit] as number;
    const phase = ((((t - period * (shifts[unit] as number)) % period) + period) % period) / period;
    if (phase < ratio / 2) return (2 * phase) / ratio;
    return phase < ratio ? 2 - (2 * phase) / ratio : leak * phase;
  };

  it('opens and closes once a period, and leaks in training alone', async () => {
    for (const [leak, training] of [
      [0, undefined],
      [0.125, rng],
    ] as const) {
      const found = await openness(phasedLstm({ ...sizes, leak: 0.125 }), 50, training);
      found.forEach((k, t) => {
        k.forEach((value, unit) => {
          const wanted = expected(t, unit, leak);
          // Within rounding of an edge of the phase both sides are right.
          const near = [expected(t - 1e-5, unit, leak), expected(t + 1e-5, unit, leak)];
          const error = Math.min(...[wanted, ...near].map((each) => Math.abs(each - value)));
          expect(error, `unit ${unit} at frame ${t}: ${value}, not ${wanted}`).toBeLessThan(1e-3);
        });
      });
    }
  });

  it('holds its state bit for bit while it is closed', async () => {
    const cell = phasedLstm(sizes);
    const { kernel, recurrentKernel, bias } = cell.init(rng);
    const own = { ...params, kernel, recurrentKernel, bias };
    const k = await openness(cell, 30);
    const { outputs } = unroll(cell, own, draw('phases', 1, 30, 1));
    const [frames = []] = await outputs.array();
    let closed = 0;
    for (let t = 1; t < 30; t++) {
      for (const unit of [0, 1, 2]) {
        const isClosed = k[t]?.[unit] === 0;
        if (isClosed) closed++;
        expect(frames[t]?.[unit] === frames[t - 1]?.[unit], `unit ${unit} at frame ${t}`).toBe(isClosed);
      }
    }
    expect(closed).toBeGreaterThan(40);
  });

  it('starts from the given rhythm, and refuses others', async () => {
    const made = phasedLstm({ ...sizes, hiddenSize: 200, periods: [3, 30] }).init(rng);
    const taus = [...(await made.logPeriod.data())].map((log) => 1 + Math.exp(log));
    expect(Math.min(...taus)).toBeGreaterThanOrEqual(3 - 1e-5);
    expect(Math.max(...taus)).toBeLessThanOrEqual(30 + 1e-5);
    expect(() => phasedLstm({ ...sizes, periods: [1, 30] })).toThrow(
      'phasedLstm: periods: expected the shortest and the longest, in frames above 1, got 1, 30.',
    );
    expect(() => phasedLstm({ ...sizes, openRatio: 1 })).toThrow(
      'phasedLstm: openRatio: expected a number between 0 and 1, got 1.',
    );
  });
});

describe('hierarchicalMultiscaleLstm', () => {
  const sizes = { inputSize: 2, hiddenSize: 3 };
  const cell = hierarchicalMultiscaleLstm(sizes);
  type Params = ReturnType<typeof cell.init>;

  /** Random parameters where layer i has the boundary's bias, if one is given. */
  const withBoundaries = (of: typeof cell, ...biases: (number | undefined)[]): Params =>
    of.init(rng).map((layer, i) => {
      const bias = biases[i];
      return bias === undefined ? layer : { ...layer, bias: boundaryBias(layer.bias, bias) };
    });
  const boundaryBias = (bias: Tensor1D, value: number): Tensor1D =>
    concat1d([slice(bias, [0], [12]), tensor1d([value])]);

  it('copies bit for bit where there is no boundary below, and is updated elsewhere', async () => {
    // The upper layer never has a boundary, so that it does not flush.
    const params = withBoundaries(cell, undefined, -100);
    let { state } = cell.step(params, cell.initialState(1), tensor2d([[1, -1]]));
    const seen = new Set<number>();
    for (let t = 0; t < 30; t++) {
      const next = cell.step(params, state, draw(`copy ${t}`, 1, 2) as Tree as Tensor2D).state;
      const [z = -1] = (await next[0]?.z.data()) ?? [];
      seen.add(z);
      for (const leaf of ['h', 'c'] as const) {
        const [before, after] = await Promise.all([state[1]?.[leaf].data(), next[1]?.[leaf].data()]);
        if (z === 0) expect(after).toEqual(before);
        else expect(after).not.toEqual(before);
      }
      state = next;
    }
    expect([...seen].sort()).toEqual([0, 1]);
  });

  it('flushes at its own boundary: what came before has no influence but on the gates', async () => {
    const params = withBoundaries(cell, 100, -100);
    const start = cell.initialState(1);
    const at = (c: number): Tree => {
      const lower = { h: zeros([1, 3]) as Tensor2D, c: fill([1, 3], c) as Tensor2D, z: ones([1, 1]) as Tensor2D };
      return cell.step(params, [lower, start[1] as never], tensor2d([[1, 2]])).state;
    };
    await expectTreesClose(at(5), at(-3), exactly);
  });

  it('without boundaries the lowest layer is an lstm and the others never move', async () => {
    const params = withBoundaries(cell, -100, -100);
    const [lower] = params as unknown as [Params[number]];
    const own = {
      kernel: slice(lower.kernel, [0, 0], [-1, 12]),
      recurrentKernel: slice(lower.recurrentKernel, [0, 0], [-1, 12]),
      bias: slice(lower.bias, [0], [12]),
    };
    const inputs = draw('lstm', 2, 6, 2);
    const { state } = unroll(cell, params, inputs);
    const wanted = unroll(lstm(sizes), own, inputs).state;
    await expectTreesClose(state as Tree, [{ ...wanted, z: zeros([2, 1]) }, cell.initialState(2)[1] as Tree]);
  });

  it('a boundary is 0 or 1, and its gradient half the slope up to where the hard sigmoid is flat', async () => {
    const none: Tensor2D = zeros([1, 5]);
    for (const slope of [0.5, 1, 5]) {
      const single = hierarchicalMultiscaleLstm({ inputSize: 1, hiddenSize: 1, layers: 1, slope });
      for (const b of [-0.19, 0.19, -0.21, 0.9, 1.9, -2.1]) {
        const { value, grads } = valueAndGrad(
          ([params]: [Params[number]]) => {
            const { state } = unroll(single, [params], ones([1, 1, 1]));
            return { loss: sum(state[0]?.z as Tensor2D) as Scalar, aux: [] };
          },
          [{ kernel: none, recurrentKernel: none, bias: tensor1d([0, 0, 0, 0, b]) }],
        );
        expect((await value.data())[0]).toBe(b > 0 ? 1 : 0);
        expect([...(await grads[0].bias.data())]).toEqual([0, 0, 0, 0, Math.abs(slope * b) < 1 ? slope / 2 : 0]);
      }
    }
  });

  it('boundaries can be read in the state, and a steeper slope changes gradients alone', async () => {
    const inputs = draw('slope', 2, 6, 2);
    const at = (slope: number) => {
      const steep = hierarchicalMultiscaleLstm({ ...sizes, slope }) as unknown as Cell<Tree, Tree>;
      return valueAndGrad((params: Tree) => {
        const { outputs, state } = unroll(steep, params, inputs);
        return { loss: sum(outputs) as Scalar, aux: { outputs, state } as Tree };
      }, cell.init(rng));
    };
    const [one, five] = [at(1), at(5)];
    await expectTreesClose(five.aux, one.aux, exactly);
    const [before, after] = [one, five].map(({ grads }) => (grads as Params)[0]?.bias as Tensor1D) as [
      Tensor1D,
      Tensor1D,
    ];
    const changed = await sum(abs(sub(before, after))).data();
    expect(changed[0]).toBeGreaterThan(0);
    const biased = hierarchicalMultiscaleLstm({ ...sizes, boundaryBias: 0.5 }).init(rng);
    for (const { bias } of biased) expect([...(await bias.data())]).toEqual([0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0.5]);
    expect(() => hierarchicalMultiscaleLstm({ ...sizes, boundaryBias: Number.NaN })).toThrow(
      'hierarchicalMultiscaleLstm: boundaryBias: expected a finite number, got NaN.',
    );
    expect(() => hierarchicalMultiscaleLstm({ ...sizes, slope: 0 })).toThrow(
      'hierarchicalMultiscaleLstm: slope: expected a positive number, got 0.',
    );
  });
});
