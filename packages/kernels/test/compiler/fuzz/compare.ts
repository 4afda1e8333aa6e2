import { Rng, type Sequence, type Steps, type Tree, tree } from '@elman/core';
import { add, engine, mul, square, sum, type Tensor, type Tensor2D, tensor2d, zeros } from '@tensorflow/tfjs-core';
import { scanOn } from '../../../src/compiler/compiled-scan.ts';
import { compileStep } from '../../../src/compiler/compiled-step.ts';
import { NotCompilable } from '../../../src/compiler/graph.ts';
import { deviceHere, deviceStep } from '../../../src/compiler/shader/device-scan.ts';
import type { AnyCell } from '../../../src/compiler/trace/index.ts';
import { scan } from '../../scan.ts';
import { type cellOf, type Leaf, type Program, tensorsOf } from './program.ts';

/** Values and gradients of a sequence, by name. */
export type Numbers = { readonly [name: string]: Float32Array };

type Named = { readonly [name: string]: Tensor };

/** The tensors that a program is run on. */
export type Data = {
  readonly params: Named;
  readonly state: Named;
  readonly context: Named;
  readonly captured: Named;
  readonly inputs: Sequence;
  readonly mask: Tensor2D | undefined;
  readonly rng: Rng | undefined;
  /** The loss is their product with the outputs, and squares of the last state. */
  readonly weights: Sequence;
};

/** `perturbed`: all numbers a few units in the last place off, to see how well conditioned a program is. */
export function dataOf(program: Program, perturbed?: number): Data {
  const { run, inputSize, kinds, output } = program;
  const { batch, time, isNoisy, isStarted } = run;
  const rng = Rng.seeded(`data ${program.seed}`);
  const noise = Rng.seeded(`perturbation ${perturbed}`);
  const off = <T extends Tensor>(of: T): T =>
    perturbed === undefined
      ? of
      : (mul(
          of,
          noise.tensor(of.shape, (r) => 1 + r.uniform(-2e-7, 2e-7)),
        ) as T);
  const group = (leaves: readonly Leaf[], label: string): Named =>
    tree.map(tensorsOf(leaves, rng.fork(label), batch), off) as Named;
  const state = group(program.state, 'state');
  const x = { perRow: true, shape: [time, inputSize], low: -1, high: 1, name: 'x' };
  return tree.tidy(() => ({
    params: group(program.params, 'params'),
    state: isStarted ? state : (tree.map(state, ({ shape }) => zeros(shape)) as Named),
    context: group(program.context, 'context'),
    captured: group(program.captured, 'captured'),
    inputs: off(tensorsOf([x], rng, batch).x as Sequence),
    weights: rng.fork('weights').tensor([batch, time, kinds[output]?.shape[0] as number], (r) => r.uniform(-1, 1)),
    ...({ mask: maskOf(program, rng.fork('mask')), rng: isNoisy ? rng.fork('noise') : undefined } as object),
  })) as unknown as Data;
}

export function disposeData({ rng: _, mask, ...others }: Data): void {
  tree.dispose(Object.values(others));
  mask?.dispose();
}

function maskOf({ run: { mask, batch, time } }: Program, rng: Rng): Tensor2D | undefined {
  if (mask === 'none') return undefined;
  const lengths = Array.from({ length: batch }, () => rng.integer(time + 1));
  const isReal = (row: number, t: number): boolean => {
    if (mask === 'random') return rng.uniform() < 0.6;
    if (mask === 'ragged') return t < (lengths[row] as number);
    if (mask === 'leading') return t >= (lengths[row] as number);
    return mask === 'ones';
  };
  const rows = Array.from({ length: batch }, (_, row) => Array.from({ length: time }, (__, t) => +isReal(row, t)));
  return tensor2d(rows);
}

type Scan = (cell: ReturnType<typeof cellOf>, data: Data, program: Program) => Steps<Named>;

const byStep: Scan = (cell, { params, state, context, inputs, mask, rng }, { run }) =>
  scan((before, x, t) => cell.step(params, before, x, context, rng?.frame(t)), state, inputs, {
    mask,
    reverse: run.reverse,
  });

/** How a program is run: op by op, compiled, or compiled for plain JavaScript. */
export type How = 'step' | 'compiled' | 'javascript';

const engineOf = (how: How): 'javascript' | undefined => (how === 'javascript' ? how : undefined);

const compiled =
  (how: How): Scan =>
  (cell, { params, state, context, inputs, mask, rng }, { run }) => {
    const steps = scanOn(engineOf(how), cell, params, state, inputs, { context, mask, rng, reverse: run.reverse });
    if (steps === undefined) throw new Error('scanOn returned nothing');
    return steps;
  };

/** Why a program is not compiled; undefined if it is. */
export function refusalOf(
  cell: ReturnType<typeof cellOf>,
  data: Data,
  how: How = 'compiled',
): NotCompilable | undefined {
  const { params, state, context, mask, rng } = data;
  const like = {
    params,
    state,
    context,
    isMasked: mask !== undefined,
    isNoisy: rng !== undefined,
    engine: engineOf(how),
  };
  const device = deviceHere();
  const own = cell as unknown as AnyCell;
  const found = device === undefined ? compileStep(own, like) : deviceStep(device, own, like, true);
  return found instanceof NotCompilable ? found : undefined;
}

/** Not at once: webgpu cannot. */
async function read(named: { readonly [name: string]: Tensor }): Promise<Numbers> {
  const read = Object.entries(named).map(async ([name, of]) => [name, (await of.data()).slice() as Float32Array]);
  return Object.fromEntries(await Promise.all(read));
}

/** Outputs and the last state. */
export async function valuesBy(
  how: How,
  cell: ReturnType<typeof cellOf>,
  data: Data,
  program: Program,
): Promise<Numbers> {
  const { outputs, state } = tree.tidy(
    () => (how === 'step' ? byStep : compiled(how))(cell, data, program) as never,
  ) as Steps<Named>;
  const numbers = await read({ outputs, ...prefixed('next', state) });
  tree.dispose([outputs, state]);
  return numbers;
}

/** The same and the gradients w.r.t. all that the sequence is given. */
export async function gradientsBy(
  how: How,
  cell: ReturnType<typeof cellOf>,
  data: Data,
  program: Program,
): Promise<Numbers> {
  const { params, state, context, captured, inputs, weights } = data;
  const given: Named = {
    ...prefixed('param', params),
    ...prefixed('state', state),
    ...prefixed('context', context),
    ...prefixed('captured', captured),
    inputs,
  };
  let steps: Steps<Named> | undefined;
  const all = tree.tidy(() => {
    const { value, grads } = engine().gradients(
      () => {
        steps = (how === 'step' ? byStep : compiled(how))(cell, data, program);
        tree.keep(steps as unknown as Tree);
        const squares = Object.values(steps.state).map((leaf) => sum(mul(square(leaf), 0.5)));
        return squares.reduce((loss, term) => add(loss, term), sum(mul(steps.outputs, weights)));
      },
      Object.values(given),
      undefined as unknown as Tensor,
      true,
    );
    const named = Object.keys(given).map((name, i) => [`d ${name}`, grads[i] ?? zeros((given[name] as Tensor).shape)]);
    return { loss: value, ...Object.fromEntries(named) } as Named;
  });
  const { outputs, state: after } = steps as Steps<Named>;
  const numbers = await read({ ...all, outputs, ...prefixed('next', after) });
  // Two names may be of one tensor.
  const tensors = new Set([outputs, ...Object.values(after), ...Object.values(all)]);
  const borrowed = new Set<Tensor>(Object.values({ ...given }));
  for (const of of tensors) if (!borrowed.has(of)) of.dispose();
  return numbers;
}

const prefixed = (prefix: string, named: Named): Named =>
  Object.fromEntries(Object.entries(named).map(([name, of]) => [`${prefix} ${name}`, of]));

/** The largest difference, in relation to the largest number, or to `least` if that is less, tensor by tensor. */
export function differencesOf(got: Numbers, wanted: Numbers, least = 0): { readonly [name: string]: number } {
  return Object.fromEntries(
    Object.entries(wanted).map(([name, numbers]) => {
      const others = got[name];
      if (others?.length !== numbers.length) return [name, Number.POSITIVE_INFINITY];
      const largest = Math.max(largestOf(numbers), least);
      let worst = 0;
      numbers.forEach((value, i) => {
        const difference = Math.abs(value - (others[i] as number));
        if (!(difference <= worst)) worst = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
      });
      return [name, worst === 0 ? 0 : worst / largest];
    }),
  );
}

const largestOf = (numbers: Float32Array): number =>
  numbers.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
