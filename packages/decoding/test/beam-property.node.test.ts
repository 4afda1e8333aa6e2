import { Rng, tree } from '@elman/core';
import { expect, it } from 'vitest';
import { average, type BeamSearchOptions, beamSearch, gnmt, type Hypothesis } from '../src/index.ts';
import { exhaustive } from './exhaustive.ts';
import { inSessions, type Last, lookingModel, randomTable, tableModel } from './table-model.ts';

type Options = Omit<BeamSearchOptions<Last>, 'model' | 'beamWidth'>;
const V = 4;

/** Random options, compatible or not. */
function randomOptions(rng: Rng): Options {
  const often = (): boolean => rng.uniform() < 0.4;
  const sequence = (least: number, most: number) =>
    Array.from({ length: least + rng.integer(most - least + 1) }, () => rng.integer(V));
  const sequences = (least: number) => Array.from({ length: 1 + rng.integer(2) }, () => sequence(least, 2));
  const prompts = [0, 1].map(() => sequence(1, 3));
  return {
    prompts,
    maximumTokens: 2 + rng.integer(3),
    ...(often() ? {} : { stop: Array.from({ length: 1 + rng.integer(2) }, () => rng.integer(V)) }),
    ...(often() ? { minimumTokens: rng.integer(3) } : {}),
    ...(often() ? { lengthPenalty: often() ? gnmt(rng.uniform(-1, 2)) : average(rng.uniform(-1, 2)) } : {}),
    ...(often() ? { noRepeatNgram: 1 + rng.integer(3) } : {}),
    ...(often() ? { banned: sequences(1) } : {}),
    ...(often() ? { required: sequences(1) } : {}),
    ...(often() ? { prefix: prompts.map(() => sequence(0, 2)) } : {}),
    ...(often() ? { processors: [(z: Float32Array) => z.map((x, i) => (i === 2 ? x * 0.5 : x))] } : {}),
  };
}

const shown = (hypotheses: readonly Hypothesis[]) =>
  hypotheses.map(({ ids, end, isFinished }) => [ids, end, isFinished]);

const name = ({ ids, end }: Hypothesis): string => `${ids}${end === undefined ? '' : ` then ${end}`}`;

it('a beam as wide as the space is exhaustive search, whatever the options', async () => {
  let searched = 0;
  let refused = 0;
  let constrained = 0;
  for (let seed = 0; seed < 250; seed++) {
    const rng = Rng.seeded('property').fork(seed);
    const table = randomTable(rng.fork('table'), V);
    const options = randomOptions(rng.fork('options'));
    const wide = { ...options, beamWidth: 800, count: 800, patience: Number.POSITIVE_INFINITY };
    let rows: Hypothesis[][];
    try {
      rows = await beamSearch({ ...wide, model: inSessions(table, 1600) });
    } catch (error) {
      // Only impossible options may be refused.
      expect(`${error}`).toMatch(/^OptionError/);
      const impossible = options.prompts.some((_, row) => exhaustive(table, row, options).length === 0);
      const { prefix, stop = [], banned = [] } = options;
      const isBadPrefix = prefix?.some((ids) => {
        const text = `,${[...(ids as number[])]},`;
        return stop.some((id) => text.includes(`,${id},`)) || banned.some((one) => text.includes(`,${one},`));
      });
      expect(impossible || isBadPrefix, `${seed}: ${error}`).toBe(true);
      refused++;
      continue;
    }
    searched++;
    if (options.required !== undefined) constrained++;
    for (const [row, got] of rows.entries()) {
      // Hypotheses with the same counts of trigrams have equal scores in any order: so all are compared, by name.
      const wanted = new Map(exhaustive(table, row, options).map((one) => [name(one), one.score]));
      expect(got.map(name).toSorted(), `${seed}`).toEqual([...wanted.keys()].toSorted());
      for (const one of got) expect(one.score).toBeCloseTo(wanted.get(name(one)) as number, 4);
      expect(got, 'best first').toEqual(got.toSorted((a, b) => b.score - a.score));
    }
  }
  expect(searched).toBeGreaterThan(100);
  expect(constrained).toBeGreaterThan(20);
  expect(refused).toBeGreaterThan(20);
});

it('equals exhaustive search with sources, one per row', async () => {
  for (let seed = 0; seed < 4; seed++) {
    const rng = Rng.seeded('sources').fork(seed);
    const table = randomTable(rng.fork('table'), V);
    const factors = [0.5, 1.5];
    const model = lookingModel(table, factors, [
      [1, 1, 0],
      [1, 1, 1],
    ]);
    const options = { prompts: [[1], [2, 3]], maximumTokens: 3, stop: [0], lengthPenalty: average(), noRepeatNgram: 2 };
    const rows = await beamSearch({ ...options, model, beamWidth: 64, count: 10, patience: Number.POSITIVE_INFINITY });
    for (const [row, factor] of factors.entries()) {
      const own = table.map((logits) => logits.map((z) => z * factor));
      expect(shown(rows[row] as Hypothesis[])).toEqual(shown(exhaustive(own, row, options).slice(0, 10)));
    }
    tree.dispose(model.context);
  }
});

it('stops early only where nothing can change', async () => {
  for (let seed = 0; seed < 60; seed++) {
    const rng = Rng.seeded('bound').fork(seed);
    const model = inSessions(randomTable(rng.fork('table'), V, 2));
    const lengthPenalty = [undefined, gnmt(1), average(0.7), average(-0.5), (n: number) => (n === 5 ? 3 : 1)][seed % 5];
    const options = {
      ...{ model, prompts: [[1]], maximumTokens: 9, stop: [0], beamWidth: 3, count: 1 + (seed % 3), lengthPenalty },
      patience: seed % 2 === 0 ? Number.POSITIVE_INFINITY : 2,
    };
    // With a processor there is no bound.
    const [quick, slow] = [await beamSearch(options), await beamSearch({ ...options, processors: [(z) => z.slice()] })];
    expect(shown(quick[0] as Hypothesis[])).toEqual(shown(slow[0] as Hypothesis[]));
  }
});

it('is the same with the highest logits as with all', async () => {
  for (let seed = 0; seed < 60; seed++) {
    const rng = Rng.seeded('highest').fork(seed);
    const table = randomTable(rng.fork('table'), 12);
    const options: Options = {
      ...{ prompts: [[1], [2, 5]], maximumTokens: 7, stop: [0, 3], noRepeatNgram: 2, banned: [[4], [1, 2]] },
      ...(seed % 2 === 0 ? { groups: 3, minimumTokens: 2, count: 3 } : { count: 6 }),
    };
    const [few, all] = [inSessions(table), { ...inSessions(table), open: undefined }];
    const search = (model: typeof few | typeof all) =>
      beamSearch({ ...options, beamWidth: 6, model: model.open === undefined ? tableModel(table) : model });
    expect((await search(few)).map(shown)).toEqual((await search(all)).map(shown));
    if (seed === 20) break;
  }
});
