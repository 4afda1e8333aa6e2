import { type Difficulty, OptionError, Rng, type Task } from '@elman/core';
import { describe, expect, it } from 'vitest';
import { alike, familyTree, graphTraversal, shortestPath } from '../src/index.ts';

/** A frame by the names of its channels: source, destination, edge, and ? or !. */
type Said = { readonly source?: string; readonly edge?: string; readonly destination?: string; readonly mark: string };
type Row = { readonly edges: Said[]; readonly questions: Said[]; readonly answer: string[] };

/** Sampled rows: edges, then questions, then answers, and only these count. */
async function rowsOf(task: Task, difficulty: Difficulty, count = 40): Promise<Row[]> {
  const { inputs, targets, mask, inputMask } = task.sample(Rng.seeded(7), alike(count, difficulty));
  const frames = (await inputs.array()) as number[][][];
  const [ids, counts, real] = [await targets.array(), await mask?.array(), await inputMask?.array()] as number[][][];
  const { symbols } = task as Required<Task>;
  return frames.map((row, r) => {
    const said = row.filter((_, t) => real?.[r]?.[t] !== 0).map((frame) => read(frame, symbols.inputs));
    const marks = said.map(({ mark }) => mark || '.').join('');
    expect(marks).toMatch(/^\.+\?+!+$/);
    expect(counts?.[r]?.slice(0, said.length)).toEqual(said.map(({ mark }) => (mark === '!' ? 1 : 0)));
    const of = (wanted: string): Said[] => said.filter(({ mark }) => mark === wanted);
    expect(of('!').every(({ source, edge, destination }) => !source && !edge && !destination)).toBe(true);
    const answer = said.flatMap(({ mark }, t) =>
      mark === '!' ? [symbols.targets[ids?.[r]?.[t] as number] as string] : [],
    );
    return { edges: of(''), questions: of('?'), answer };
  });
}

function read(frame: readonly number[], names: readonly string[]): Said {
  const on = names.filter((_, channel) => frame[channel] === 1);
  expect(frame.every((value) => value === 0 || value === 1)).toBe(true);
  const mark = on.filter((name) => name === '?' || name === '!').join('');
  const source = on.find((name) => name.endsWith('→'))?.slice(0, -1);
  const destination = on.find((name) => name.startsWith('→'))?.slice(1);
  const edge = on.find((name) => !name.includes('→') && name !== mark);
  const said = { ...(source && { source }), ...(edge && { edge }), ...(destination && { destination }), mark };
  expect(on).toHaveLength(Object.values(said).filter((part) => part !== '').length);
  return said;
}

describe('graphTraversal', () => {
  it('has the visited nodes as the answer', async () => {
    for (const { edges, questions, answer } of await rowsOf(graphTraversal(), { length: 4, nodes: 6 })) {
      expect(edges).toHaveLength(12);
      expect(new Set(edges.map(({ source, edge }) => `${source} ${edge}`)).size).toBe(12);
      expect(questions).toHaveLength(4);
      let at = questions[0]?.source;
      expect(at).toBeDefined();
      const way = questions.map(({ edge }) => {
        at = edges.find((one) => one.source === at && one.edge === edge)?.destination;
        return at;
      });
      expect(answer).toEqual(way);
    }
  });
});

/** All shortest paths, by enumerating the paths of 1 edge, 2 edges …, until some arrive. */
function shortest(edges: readonly Said[], from: string, to: string): string[][] {
  let paths = [[from]];
  for (let length = 1; length < 20; length++) {
    paths = paths.flatMap((path) =>
      edges.filter(({ source }) => source === path.at(-1)).map(({ destination }) => [...path, destination as string]),
    );
    const arrived = paths.filter((path) => path.at(-1) === to);
    if (arrived.length > 0) return arrived;
  }
  return [];
}

describe('shortestPath', () => {
  for (const difficulty of [
    { length: 1, nodes: 2 },
    { length: 2, nodes: 6 },
    { length: 3, nodes: 9 },
    { length: 5, nodes: 3 },
  ]) {
    it(`has a unique shortest path of ${difficulty.length} edges among ${difficulty.nodes} nodes`, async () => {
      for (const { edges, questions, answer } of await rowsOf(shortestPath(), difficulty)) {
        const [{ source, destination } = {}] = questions;
        const paths = shortest(edges, source as string, destination as string);
        expect(paths).toEqual([[source, ...answer]]);
        expect(answer).toHaveLength(difficulty.length);
        expect(new Set(edges.map((edge) => `${edge.source} ${edge.destination}`)).size).toBe(edges.length);
        expect(edges.length).toBeLessThanOrEqual(2 * Math.max(difficulty.nodes, difficulty.length + 1));
        expect(edges.length).toBeGreaterThanOrEqual(difficulty.length);
      }
    });
  }
});

/** The relations of a family, defined by parents alone: a sibling is the other child of the mother. */
const MEANINGS: { readonly [relation: string]: readonly string[] } = {
  mother: ['mother'],
  father: ['father'],
  son: ['son'],
  daughter: ['daughter'],
  sibling: ['other'],
  maternalGrandmother: ['mother', 'mother'],
  maternalGrandfather: ['mother', 'father'],
  paternalGrandmother: ['father', 'mother'],
  paternalGrandfather: ['father', 'father'],
  maternalUncle: ['mother', 'mother', 'son'],
  paternalAunt: ['father', 'mother', 'daughter'],
  nephew: ['other', 'son'],
  niece: ['other', 'daughter'],
  maternalCousin: ['mother', 'mother', 'son', 'son'],
  paternalCousin: ['father', 'father', 'daughter', 'daughter'],
  maternalGreatUncle: ['mother', 'mother', 'father', 'son'],
  paternalGreatAunt: ['father', 'father', 'mother', 'daughter'],
};

function relatives(edges: readonly Said[], person: string, steps: readonly string[]): string[] {
  return steps.reduce<string[]>(
    (people, step) =>
      people.flatMap((one) => {
        const to = (from: string, name: string): string[] =>
          edges.flatMap(({ source, edge, destination }) =>
            source === from && edge === name ? [destination as string] : [],
          );
        if (step !== 'other') return to(one, step);
        return to(one, 'mother')
          .flatMap((mother) => [...to(mother, 'son'), ...to(mother, 'daughter')])
          .filter((child) => child !== one);
      }),
    [person],
  );
}

describe('familyTree', () => {
  for (const difficulty of [1, 2, 3, 4].map((length) => ({ length, people: 9 }))) {
    it(`has one relative of ${difficulty.length} steps, and gives only parents and children`, async () => {
      const asked = new Set<string>();
      for (const { edges, questions, answer } of await rowsOf(familyTree(), difficulty, 200)) {
        expect(questions).toHaveLength(1);
        const { source, edge } = questions[0] as Said;
        asked.add(edge as string);
        expect(relatives(edges, source as string, MEANINGS[edge as string] ?? [])).toEqual(answer);
        const shown = new Set(edges.map((triple) => triple.edge));
        expect([...shown].sort()).toEqual(['daughter', 'father', 'mother', 'son']);
        const people = new Set(edges.flatMap((triple) => [triple.source, triple.destination]));
        expect(people.size).toBeLessThanOrEqual(11);
      }
      expect(asked.size).toBe([4, 5, 4, 4][difficulty.length - 1]);
    });
  }
});

it('refuses invalid options', () => {
  expect(() => graphTraversal({ degree: 5 })).toThrow(
    'graphTraversal: degree: expected a whole number from 1 to 4, got 5.',
  );
  expect(() => shortestPath({ labels: 1 })).toThrow(OptionError);
  expect(() => familyTree({ labels: 11 })).toThrow(OptionError);
  expect(() => shortestPath().sample(Rng.seeded(1), [{ length: 12, nodes: 2 }])).toThrow(/length: expected/);
});
