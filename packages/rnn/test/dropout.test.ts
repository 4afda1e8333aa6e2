import { type Cell, type Frame, OptionError, Rng, type Sequence } from '@elman/core';
import { add, mul, ones, zeros } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { dropout, scanFrames, stack, unroll } from '../src/index.ts';
import { gated } from './cells.ts';
import { expectSameTree } from './differences.ts';

type Echo = Cell<[], { h: Frame; seen: Frame }>;

/** Returns its input; keeps its previous h in `seen` and sets h to 1. */
const echo = (size: number): Echo => ({
  name: 'echo',
  inputSize: size,
  outputSize: size,
  init: () => [],
  initialState: (batch) => ({ h: ones([batch, size]), seen: zeros([batch, size]) }),
  step: (_params, { h, seen }, input) => ({
    output: input.clone(),
    state: { h: ones(h.shape) as Frame, seen: add(mul(seen, 10), h) },
  }),
});

const x = ones([20, 10, 25]) as Sequence;
const RATE = 0.3;
const KEPT = 1 / (1 - RATE);

async function values(options: Parameters<typeof dropout>[1], noise?: Rng): Promise<number[][][]> {
  return (await unroll(dropout(echo(25), options), [], x, { rng: noise }).outputs.array()) as number[][][];
}

describe('dropout of a cell', () => {
  const noise = Rng.seeded('noise');
  // 5000 numbers: the standard error of the fraction that is dropped is √(0.3·0.7/5000) = 0.0065.
  it.each(['input', 'output'] as const)('drops the rate of the %s and keeps its expectation', async (place) => {
    const flat = (await values({ [place]: RATE }, noise)).flat(2);
    const dropped = flat.filter((v) => v === 0).length / flat.length;
    expect(Math.abs(dropped - RATE)).toBeLessThan(4 * 0.0065);
    expect(Math.abs(flat.reduce((a, b) => a + b, 0) / flat.length - 1)).toBeLessThan(4 * 0.0065 * KEPT);
    for (const v of flat) if (v !== 0) expect(v).toBeCloseTo(KEPT, 4);
  });

  it('differs at every frame and row', async () => {
    const y = await values({ input: RATE }, noise);
    expect(new Set(y.flat().map((frame) => frame.join())).size).toBe(200);
  });

  it('if variational has one mask for all frames, one for each row', async () => {
    for (const place of ['input', 'output']) {
      const y = await values({ [place]: RATE, variational: true }, noise);
      for (const row of y) expect(new Set(row.map((frame) => frame.join())).size).toBe(1);
      expect(new Set(y.map((row) => row[0]?.join())).size).toBe(20);
    }
  });

  it('draws different masks for input and output, layers and seeds', async () => {
    const y = await values({ input: RATE, output: RATE, variational: true }, noise);
    const both = y.flatMap((row) => row[0] as number[]);
    expect(Math.abs(both.filter((v) => v !== 0).length / both.length - 0.49)).toBeLessThan(0.1);
    expect(await values({ input: RATE }, noise)).not.toEqual(await values({ input: RATE }, Rng.seeded('other')));
    const [a, b] = [echo(25), echo(25)].map((cell) => dropout(cell, { input: RATE, variational: true }));
    const deep = unroll(stack([a as never, b as never]), [[], []] as never, x, { rng: noise });
    const kept = ((await deep.outputs.array()) as number[][][]).flat(2).filter((v) => v !== 0).length / 5000;
    expect(Math.abs(kept - 0.49)).toBeLessThan(0.1);
  });

  it('does nothing without rng', async () => {
    expect((await values({ input: RATE, output: RATE, recurrent: RATE })).flat(2).every((v) => v === 1)).toBe(true);
  });

  it('of h affects the step, and is not kept in the state', async () => {
    for (const variational of [true, false]) {
      const run = unroll(dropout(echo(25), { recurrent: 0.5, variational }), [], x, { rng: noise });
      expect([...(await run.state.h.data())].every((v) => v === 1)).toBe(true);
      // Ten digits, each 0 or 2: the masked h at each of ten frames.
      const seen = [...(await run.state.seen.data())];
      const always = seen.filter((v) => v === 0 || Math.abs(v / 2222222222 - 1) < 1e-6).length;
      if (variational) expect(always).toBe(500);
      else expect(always).toBeLessThan(10);
      const dropped = variational ? seen.filter((v) => v === 0).length / 500 : 0.5;
      expect(Math.abs(dropped - 0.5)).toBeLessThan(4 * Math.sqrt(0.25 / 500));
    }
  });

  it('keeps the mask of a sequence from step to step as in one scan', async () => {
    const cell = dropout(gated(2, 3), { input: 0.5, recurrent: 0.5, variational: true });
    const params = cell.init(Rng.seeded(1));
    const inputs = Rng.seeded(2).tensor([2, 4, 2], (r) => r.normal()) as Sequence;
    const byStep = scanFrames(
      (s: ReturnType<typeof cell.initialState>, frame, t) => cell.step(params, s, frame, undefined, noise.frame(t)),
      cell.initialState(2),
      inputs,
    );
    await expectSameTree(unroll(cell, params, inputs, { rng: noise }), byStep);
  });

  it('refuses invalid rates, and a state without h', () => {
    expect(() => dropout(gated(2, 3), { recurrent: 1 })).toThrow(
      new OptionError('dropout(gated): recurrent: expected a rate from 0 to below 1, got 1.'),
    );
    const cell = dropout(stack([gated(25, 3)]), { recurrent: 0.5 });
    expect(() => unroll(cell, cell.init(noise), x, { rng: noise })).toThrow(
      new OptionError(
        'dropout(stack(gated)): recurrent: expected a state with a leaf h [batch, size], got the leaves 0.c, 0.h; apply dropout to the inner cells instead.',
      ),
    );
  });
});
