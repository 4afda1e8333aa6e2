import { OptionError, Rng } from '@elman/core';
import { describeTask } from '@elman/testkit';
import { describe, expect, it } from 'vitest';
import { alike, type LatchingOptions, latching } from '../src/index.ts';

describeTask('latching', () => latching(), { difficulty: { length: 6 } });
describeTask('latching of a bit seen once, without noise', () => latching({ shown: 1, noise: 0 }));

const ROWS = 500;

/** Inputs and the last target of each row. */
async function rowsOf(options: LatchingOptions, length: number) {
  const { inputs, targets, mask } = latching(options).sample(Rng.seeded(1), alike(ROWS, { length }));
  const [ins, outs, counts] = [await inputs.array(), await targets.array(), await mask?.array()];
  const last = [...Array<number>(length - 1).fill(0), 1];
  return (ins as number[][][]).map((row, i) => {
    expect(counts?.[i]).toEqual(last);
    return { inputs: row.flat(), bit: (outs as number[][][])[i]?.at(-1)?.[0] };
  });
}

describe('latching', () => {
  it.each([
    { shown: 3, noise: 0.5 },
    { shown: 1, noise: 0.99 },
    { shown: 2, noise: 0 },
  ])('shows the bit in the first frames, and then noise within its bound: %o', async ({ shown, noise }) => {
    for (const { inputs, bit } of await rowsOf({ shown, noise }, shown + 4)) {
      for (const [t, input] of inputs.entries()) {
        const signal = t >= shown ? 0 : bit === 1 ? 1 : -1;
        expect(Math.abs(input - signal)).toBeLessThanOrEqual(noise + 1e-6);
        if (t < shown) expect(input > 0).toBe(bit === 1);
      }
    }
  });

  it('has equally many ones and zeros, and a row may end where the bit is last shown', async () => {
    const bits = (await rowsOf({}, 3)).map(({ bit }) => bit as number);
    const ones = bits.reduce((sum, bit) => sum + bit, 0);
    expect(Math.abs(ones / ROWS - 0.5)).toBeLessThan(0.07);
  });

  it('has noise that is independent of the bit', async () => {
    let [ones, zeros] = [0, 0];
    for (const { inputs, bit } of await rowsOf({}, 23)) {
      const mean = inputs.slice(3).reduce((sum, input) => sum + input, 0) / 20;
      if (bit === 1) ones += mean;
      else zeros += mean;
    }
    expect(Math.abs(ones - zeros) / ROWS).toBeLessThan(0.02);
  });

  it('refuses invalid options', () => {
    expect(() => latching({ noise: 1 })).toThrow('latching: noise: expected a number from 0 to less than 1, got 1.');
    expect(() => latching({ noise: Number.NaN })).toThrow(OptionError);
    expect(() => latching({ shown: 0 })).toThrow(OptionError);
    expect(() => latching().sample(Rng.seeded(1), [{ length: 2 }])).toThrow(/length: expected a whole number from 3/);
  });
});
