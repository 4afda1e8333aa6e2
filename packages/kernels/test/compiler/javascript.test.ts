import { type Cell, Rng, type Sequence, type Steps, type Tree, tree } from '@elman/core';
import {
  add,
  engine,
  gather,
  getBackend,
  matMul,
  memory,
  mul,
  ones,
  reshape,
  slice,
  square,
  sum,
  Tensor,
  type Tensor2D,
  tanh,
  tensor2d,
  zeros,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { type EmbeddedInputs, scanOn } from '../../src/compiler/compiled-scan.ts';
import { compileStep } from '../../src/compiler/compiled-step.ts';
import { NotCompilable } from '../../src/compiler/graph.ts';
import { instructionsOf } from '../../src/compiler/javascript/instructions.ts';
import type { AnyCell } from '../../src/compiler/trace/index.ts';
import { scan } from '../scan.ts';
import { cellOf, counting, gru, HIDDEN, h0, INPUT, layerNormLstm, lstm, simpleRnn, withContext } from './cells.ts';

const runsHere = ['cpu', 'wasm'].includes(getBackend());

type Case = {
  readonly batch: number;
  readonly time: number;
  readonly mask?: 'ragged' | 'random' | 'zeros';
  readonly reverse?: boolean;
  readonly isNoisy?: boolean;
  readonly context?: (batch: number) => unknown;
  /** Rows of a table that inputs are taken from. */
  readonly vocabulary?: number;
};
type Numbers = { readonly [name: string]: Float32Array };
type How = 'step' | 'javascript' | undefined;
type Any = Cell<Tree, Tree, unknown>;

const tensorsIn = (context: unknown): Tree =>
  Object.fromEntries(Object.entries(context ?? {}).filter(([, value]) => value instanceof Tensor));

/** Values and gradients of a sequence, by name. */
function numbersOf(
  how: How,
  cell: Any,
  { batch, time, mask, reverse = false, isNoisy, context, vocabulary }: Case,
): Numbers {
  const rng = Rng.seeded('javascript');
  const normal = (label: string, shape: readonly number[]): Tensor =>
    rng.fork(label).tensor(shape, (r) => r.normal(0, 0.7));
  const isFloat = ({ dtype }: Tensor): boolean => dtype === 'float32';
  return tree.tidy(() => {
    const params = cell.init(rng.fork('params'));
    const given = context?.(batch);
    const state = tree.map(cell.initialState(batch, given), (leaf, path) =>
      isFloat(leaf) ? normal(path, leaf.shape) : leaf,
    );
    const draws = rng.fork('ids');
    const rows = Array.from({ length: batch }, () =>
      Array.from({ length: time }, () => draws.integer(vocabulary ?? 1)),
    );
    const embedded: EmbeddedInputs | undefined =
      vocabulary === undefined
        ? undefined
        : { embedding: normal('inputs', [vocabulary, INPUT]) as Tensor2D, ids: tensor2d(rows, [batch, time], 'int32') };
    const inputs = (embedded?.embedding ?? normal('inputs', [batch, time, INPUT])) as unknown as Sequence;
    const real = rng.fork('mask');
    const lengths = rows.map(() => real.integer(time + 1));
    const isReal = {
      ragged: (row: number, t: number) => t < (lengths[row] as number),
      random: () => real.uniform() < 0.6,
      zeros: () => false,
    };
    const masks = mask && tensor2d(rows.map((ids, row) => ids.map((_, t) => +isReal[mask](row, t))));
    const weights = normal('weights', [batch, time, cell.outputSize]);
    const noise = isNoisy ? rng.fork('noise') : undefined;
    const run = (): Steps<Tree> => {
      const options = { context: given, mask: masks, reverse, rng: noise };
      if (how !== 'step') {
        const steps = scanOn(how, cell, params, state, embedded ?? inputs, options);
        const like = { params, state, context: given, isMasked: masks !== undefined, isNoisy: noise !== undefined };
        if (steps === undefined) throw compileStep(cell as unknown as AnyCell, { ...like, engine: how });
        return steps;
      }
      const frames = embedded && (gather(embedded.embedding, embedded.ids) as Tensor as Sequence);
      return scan((s, x) => cell.step(params, s, x, given, noise?.frame(++t)), state, frames ?? inputs, options);
    };
    let t = -1;
    if (noise !== undefined && reverse) throw new Error('frames are counted forwards');
    const leaves = tree.leaves({ params, state, inputs, context: tensorsIn(given) }).filter(isFloat);
    const values: { [name: string]: Float32Array } = {};
    const { grads } = engine().gradients(
      () => {
        const { outputs, state: last } = run();
        values.outputs = outputs.dataSync().slice() as Float32Array;
        for (const [path, leaf] of tree.entries(last)) values[path] = leaf.dataSync().slice() as Float32Array;
        const terms = tree.leaves(last).flatMap((leaf) => (isFloat(leaf) ? [sum(square(leaf))] : []));
        return terms.reduce((total, term) => add(total, term), sum(mul(outputs, weights)));
      },
      leaves,
      undefined as unknown as Tensor,
      true,
    );
    leaves.forEach((leaf, i) => {
      values[`gradient ${i} [${leaf.shape}]`] = (grads[i] ?? zerosLike(leaf)).dataSync().slice() as Float32Array;
    });
    if (how !== 'step') {
      t = -1;
      const forward = tree.tidy(() => run() as never) as Steps<Tree>;
      expect(forward.outputs.dataSync()).toEqual(values.outputs);
    }
    return values as never;
  }) as unknown as Numbers;
}

function expectClose(got: Numbers, wanted: Numbers, tolerance: number): void {
  expect(Object.keys(got)).toEqual(Object.keys(wanted));
  for (const [name, values] of Object.entries(wanted)) {
    const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
    const errors = values.map((value, i) => Math.abs(value - ((got[name] as Float32Array)[i] as number)) / largest);
    expect(got[name]?.length).toBe(values.length);
    expect(
      errors.find((error) => !(error <= tolerance)),
      name,
    ).toBeUndefined();
  }
}

const vectorAndTable = (batch: number): unknown => ({
  vector: Rng.seeded(1).tensor([batch, 2], (r) => r.normal()),
  table: Rng.seeded(2).tensor([HIDDEN, HIDDEN], (r) => r.normal()),
  scale: 0.5,
  absent: undefined,
});

/** With noise of each frame and noise of the whole sequence. */
const noisy = () =>
  cellOf<{ w: Tensor2D; u: Tensor2D }, { h: Tensor2D }>(
    { w: [INPUT, HIDDEN], u: [HIDDEN, HIDDEN] },
    h0,
    ({ w, u }, { h }, x, _, rng) => {
      const [batch] = x.shape;
      const own = rng?.fork('own');
      const mask = own?.tensor([batch, INPUT], (r) => (r.uniform() < 0.5 ? 0 : 2)) ?? ones([1]);
      const more = own?.tensor([batch, 1], (r) => r.normal()) ?? zeros([1]);
      const shared = rng?.sequence().tensor([batch, HIDDEN], (r) => r.normal()) ?? zeros([1]);
      const next: Tensor2D = tanh(add(add(matMul(mul(x, mask), w), matMul(mul(h, shared), u)), more));
      return { output: next, state: { h: next } };
    },
  );

/** Uses a tensor from outside, and a state of rank 1 and one of rank 3, of which only rows of numbers matter. */
const ofOtherRanks = (captured: Tensor): unknown =>
  cellOf<{ w: Tensor2D }, { h: Tensor; count: Tensor }>(
    { w: [INPUT + 4, HIDDEN] },
    (batch) => ({ h: zeros([batch, 2, 2]), count: zeros([batch]) }),
    ({ w }, { h, count }, x) => {
      const flat = reshape(h, [-1, HIDDEN]) as Tensor2D;
      const fed = add(matMul(x, slice(w, [0, 0], [INPUT, HIDDEN])), matMul(flat, slice(w, [INPUT, 0], [4, HIDDEN])));
      const output: Tensor2D = tanh(add(mul(fed, captured), mul(0.1, reshape(count, [-1, 1]))));
      return { output, state: { h: reshape(output, [-1, 2, 2]), count: add(count, mul(0.5, sum(output, 1))) } };
    },
  );

const cases: readonly (readonly [string, () => unknown, Case])[] = [
  ...([simpleRnn, lstm, gru, layerNormLstm] as const).flatMap((make) =>
    (
      [
        { batch: 3, time: 5 },
        { batch: 4, time: 4, mask: 'ragged' },
        { batch: 2, time: 5, mask: 'random', reverse: true },
        { batch: 1, time: 1 },
        { batch: 3, time: 2, mask: 'zeros' },
        { batch: 11, time: 6, reverse: true },
        { batch: 2, time: 3, vocabulary: 4 },
      ] satisfies Case[]
    ).map((case_) => [make.name, () => make(), case_] as const),
  ),
  ['withContext', withContext, { batch: 3, time: 4, context: vectorAndTable }],
  ['withContext', withContext, { batch: 1, time: 2, context: vectorAndTable, mask: 'random', reverse: true }],
  ['counting', counting, { batch: 3, time: 4, mask: 'ragged' }],
  ['noisy', noisy, { batch: 3, time: 4, isNoisy: true }],
  ['noisy', noisy, { batch: 2, time: 3, isNoisy: true, mask: 'random', vocabulary: 5 }],
];

describe.runIf(runsHere)('plans in plain JavaScript', () => {
  it.each(cases)('run %s as its steps do: %#', (name, make, case_) => {
    const cell = make() as Any;
    const got = numbersOf('javascript', cell, case_);
    expectClose(got, numbersOf('step', cell, case_), 1e-5);
    const before = memory().numTensors;
    expectClose(numbersOf(undefined, cell, case_), got, name === 'layerNormLstm' ? 5e-6 : 2e-6);
    expect(numbersOf('javascript', cell, case_)).toEqual(got);
    expect(memory().numTensors).toBe(before);
  });

  it('takes states of any rank, and tensors from outside', () => {
    const captured = Rng.seeded(3).tensor([1, HIDDEN], (r) => r.normal());
    const cell = ofOtherRanks(captured) as Any;
    for (const case_ of [
      { batch: 3, time: 4 },
      { batch: 2, time: 3, mask: 'random' as const, reverse: true },
    ]) {
      expectClose(numbersOf('javascript', cell, case_), numbersOf('step', cell, case_), 1e-5);
    }
    captured.dispose();
  });

  it('refuses steps of a kind that it does not know', () => {
    const cell = lstm();
    const rng = Rng.seeded(1);
    const given = {
      params: cell.init(rng),
      state: cell.initialState(2),
      context: undefined,
      isMasked: false,
      isNoisy: false,
    };
    const step = compileStep(cell as unknown as AnyCell, { ...given, engine: 'javascript' });
    if (step instanceof NotCompilable) throw step;
    const { plan } = step.inference();
    const [section] = plan.forward;
    if (section === undefined) throw new Error('there is a section');
    const steps = [{ kind: 'matrices' }] as never;
    expect(() => instructionsOf(plan, { ...section, steps })).toThrow(NotCompilable);
    expect(() => instructionsOf(plan, { ...section, steps })).toThrow(
      'plans with "matrices" are not run in JavaScript',
    );
    tree.dispose([given.params, given.state]);
  });
});
