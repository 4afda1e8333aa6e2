/** Weights of other libraries that are missing, unexpected, misnamed or of another shape. */
import { OptionError, Rng, ShapeError, type Tree, tree } from '@elman/core';
import { expectTreesClose } from '@elman/testkit';
import { ones, scalar, type Tensor, tensor, zeros } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import fixture from '../fixtures/pytorch.json' with { type: 'json' };
import * as cells from '../src/index.ts';

type Named = { readonly [name: string]: Tensor };
type Convert = (weights: never, options?: cells.StateDictOptions) => Tree;

const [inputSize, hiddenSize] = [2, 3];
const same = { relative: 0, absolute: 0 };
const without = (named: Named, ...names: string[]): Named =>
  Object.fromEntries(Object.entries(named).filter(([name]) => !names.includes(name)));

/** The error that `run` throws, one line and of this library. */
function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    expect(ShapeError.isInstance(error) || OptionError.isInstance(error), `${error}`).toBe(true);
    expect((error as Error).message).not.toContain('\n');
    return (error as Error).message;
  }
  throw new Error('nothing was thrown');
}

const kinds = [
  ['simpleRnn', 1],
  ['lstm', 4],
  ['gru', 3],
  ['resetBeforeGru', 3],
] as const;
/** Everything that is exported, by name. */
const exported: { readonly [name: string]: unknown } = { ...cells };
const everyWay = kinds.flatMap(([cell, gates]) =>
  (['PyTorch', 'Keras'] as const).flatMap((library) => {
    const from = exported[`${cell}From${library}`] as Convert | undefined;
    const to = exported[`${cell}To${library}`] as (params: Tree) => Named;
    return from === undefined ? [] : [{ cell, library, gates, from, to }];
  }),
);

describe.each(everyWay)('$cell, weights of $library', ({ cell, library, gates, from, to }) => {
  const make = exported[cell] as typeof cells.lstm;
  const params = make({ inputSize, hiddenSize }).init(Rng.seeded(1));
  const weights = to(params);
  const biases = Object.keys(weights).filter((name) => name.startsWith('bias'));
  const name = `${cell}From${library}`;

  it('have biases of 0 if absent', async () => {
    const zero = Object.fromEntries(biases.map((bias) => [bias, zeros((weights[bias] as Tensor).shape)]));
    const found = from(without(weights, ...biases) as never);
    await expectTreesClose(found, from({ ...weights, ...zero } as never), same);
    const absent = Object.fromEntries(biases.map((bias) => [bias, undefined]));
    await expectTreesClose(from({ ...weights, ...absent } as never), found, same);
  });

  it('are refused by name if one is missing, not a tensor, of another shape or not expected', () => {
    for (const [weight, found] of Object.entries(weights)) {
      if (!biases.includes(weight)) {
        expect(refusal(() => from(without(weights, weight) as never))).toContain(`${name}: ${weight}: missing; got `);
      }
      expect(refusal(() => from({ ...weights, [weight]: [1, 2] } as never))).toBe(
        `${name}: ${weight}: expected a tensor, got a list.`,
      );
      const bigger = ones([...found.shape.slice(0, -1), (found.shape.at(-1) as number) + 1]);
      // Any inputSize is valid.
      const sizes = weight === 'weight_ih' ? [] : [bigger];
      for (const other of [...sizes, scalar(1), ones([...found.shape, 1])]) {
        expect(refusal(() => from({ ...weights, [weight]: other } as never))).toMatch(
          new RegExp(`^${name}: (weight_hh|recurrent_kernel|weight_ih|kernel|bias\\w*): expected \\[.*\\], got \\[`),
        );
      }
    }
    expect(refusal(() => from({ ...weights, weights: scalar(1) } as never))).toMatch(
      `${name}: weights: not expected; `,
    );
    for (const nothing of [undefined, null, 3, [], tensor([1]), new Map(), {}]) {
      expect(refusal(() => from(nothing as never))).toMatch(new RegExp(`^${name}: .*(got|missing)`));
    }
  });

  it('parameters of another cell are refused by name', () => {
    const where = `${cell}To${library}`;
    for (const [path] of tree.entries(params)) {
      expect(refusal(() => to(without(params as never, path)))).toBe(
        `${where}: ${path}: missing; got ${Object.keys(params)
          .filter((key) => key !== path)
          .join(', ')}.`,
      );
      const larger = { ...params, [path]: ones([5, 7]) };
      expect(refusal(() => to(larger))).toMatch(new RegExp(`^${where}: \\w+: expected \\[.*\\], got \\[`));
    }
    const others = kinds.filter(([other, theirs]) => theirs !== gates || (other === 'gru') !== (cell === 'gru'));
    for (const [other] of others) {
      const theirs = (exported[other] as typeof cells.lstm)({ inputSize, hiddenSize }).init(Rng.seeded(1));
      expect(refusal(() => to(theirs))).toContain(where);
    }
  });
});

describe('a complete state_dict of PyTorch', () => {
  const deep = fixture.cases.find(
    ({ kind, layers, bidirectional }) => kind === 'lstm' && layers === 2 && bidirectional,
  );
  const dict = Object.fromEntries(
    Object.entries(deep?.parameters as never as { [name: string]: number[] }).map(([name, x]) => [name, tensor(x)]),
  );
  const bare = (suffix: string): Named =>
    Object.fromEntries(
      ['weight_ih', 'weight_hh', 'bias_ih', 'bias_hh'].map((name) => [name, dict[`${name}${suffix}`] as Tensor]),
    );
  const model = {
    ...Object.fromEntries(Object.entries(dict).map(([name, weight]) => [`encoder.lstm.${name}`, weight])),
    'head.weight': ones([2, 3]),
  };

  it('gives the weights of each layer and direction', async () => {
    for (const [layer, reverse, suffix] of [
      [0, false, '_l0'],
      [0, true, '_l0_reverse'],
      [1, undefined, '_l1'],
      [1, true, '_l1_reverse'],
    ] as const) {
      const wanted = cells.lstmFromPyTorch(bare(suffix));
      await expectTreesClose(cells.lstmFromPyTorch(dict, { layer, reverse }), wanted, same);
      for (const prefix of ['encoder.lstm', 'encoder.lstm.']) {
        await expectTreesClose(cells.lstmFromPyTorch(model, { layer, reverse, prefix }), wanted, same);
      }
      const alone = Object.fromEntries(Object.entries(dict).filter(([name]) => name.endsWith(suffix)));
      await expectTreesClose(cells.lstmFromPyTorch(alone), wanted, same);
    }
  });

  it('needs the layer if there are several, and refuses a missing one', () => {
    const from = (given: object, options?: cells.StateDictOptions) =>
      refusal(() => cells.lstmFromPyTorch(given as never, options));
    const keys = '_l0, _l0_reverse, _l1, _l1_reverse';
    const which = `lstmFromPyTorch: layer: expected one of ${keys}, got none; say which: { layer: 0, reverse: false }, for one.`;
    expect(from(dict)).toBe(which);
    expect(from(dict, { reverse: true })).toBe(which);
    expect(from(dict, { layer: 2 })).toBe(`lstmFromPyTorch: weight_ih_l2: missing; there are weights of ${keys}.`);
    expect(from(without(dict, 'weight_hh_l1'), { layer: 1 })).toMatch(
      /^lstmFromPyTorch: weight_hh: missing; got weight_ih/,
    );
    expect(from(without(dict, 'bias_hh_l1'), { layer: 1 })).toBe(
      'lstmFromPyTorch: bias_hh: missing beside bias_ih; give both, or neither where there are none.',
    );
    expect(from(model)).toBe(
      "lstmFromPyTorch: encoder.lstm.weight_ih_l0: not expected; for weights under a module's name say which: { prefix: 'encoder.lstm' }.",
    );
    expect(from(model, { prefix: 'decoder' })).toMatch(/^lstmFromPyTorch: decoder\.weight_ih_l0: missing; got /);
    expect(from({ ...bare('_l0'), weight_hr_l0: ones([1, 3]) })).toContain('proj_size');
  });
});
