import { expect, it } from 'vitest';
import { type Hypothesis, traceBeamSearch, treeText } from '../src/index.ts';
import { lattice, letters, searchLattice } from './lattice.ts';

it('greedy is suboptimal over three letters, a beam of two is not', async () => {
  const [greedy] = await searchLattice(1);
  const [best] = await searchLattice(2);
  expect(greedy?.word).toBe('RGB');
  expect(Math.exp((greedy as { hypothesis: Hypothesis }).hypothesis.logProbability)).toBeCloseTo(0.2, 5);
  expect(best?.word).toBe('RBG');
  expect(Math.exp((best as { hypothesis: Hypothesis }).hypothesis.logProbability)).toBeCloseTo(0.36, 5);
});

it('shows the search tree', async () => {
  const [{ tree, hypotheses }] = (await traceBeamSearch({ ...lattice, beamWidth: 2, count: 2 })) as [
    Awaited<ReturnType<typeof traceBeamSearch>>[number],
  ];
  expect(treeText(tree, (token) => letters[token] as string)).toBe(`R 1.00
  G 0.500
    B 0.200
    R 0.175 ×
    G 0.125 ×
  B 0.400
    G 0.360
    R 0.0200 ×
    B 0.0200 ×
  R 0.100 ×`);
  expect(hypotheses.length).toBe(2);
  for (const [i, { parent, step }] of tree.entries()) {
    expect(parent === undefined ? -1 : parent).toBeLessThan(i);
    if (parent !== undefined) expect(tree[parent]?.step).toBe(step - 1);
  }
});

it('shows ended hypotheses', async () => {
  const [{ tree }] = (await traceBeamSearch({ ...lattice, beamWidth: 3, stop: [2] })) as [
    Awaited<ReturnType<typeof traceBeamSearch>>[number],
  ];
  expect(treeText(tree, (token) => letters[token] as string).split('\n')).toContain('  B 0.400 ■');
});
