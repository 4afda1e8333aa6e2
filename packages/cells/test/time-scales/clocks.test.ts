/** Units with clocks. */
import { Rng, type Sequence, tree, valueAndGrad } from '@elman/core';
import { unroll } from '@elman/rnn';
import { expectTreesClose } from '@elman/testkit';
import { type Scalar, slice, sum, type Tensor2D, tensor1d, tensor2d, zeros } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { clockworkRnn, simpleRnn } from '../../src/index.ts';

const rng = Rng.seeded(4);
const draw = (label: string, ...shape: number[]): Sequence =>
  rng.fork(label).tensor(shape, (r) => r.normal()) as Sequence;

describe('clocks', () => {
  it('clockworkRnn: a unit reads itself and slower ones, and those that do not tick stay', async () => {
    const cell = clockworkRnn({ inputSize: 1, hiddenSize: 2, periods: [1, 2] });
    const params = {
      kernel: tensor2d([[0, 0]]),
      // To the fast unit ln 2 from itself and 2 ln 2 from the slow one; to the slow one nothing but ln 3 from itself.
      recurrentKernel: tensor2d([
        [Math.LN2, 1000],
        [2 * Math.LN2, Math.log(3)],
      ]),
      bias: tensor1d([0, 0]),
    };
    const first = cell.step(params, { h: tensor2d([[1, 1]]), clock: tensor2d([[0, 0]]) }, zeros([1, 1]) as Tensor2D);
    await expectTreesClose(first.output, tensor2d([[63 / 65, 4 / 5]]));
    await expectTreesClose(first.state.clock, tensor2d([[0, 1]]));
    const second = cell.step(params, { ...first.state, h: tensor2d([[1, 1]]) }, zeros([1, 1]) as Tensor2D);
    await expectTreesClose(second.output, tensor2d([[63 / 65, 1]]));
    await expectTreesClose(second.state.clock, tensor2d([[0, 0]]));
  });

  it('clockworkRnn: groups move on their ticks alone, bit for bit', async () => {
    const periods = [1, 2, 4, 8];
    const cell = clockworkRnn({ inputSize: 2, hiddenSize: 10, periods });
    const { outputs } = unroll(cell, cell.init(rng), draw('ticks', 1, 40, 2));
    const [frames = []] = await outputs.array();
    const groups = [0, 0, 0, 1, 1, 1, 2, 2, 3, 3];
    for (const [t, h] of frames.entries()) {
      const before = frames[t - 1] ?? Array<number>(10).fill(0);
      h.forEach((value, unit) => {
        const ticks = t % (periods[groups[unit] as number] as number) === 0;
        expect(value !== before[unit], `unit ${unit} at frame ${t}`).toBe(ticks);
      });
    }
  });

  it('clockworkRnn: fast units have no influence on slow ones', async () => {
    const cell = clockworkRnn({ inputSize: 1, hiddenSize: 4, periods: [1, 3] });
    const params = cell.init(rng);
    const { grads } = valueAndGrad(({ h, clock }: { h: Tensor2D; clock: Tensor2D }) => {
      const { outputs } = unroll(cell, params, draw('fast', 1, 9, 1), { state: { h, clock } });
      return { loss: sum(slice(outputs, [0, 0, 2])) as Scalar, aux: [] };
    }, cell.initialState(1));
    const [a, b, ...slow] = await grads.h.data();
    expect([a, b]).toEqual([0, 0]);
    expect(slow.every((gradient) => gradient !== 0)).toBe(true);
  });

  it('clockworkRnn: with the period 1 alone it is simpleRnn', async () => {
    const sizes = { inputSize: 2, hiddenSize: 3 };
    const params = simpleRnn(sizes).init(rng);
    const inputs = draw('one', 2, 5, 2);
    const { outputs } = unroll(clockworkRnn({ ...sizes, periods: [1] }), params, inputs);
    await expectTreesClose(outputs, unroll(simpleRnn(sizes), params, inputs).outputs);
  });

  it('a held state stays while others go on', async () => {
    const cell = clockworkRnn({ inputSize: 1, hiddenSize: 2, periods: [1, 2] });
    const params = cell.init(rng);
    const inputs = draw('held', 1, 5, 1);
    const whole = unroll(cell, params, slice(inputs, [0, 2, 0], [1, 3, 1]));
    const late = unroll(cell, params, inputs, { mask: tensor2d([[0, 0, 1, 1, 1]]) });
    await expectTreesClose(late.state, whole.state, { relative: 1e-6 });
    expect(tree.entries(late.state).map(([path]) => path)).toEqual(['clock', 'h']);
  });

  it('invalid options are refused in one line', () => {
    const sizes = { inputSize: 1, hiddenSize: 2 };
    expect(() => clockworkRnn({ ...sizes, periods: [2, 1] })).toThrow(
      'clockworkRnn: periods: expected from 1 to 2 whole numbers of frames, ascending, got 2, 1.',
    );
  });
});
