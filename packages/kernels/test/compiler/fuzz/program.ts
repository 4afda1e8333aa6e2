import type { Cell, Frame, Rng } from '@elman/core';
import { customGrad, mul, sigmoid, square, sub, type Tensor, tanh } from '@tensorflow/tfjs-core';
import { type Arguments, type OpName, ops } from './ops.ts';

/** The shape of a value: [batch, ...shape] if it is per row, else the shape itself, the same for all rows. */
export type Kind = { readonly perRow: boolean; readonly shape: readonly number[] };

/** A tensor that a step is given, drawn uniformly from an interval. */
export type Leaf = Kind & { readonly name: string; readonly low: number; readonly high: number };

/** One line of a step: `const [...to] = op(...from, ...args)`. */
export type Line = {
  readonly to: readonly string[];
  readonly op: OpName;
  readonly from: readonly string[];
  readonly args: Arguments;
};

/** What a sequence is run on. */
export type Run = {
  readonly batch: number;
  readonly time: number;
  readonly mask: 'none' | 'ones' | 'zeros' | 'random' | 'ragged' | 'leading';
  readonly reverse: boolean;
  readonly isNoisy: boolean;
  /** Whether the initial state is random; else it is 0. */
  readonly isStarted: boolean;
};

/** A step as data: it can be run, printed and made smaller. */
export type Program = {
  readonly seed: number;
  readonly inputSize: number;
  readonly params: readonly Leaf[];
  readonly state: readonly Leaf[];
  readonly context: readonly Leaf[];
  /** Tensors outside of the step. */
  readonly captured: readonly Leaf[];
  readonly lines: readonly Line[];
  /** The shapes of what lines compute. */
  readonly kinds: { readonly [name: string]: Kind };
  readonly output: string;
  readonly next: readonly string[];
  readonly run: Run;
};

export const INPUT = 'x';

type Named = { readonly [name: string]: Tensor };

/**
 * The cell of a program. `perturbed`: each value is some units in the last place off, by one factor for each row, to see how well
 * conditioned the program is.
 */
export function cellOf(program: Program, captured: Named, perturbed?: Rng): Cell<Named, Named, Named> {
  const { lines, state, next, output, inputSize } = program;
  return {
    name: `fuzz ${program.seed}`,
    inputSize,
    outputSize: program.kinds[output]?.shape[0] as number,
    init: () => ({}),
    initialState: () => ({}),
    step(params, before, input, context, rng) {
      const values: { [name: string]: Tensor } = { ...params, ...before, ...context, ...captured, [INPUT]: input };
      const [batch] = input.shape;
      for (const { to, op, from, args } of lines) {
        const inputs = from.map((name) => values[name] as Tensor);
        const other = perturbed && inaccurate[op];
        const made = other
          ? [other(inputs[0] as Tensor, perturbed.uniform(-1.2e-7, 1.2e-7))]
          : [ops[op].run(inputs, args, { batch, rng })].flat();
        to.forEach((name, i) => {
          const value = made[i] as Tensor;
          values[name] = perturbed === undefined ? value : off(value, program.kinds[name]?.perRow === true, perturbed);
        });
      }
      const after = Object.fromEntries(state.map(({ name }, i) => [name, values[next[i] as string] as Tensor]));
      return { output: values[output] as Frame, state: after };
    },
  };
}

/**
 * Ops with an error of some units in the last place where their gradients see it: 1 − y² of tanh and y·(1 − y) of the sigmoid are
 * sensitive to it where y is near 1.
 */
const inaccurate: { readonly [op in OpName]?: (x: Tensor, error: number) => Tensor } = {
  tanh: (x, error) => saturating(x, mul(tanh(x), 1 + error), (y) => sub(1, square(y))),
  sigmoid: (x, error) => saturating(x, mul(sigmoid(x), 1 + error), (y) => mul(y, sub(1, y))),
};

function saturating(x: Tensor, y: Tensor, slope: (y: Tensor) => Tensor): Tensor {
  return customGrad(() => ({ value: y, gradFunc: (dy: Tensor) => mul(dy, slope(y)) }))(x);
}

function off(value: Tensor, perRow: boolean, rng: Rng): Tensor {
  const shape = value.shape.map((size, axis) => (perRow && axis === 0 ? size : 1));
  return mul(
    value,
    rng.tensor(shape, (r) => 1 + r.uniform(-1e-7, 1e-7)),
  );
}

/** The tensors of leaves. */
export function tensorsOf(leaves: readonly Leaf[], rng: Rng, batch: number): Named {
  return Object.fromEntries(
    leaves.map(({ name, perRow, shape, low, high }) => [
      name,
      rng.fork(name).tensor(perRow ? [batch, ...shape] : [...shape], (r) => r.uniform(low, high)),
    ]),
  );
}

/** A program as TypeScript, with what it is run on. */
export function textOf({ seed, inputSize, params, state, context, captured, lines, run, ...rest }: Program): string {
  const { output, next } = rest;
  const shown = ({ name, perRow, shape, low, high }: Leaf): string =>
    `//   ${name}: [${[...(perRow ? ['batch'] : []), ...shape].join(', ')}], uniform(${low}, ${high})`;
  const names = (leaves: readonly Leaf[]): string => `{ ${leaves.map(({ name }) => name).join(', ')} }`;
  return [
    `// seed ${seed}: ${JSON.stringify(run)}`,
    `// input x: [batch, ${inputSize}]`,
    ...[...params, ...state, ...context, ...captured].map(shown),
    `function step(${names(params)}, ${names(state)}, x, ${names(context)}, rng) {`,
    '  const [batch] = x.shape;',
    ...lines.map(({ to, op, from, args }) => {
      const made = to.length === 1 ? to[0] : `[${to.join(', ')}]`;
      return `  const ${made} = ${ops[op].text(from, args)};`;
    }),
    `  return { output: ${output}, state: { ${state.map(({ name }, i) => `${name}: ${next[i]}`).join(', ')} } };`,
    '}',
  ].join('\n');
}

/** The program without lines that nothing is computed from. */
export function pruned(program: Program): Program {
  const needed = new Set([program.output, ...program.next]);
  const lines = [...program.lines].reverse();
  const kept = lines.filter(({ to, from }) => {
    if (!to.some((name) => needed.has(name))) return false;
    for (const name of from) needed.add(name);
    return true;
  });
  return { ...program, lines: kept.reverse() };
}
