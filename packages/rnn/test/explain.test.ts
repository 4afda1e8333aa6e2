/** What `explain` says of cells that are compiled, and of those that are not. */
import { type Cell, type Frame, OptionError, type Rng, type Step, tree } from '@elman/core';
import {
  add,
  getBackend,
  matMul,
  memory,
  mul,
  multinomial,
  relu,
  type Tensor2D,
  tanh,
  zeros,
} from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { layerNormLstm, lstm } from '../../kernels/test/compiler/cells.ts';
import { type Explanation, explain, stack } from '../src/index.ts';
import { gated } from './cells.ts';

const sizes = { batchSize: 2, time: 5 };
const onProcessor = ['cpu', 'wasm'].includes(getBackend());

type State = { readonly h: Frame };

/** A simple recurrent cell whose new state goes through a function. */
function cellWith(then: (h: Frame, rng: Rng | undefined) => Frame): Cell<{ readonly kernel: Tensor2D }, State> {
  return {
    name: 'own',
    inputSize: 4,
    outputSize: 4,
    init: (rng) => ({ kernel: rng.tensor([4, 4], (r) => r.normal()) as Tensor2D }),
    initialState: (batch) => ({ h: zeros([batch, 4]) }),
    step: ({ kernel }, { h }, x, _, rng): Step<State> =>
      tree.tidy(() => {
        const next = then(tanh(add(x, matMul(h, kernel))), rng);
        return { output: next, state: { h: next } };
      }),
  };
}

/** What is multiplied, part by part. */
const productsOf = ({ compiled }: Explanation, direction: 'forward' | 'backward'): string[] =>
  (compiled?.[direction] ?? []).map(
    ({ when, states, products }) =>
      `${[when, ...states].join(' ')}: ${products
        .map(({ name }) => name)
        .toSorted()
        .join(', ')}`,
  );

describe('a cell that is compiled', () => {
  it('lstm: one product a frame, the other for all frames at once; i, f, g, o, c and h are kept', () => {
    const found = explain(lstm(), sizes);
    expect(found.reason).toBe(undefined);
    expect(productsOf(found, 'forward')).toEqual(['for all frames at once: input · w', 'loop over frames c h: h · u']);
    expect(productsOf(found, 'backward')).toEqual([
      'loop over frames c h: gradient · uᵀ',
      'for all frames at once: gradient · wᵀ',
      'for all frames at once: gradient of u, gradient of w',
    ]);
    const { kept, perFrame, ops } = found.compiled as NonNullable<typeof found.compiled>;
    expect(kept).toMatchObject({ numbers: 6 * 4, numbersPerUnit: 6 });
    const names = kept.values.map(({ name }) => name).toSorted();
    expect(names).toEqual(['Sigmoid', 'Sigmoid', 'Sigmoid', 'Tanh', 'state c', 'state h']);
    expect(kept.values.find(({ name }) => name === 'Tanh')?.line).toMatch(/^cells\.ts:\d+$/);
    // Of 2 rows, a multiplication and an addition for each weight of [3, 16] and [4, 16]; backward twice.
    expect(perFrame.forward.products).toBe(2 * 2 * (3 + 4) * 16);
    expect(perFrame.backward.products).toBe(2 * perFrame.forward.products);
    // Of a unit: 4 additions of gates and 4 of the bias, 5 functions, 3 products and a sum.
    expect(perFrame.forward.elementwise).toBe(2 * 4 * (4 + 4 + 5 + 3 + 1));
    expect(ops.traced).toBeGreaterThan(ops.simplified / 2);
  });

  it('layer-norm lstm: in words, on one screen', () => {
    const { text } = explain(layerNormLstm(), { batchSize: 32, time: 100 });
    const lines = text.split('\n');
    expect(lines[0]).toBe('own, 32 rows of 100 frames: compiled');
    expect(lines.length).toBeLessThan(36);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(120);
    expect(lines).toContain('  loop over frames: c, h');
    expect(lines).toContain(`      product              ${'h · u'.padEnd(40)} [32, 4]·[4, 16]`);
  });

  it('a stack: a loop for each of its parts', () => {
    const found = explain(stack([gated(3, 4), gated(4, 5)]), sizes);
    expect(productsOf(found, 'forward')).toEqual([
      'for all frames at once: input · 0.kernel',
      'loop over frames 0.c 0.h: 0.h · 0.recurrentKernel',
      expect.stringMatching(/^for all frames at once: Tanh at cells\.ts:\d+ · 1\.kernel$/),
      'loop over frames 1.c 1.h: 1.h · 1.recurrentKernel',
    ]);
  });

  it('runs on the engine of the kernels, where the backend computes on the processor', () => {
    const { runsOn } = explain(lstm(), sizes);
    if (onProcessor) expect(runsOn).toMatch(/^WebAssembly, (wide )?simd(\+fma)?, \d threads? \(backend \w+\)$/);
    else expect(runsOn).toContain(getBackend());
  });

  it('is explained as a plain object, without a tensor left', () => {
    const { numTensors } = memory();
    const found = explain(lstm(), { ...sizes, masked: true, noisy: true });
    expect(memory().numTensors).toBe(numTensors);
    expect(`${found}`).toBe(found.text);
    expect(JSON.parse(JSON.stringify(found)).compiled).toEqual(found.compiled);
  });
});

/** Why a step is not compiled, and the line of this file that `here` was called on. */
function reasonOf(
  then: Parameters<typeof cellWith>[0],
  options = {},
): { readonly found: Explanation; readonly at: string } {
  at = 'nowhere';
  return { found: explain(cellWith(then), { ...sizes, ...options }), at };
}

let at = 'nowhere';

/** Notes the line that it is called on. */
function here<T>(value: T): T {
  const [, line] = /explain\.test\.ts[^:\n]*:(\d+):\d+\)?$/.exec(new Error().stack?.split('\n')[2] ?? '') ?? [];
  at = `explain.test.ts:${line}`;
  return value;
}

describe('a cell that is not compiled: the op and the line of its step', () => {
  it('that reads numbers', () => {
    const { found, at: line } = reasonOf((h) => ((here(h).dataSync()[0] as number) > 0 ? relu(h) : h));
    expect(found.compiled).toBe(undefined);
    expect(found.reason).toMatchObject({ op: 'dataSync', line });
    expect(found.reason?.message).toBe(
      'the step reads numbers, which are not known before it runs; compute with ops instead.',
    );
    expect(found.text.split('\n')).toEqual([
      'own, 2 rows of 5 frames: not compiled',
      `  runs on                  ops of ${getBackend()}, frame by frame`,
      '  op                       dataSync',
      `  line of the step         ${line}`,
      '  why                      the step reads numbers, which are not known before it runs; compute with ops instead.',
    ]);
  });

  it('that uses an op without compiled form', () => {
    const { found, at: line } = reasonOf((h) => add(h, multinomial(here(h), 1)));
    expect(found.reason).toEqual({ op: 'Multinomial', line, message: 'it has no compiled form; use other ops.' });
  });

  it('whose control flow depends on the batch', () => {
    const { found, at: line } = reasonOf((h) => (h.shape[0] > 8 ? relu(h) : tanh(here(h))));
    expect(found.reason).toMatchObject({ op: 'Tanh', line });
    expect(found.reason?.message).toContain('another batch size');
  });

  it('that draws numbers itself, if there is noise', () => {
    const draw = (h: Frame, rng: Rng | undefined): Frame => mul(h, rng === undefined ? 1 : here(rng).uniform());
    expect(reasonOf(draw).found.compiled).toBeDefined();
    const { found, at: line } = reasonOf(draw, { noisy: true });
    expect(found.reason).toMatchObject({ op: 'rng.uniform', line });
  });
});

it('names a wrong argument', () => {
  expect(() => explain({} as never, sizes)).toThrow(OptionError);
  for (const wrong of [0, 1.5, undefined]) {
    expect(() => explain(lstm(), { batchSize: 2, time: wrong as number })).toThrow(
      `explain: time: expected a whole number from 1 on, got ${wrong}.`,
    );
  }
});
