import { type Cell, Rng, type Sequence, type Tree, tree } from '@elman/core';
import {
  add,
  cast,
  clone,
  engine,
  getBackend,
  keep,
  matMul,
  mul,
  notEqual,
  reshape,
  type Scalar,
  slice,
  softmax,
  stack,
  sum,
  type Tensor,
  type Tensor2D,
  tanh,
  tensor2d,
  tidy,
  where,
  zeros,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { compiledScan } from '../../src/compiler/compiled-scan.ts';
import { framesOf } from '../../src/sequence.ts';
import { builtIn } from './built-in-cells.ts';
import { cellOf, counting, HIDDEN, INPUT, layerNormLstm, simpleRnn, withContext } from './cells.ts';

const onDevice = ['webgl', 'webgpu'].includes(getBackend());
const BATCH = 3;
const TIME = 4;

// biome-ignore lint/suspicious/noExplicitAny: cells of any state and context
type AnyCell = Cell<any, any, any>;
type Options = {
  readonly context?: unknown;
  readonly mask?: Tensor2D | undefined;
  readonly reverse?: boolean;
  readonly rng?: Rng | undefined;
};

const normal = <T extends Tensor>(label: string, shape: readonly number[]): T =>
  Rng.seeded(label).tensor(shape, (r) => r.normal()) as T;

/** The step, frame by frame. */
function stepped(cell: AnyCell, params: Tree, initial: Tree, inputs: Sequence, options: Options): [Tensor, Tree] {
  const { context, mask, reverse = false, rng } = options;
  const outputs: Tensor[] = [];
  let state = initial;
  for (const { t } of framesOf(TIME, reverse)) {
    const x = reshape(slice(inputs, [0, t, 0], [BATCH, 1, INPUT]), [BATCH, INPUT]);
    const step = cell.step(params, state, x as Tensor2D, context, rng?.frame(t) as Rng);
    if (mask === undefined) {
      outputs[t] = step.output;
      state = step.state as Tree;
    } else {
      const real = slice(mask, [0, t], [BATCH, 1]);
      outputs[t] = mul(step.output, real);
      const before = tree.leaves(state);
      let i = 0;
      state = tree.map(step.state as Tree, (after) =>
        where(notEqual(add(real, zerosLike(after)), 0), after, before[i++] as Tensor),
      );
    }
  }
  return [stack(outputs, 1), state];
}

type Run = (params: Tree, state: Tree, inputs: Sequence) => readonly [Tensor, Tree];

/** Results, and the gradients of a weighted sum of them. */
function resultAndGradients(run: Run, params: Tree, state: Tree, inputs: Sequence): Tensor[] {
  const all = [...tree.leaves(params), ...tree.leaves(state).filter(({ dtype }) => dtype === 'float32'), inputs];
  return tidy(() => {
    let results: Tensor[] = [];
    const f = (): Scalar => {
      const [outputs, last] = run(params, state, inputs);
      results = [outputs, ...tree.leaves(last)].map((of) => keep(clone(of)));
      const terms = results.map((of, i) => sum(mul(cast(of, 'float32'), normal(`weights ${i}`, of.shape))));
      return terms.reduce((a, b) => add(a, b)) as Scalar;
    };
    const { grads } = engine().gradients(f, all, undefined as unknown as Tensor, true);
    return [...results, ...grads.map((grad, i) => grad ?? zerosLike(all[i] as Tensor))];
  });
}

async function numbersOf(tensors: readonly Tensor[]): Promise<number[][]> {
  const numbers = await Promise.all(tensors.map((of) => of.data()));
  for (const of of tensors) of.dispose();
  return numbers.map((of) => [...of]);
}

/** Two layers with a residual connection, whose states have different sizes. */
const twoLayers = () => {
  type Weights = { w: Tensor2D; u: Tensor2D; v: Tensor2D; q: Tensor2D };
  type State = { a: Tensor2D; b: Tensor2D };
  return cellOf<Weights, State>(
    { w: [INPUT, 5], u: [5, 5], v: [5, HIDDEN], q: [HIDDEN, HIDDEN] },
    (batch) => ({ a: zeros([batch, 5]), b: zeros([batch, HIDDEN]) }),
    ({ w, u, v, q }, { a, b }, x) => {
      const first: Tensor2D = tanh(add(matMul(x, w), matMul(a, u)));
      const second: Tensor2D = softmax(add(matMul(first, v), matMul(b, q)));
      return { output: add(second, slice(first, [0, 1], [-1, HIDDEN])), state: { a: first, b: second } };
    },
  );
};

/** With noise of each frame, of each row and of all rows, and noise of the whole sequence. */
const noisyRows = () =>
  cellOf<{ w: Tensor2D; u: Tensor2D }, { h: Tensor2D }>(
    { w: [INPUT, HIDDEN], u: [HIDDEN, HIDDEN] },
    (batch) => ({ h: zeros([batch, HIDDEN]) }),
    ({ w, u }, { h }, x, _, rng) => {
      const [batch] = x.shape;
      const own = rng?.fork('own') as Rng;
      const mask = own.tensor([batch, INPUT], (r) => (r.uniform() < 0.5 ? 0 : 2));
      const more = own.tensor([HIDDEN], (r) => r.normal());
      const still = rng
        ?.sequence()
        .fork('still')
        .tensor([batch, HIDDEN], (r) => r.normal()) as Tensor;
      const next: Tensor2D = tanh(add(add(add(matMul(mul(x, mask), w), matMul(h, u)), more), still));
      return { output: next, state: { h: next } };
    },
  );

const masks: { readonly [kind: string]: () => Tensor2D | undefined } = {
  'no mask': () => undefined,
  'a mask': () => tensor2d([1, 1, 0, 1, 0, 0, 0, 0, 1, 0, 1, 1], [BATCH, TIME]),
};

async function expectSame(make: () => AnyCell, options: Options = {}): Promise<void> {
  const cell = make();
  const params = cell.init(Rng.seeded('params'));
  const state = tree.map(cell.initialState(BATCH) as Tree, (leaf) =>
    leaf.dtype === 'float32' ? normal('state', leaf.shape) : leaf,
  );
  const inputs = normal<Sequence>('inputs', [BATCH, TIME, INPUT]);
  const expected = await numbersOf(
    resultAndGradients((p, s, x) => stepped(cell, p, s, x, options), params, state, inputs),
  );
  const run: Run = (p, s, x) => {
    const found = compiledScan(cell, p, s, x, options as never);
    expect(found).toBeDefined();
    return [found?.outputs as Tensor, found?.state as Tree];
  };
  const before = engine().memory().numTensors;
  const untaped = await numbersOf(
    tidy(() => {
      const [outputs, last] = run(params, state, inputs);
      return [outputs, ...tree.leaves(last)];
    }),
  );
  const found = await numbersOf(resultAndGradients(run, params, state, inputs));
  expect(engine().memory().numTensors).toBe(before);
  for (const [i, values] of expected.entries()) {
    const scale = Math.max(1e-3, ...values.map(Math.abs));
    for (const each of [found, untaped]) {
      if (each[i] === undefined) continue;
      expect(each[i]).toHaveLength(values.length);
      const error = Math.max(...values.map((value, k) => Math.abs(value - (each[i]?.[k] as number)))) / scale;
      expect(error, `result ${i}: ${each[i]} instead of ${values}`).toBeLessThan(1e-4);
    }
  }
}

describe.runIf(onDevice)('a compiled step on a device equals the step', () => {
  const cells: { readonly [name: string]: () => AnyCell } = {
    simpleRnn,
    layerNormLstm,
    counting,
    ...builtIn,
  };
  for (const [name, make] of Object.entries(cells)) {
    for (const [kind, mask] of Object.entries(masks)) {
      {
        const reverse = mask() !== undefined;
        it(`${name}, ${kind}${reverse ? ', in reverse' : ''}`, () => expectSame(make, { mask: mask(), reverse }));
      }
    }
  }

  it('with a context, of which some is a batch', () => {
    const context = { vector: normal('v', [BATCH, 2]), table: normal('t', [HIDDEN, HIDDEN]), scale: 2 };
    return expectSame(withContext, { context });
  });

  it('with noise', () => expectSame(noisyRows, { rng: Rng.seeded('noise'), mask: masks['a mask']?.() }));

  it('with a layer on a layer', () => expectSame(twoLayers, { mask: masks['a mask']?.() }));
});
