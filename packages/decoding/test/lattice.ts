import { beamSearch } from '../src/index.ts';
import { tableModel } from './table-model.ts';

export const letters: readonly string[] = ['R', 'G', 'B'];

/** Transition probabilities of letters: the most likely first step leads to unlikely second ones. */
const probabilities = [
  [0.1, 0.5, 0.4],
  [0.35, 0.25, 0.4],
  [0.05, 0.9, 0.05],
];

/** The most likely word of three letters that begins with red. */
export const lattice = {
  model: tableModel([0, 1, 2].flatMap(() => probabilities.map((row) => row.map(Math.log)))),
  prompts: [[0]],
  maximumTokens: 2,
};

export async function searchLattice(beamWidth: number) {
  const [hypotheses = []] = await beamSearch({ ...lattice, beamWidth, count: beamWidth });
  return hypotheses.map((hypothesis) => ({
    hypothesis,
    word: [0, ...hypothesis.ids].map((id) => letters[id]).join(''),
  }));
}
