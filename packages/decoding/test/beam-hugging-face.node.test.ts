import { describe, expect, it } from 'vitest';
import plain from '../fixtures/beam.json' with { type: 'json' };
import groups from '../fixtures/beam-groups.json' with { type: 'json' };
import { average, beamSearch, type Hypothesis, score } from '../src/index.ts';
import { inSessions, type Last, tableModel } from './table-model.ts';

type Case = {
  readonly options: {
    readonly beamWidth?: number;
    readonly count?: number;
    readonly maximumTokens?: number;
    readonly lengthPenalty?: number;
    readonly patience?: string;
    readonly stop?: number[];
  };
  readonly prompt: number[];
  readonly hypotheses: { readonly ids: number[]; readonly end: number | null; readonly score: number }[];
};

const search = (table: number[][], { options, prompt }: Case, maximumTokens: number, open = tableModel) =>
  beamSearch<Last>({
    beamWidth: 3,
    maximumTokens,
    stop: [5],
    ...options,
    model: open(table),
    prompts: [prompt],
    lengthPenalty: average(options.lengthPenalty ?? 0),
    patience: options.patience === undefined ? 1 : Number.POSITIVE_INFINITY,
  }).then(([hypotheses]) => hypotheses as Hypothesis[]);

const what = ({ ids, end }: { readonly ids: readonly number[]; readonly end?: number | null | undefined }) =>
  `${ids}${end == null ? '' : ` then ${end}`}`;

describe('equals Hugging Face', () => {
  const cases = plain.cases.map((one) => [JSON.stringify(one.options), one] as const);
  it.each(cases)('%s', async (_, one) => {
    for (const open of [tableModel, inSessions]) {
      const found = await search(plain.tables[one.table] as number[][], one as Case, 8, open);
      expect(found.map(what)).toEqual(one.hypotheses.map(what));
      for (const [i, { score }] of one.hypotheses.entries()) {
        expect(Math.abs((found[i] as Hypothesis).score - score)).toBeLessThan(1e-4);
      }
    }
  });

  // Their scores include the penalties, ours do not, and their results have duplicates of groups. So where a group finds more than
  // it can keep, ours keeps the more likely.
  it('in groups', async () => {
    const diverse = groups.cases.filter(({ options }) => options.groups !== undefined);
    let equal = 0;
    for (const one of diverse) {
      const table = groups.tables[one.table] as number[][];
      const { beamWidth: count, lengthPenalty } = one.options;
      const options = { ...one.options, count };
      const found = await search(table, { ...one, options } as Case, groups.maximumTokens);
      expect(found).toEqual(found.toSorted((a, b) => b.score - a.score));
      const theirs = [...new Map(one.hypotheses.map((their) => [what(their), their])).values()];
      const [ours, names] = [found.map(what), theirs.map(what)];
      const missing = theirs.filter((their) => !ours.includes(what(their)));
      if (missing.length === 0 && ours.length === names.length) equal++;
      const scores = await score({
        model: tableModel(table),
        prompts: missing.map(() => one.prompt),
        continuations: missing.map(({ ids, end }) => (end === null ? ids : [...ids, end])),
      });
      const instead = found.filter((hypothesis) => !names.includes(what(hypothesis)));
      for (const [i, { ids, end }] of missing.entries()) {
        const own = (scores[i] as number) / average(lengthPenalty)(ids.length + (end === null ? 0 : 1));
        for (const { score: better } of instead) expect(better).toBeGreaterThan(own);
      }
    }
    expect([diverse.length, equal]).toEqual([20, 17]);
  });

  // Theirs reserves no tokens for required sequences, and ends by ranks among all banks: narrow beams may differ.
  it('with constraints', async () => {
    const constrained = groups.cases.filter(({ options }) => options.required !== undefined);
    let equal = 0;
    for (const one of constrained) {
      const table = groups.tables[one.table] as number[][];
      const [best] = (await search(table, one as Case, groups.maximumTokens)) as [Hypothesis];
      const [theirs] = one.hypotheses as [Case['hypotheses'][number]];
      if (what(best) === what(theirs)) equal++;
      expect(best.score).toBeGreaterThan(theirs.score - 0.01);
    }
    expect([constrained.length, equal]).toEqual([24, 18]);
  });
});
