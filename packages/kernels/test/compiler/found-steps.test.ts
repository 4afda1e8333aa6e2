import { describe, expect, it } from 'vitest';
import { compilesHere } from './compiles-here.ts';
import { check } from './fuzz/check.ts';
import type { Leaf, Line, Program, Run } from './fuzz/program.ts';

/** Steps that random ones were reduced to when they failed. */
type Found = {
  readonly inputSize?: number;
  readonly params?: readonly Leaf[];
  readonly state?: readonly Leaf[];
  readonly context?: readonly Leaf[];
  readonly lines: readonly Line[];
  /** The name of the output and its width. */
  readonly output: readonly [string, number];
  readonly next?: readonly string[];
  readonly run?: Partial<Run>;
};

const leaf = (name: string, shape: readonly number[], perRow = true): Leaf => ({
  name,
  shape,
  perRow,
  low: 0.1,
  high: 1,
});
const param = (name: string, shape: readonly number[]): Leaf => leaf(name, shape, false);
const line = (to: string, op: Line['op'], from: readonly string[], ...args: Line['args']): Line => ({
  to: to.split(' '),
  op,
  from,
  args,
});

async function expectSame(found: Found): Promise<void> {
  const state = found.state ?? [leaf('s0', [3])];
  const [output, width] = found.output;
  const program: Program = {
    seed: 1,
    inputSize: found.inputSize ?? 3,
    params: found.params ?? [],
    state,
    context: found.context ?? [],
    captured: [],
    lines: found.lines,
    kinds: { [output]: { perRow: true, shape: [width] } },
    output,
    next: found.next ?? state.map(({ name }) => name),
    run: { batch: 2, time: 3, mask: 'none', reverse: false, isNoisy: false, isStarted: true, ...found.run },
  };
  expect(await check(program)).toEqual({ isSensitive: false, isInferenceOther: false });
}

describe.runIf(compilesHere())('a compiled step', () => {
  it('multiplies with a number on the left', async () => {
    await expectSame({ lines: [line('a', 'scalar', [], -0.7), line('b', 'mul', ['a', 's0'])], output: ['b', 3] });
  });

  it('takes powers of multiples of a half, as the gradient of rsqrt does', async () => {
    await expectSame({ lines: [line('a', 'rsqrt', ['s0'])], output: ['a', 3] });
    for (const exponent of [-3, -1.5, -1, 0, 0.5, 1, 2, 2.5, 4]) {
      await expectSame({ lines: [line('a', 'scalar', [], exponent), line('b', 'pow', ['s0', 'a'])], output: ['b', 3] });
    }
  });

  it('has the gradient of elu', async () => {
    await expectSame({ lines: [line('a', 'sub', ['s0', 'x']), line('b', 'elu', ['a'])], output: ['b', 3] });
  });

  it('has contexts of each row and of all rows, and the gradients w.r.t. both', async () => {
    const context = [leaf('c0', [3]), param('c1', [1, 3]), leaf('c2', [1])];
    const lines = [line('a', 'mul', ['c0', 'c1']), line('b', 'mul', ['a', 'c2']), line('c', 'add', ['b', 's0'])];
    await expectSame({ context, lines, output: ['c', 3] });
  });

  it('has a gradient of 0 w.r.t. an input that it only compares', async () => {
    const lines = [line('a', 'whereOf', ['s0', 'x', 's0', 's0'], 'greater')];
    await expectSame({ lines, output: ['a', 3] });
  });

  it('multiplies parameters with what is the same at all frames', async () => {
    const params = [param('p0', [3, 5])];
    await expectSame({
      params,
      lines: [line('a', 'onesOf', [], [3]), line('b', 'matMul', ['a', 'p0'])],
      output: ['b', 5],
    });
    const context = [leaf('c0', [4])];
    const lines = [line('a', 'slice', ['c0'], [0, 1], [-1, 3]), line('b', 'matMul', ['a', 'p0'])];
    await expectSame({ params, context, lines, output: ['b', 5] });
    await expectSame({ params, context, lines, output: ['b', 5], run: { batch: 1, reverse: true } });
  });

  it('keeps noise for the gradient', async () => {
    for (const kind of ['frame', 'sequence']) {
      const lines = [line('a', 'noise', [], kind, 'label', 'dropped', [3]), line('b', 'minimum', ['a', 'x'])];
      await expectSame({ lines, output: ['b', 3], run: { isNoisy: true } });
    }
  });

  it('has an output that is a view of a state of one axis', async () => {
    await expectSame({ state: [leaf('s0', [])], lines: [line('a', 'expandDims', ['s0'], 1)], output: ['a', 1] });
  });

  it('selects numbers of parameters', async () => {
    const params = [{ ...param('p0', [3]), low: -1 }];
    for (const op of ['elu', 'sign', 'leakyRelu'] as const) {
      const lines = [line('a', 'broadcastOf', ['p0'], [3]), line('b', op, ['a']), line('c', 'mul', ['b', 'x'])];
      await expectSame({ params, lines, output: ['c', 3] });
    }
  });

  it('has a gradient of 0 w.r.t. an input that is computed from the input', async () => {
    const lines = [line('a', 'exp', ['x']), line('n', 'scalar', [], 1.5), line('b', 'mul', ['a', 'n'])];
    await expectSame({ lines: [...lines, line('c', 'whereOf', ['b', 's0', 's0', 'n'], 'greater')], output: ['c', 3] });
  });

  it('has the gradient of a maximum of what is computed of pieces', async () => {
    const lines = [
      line('a', 'concat', ['x', 's0'], 1),
      line('b', 'mul', ['a', 'a']),
      line('c', 'add', ['b', 'a']),
      line('d', 'max', ['c'], 1, true),
    ];
    await expectSame({ inputSize: 1, state: [leaf('s0', [1])], lines, output: ['d', 1] });
    await expectSame({ lines, output: ['d', 1] });
  });

  it('selects by constants, alone and with parameters', async () => {
    await expectSame({
      lines: [line('a', 'fillOf', [], [2, 3], 3), line('b', 'elu', ['a']), line('c', 'reshape', ['b'], [-1, 6])],
      output: ['c', 6],
    });
    const params = [{ ...param('p0', [3]), low: -1 }];
    const lines = [line('n', 'scalar', [], 0.5), line('a', 'broadcastOf', ['p0'], [3])];
    for (const join of ['and', 'or']) {
      for (const operands of [
        ['n', 'n'],
        ['n', 'a'],
        ['a', 'n'],
      ]) {
        const select = line('b', 'whereBoth', [...operands, 'x', 's0'], 'less', 'greater', 0.21, join);
        await expectSame({ params, lines: [...lines, select], output: ['b', 3] });
      }
    }
  });

  it('takes no logarithm of a state that is held, in place of what it would be', async () => {
    const lines = [line('a', 'sigmoid', ['s0']), line('b', 'log', ['a'])];
    await expectSame({ lines, output: ['b', 3], next: ['a'], run: { mask: 'zeros', isStarted: false } });
  });

  it('keeps for later products what was kept for the row alone', async () => {
    const params = [param('p0', [2, 1]), param('p1', [2, 1])];
    const lines = [
      line('a', 'concat', ['s0', 's0'], 1),
      line('b', 'matMul', ['a', 'p0']),
      line('c', 'exp', ['a']),
      line('d', 'logSoftmax', ['c']),
      line('e', 'whereOf', ['a', 'x', 'b', 'x'], 'greaterEqual'),
      line('f', 'mul', ['d', 'e']),
      line('g', 'matMul', ['f', 'p1']),
    ];
    await expectSame({
      inputSize: 1,
      params,
      state: [leaf('s0', [1])],
      lines,
      output: ['c', 2],
      next: ['g'],
      run: { batch: 2, mask: 'ones', isStarted: true },
    });
  });

  it('has a gradient that is of the output gradient and what was kept alone', async () => {
    const params = [{ ...param('p0', [1, 4]), low: -1 }, param('p1', [4, 1])];
    const lines = [line('a', 'mul', ['p0', 'x']), line('b', 'sign', ['a']), line('c', 'matMul', ['b', 'p1'])];
    await expectSame({ inputSize: 4, params, state: [leaf('s0', [1])], lines, output: ['c', 1] });
  });
});
