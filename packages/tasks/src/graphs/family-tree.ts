import { DataError, type Rng, type Task } from '@elman/core';
import { defineTask } from '../define-task.ts';
import { uniform } from '../score.ts';
import { ids } from '../scoring.ts';
import { follow, type Person, randomFamily, type Step } from './family.ts';
import { expectBetween, nodeNames, type Triple, tripleExample, tripleNames, tripleWidth } from './triples.ts';

/** Options of the families. */
export type FamilyTreeOptions = {
  /** Number of names, from which each family draws; at least 12, default 16. */
  readonly labels?: number | undefined;
};

/** Paths from a person to a relative, of 1 to 4 steps; a sibling is two steps, over the mother. */
const RELATIONS: { readonly [relation: string]: readonly Step[] } = {
  mother: ['mother'],
  father: ['father'],
  son: ['son'],
  daughter: ['daughter'],
  sibling: ['sibling'],
  maternalGrandmother: ['mother', 'mother'],
  maternalGrandfather: ['mother', 'father'],
  paternalGrandmother: ['father', 'mother'],
  paternalGrandfather: ['father', 'father'],
  maternalUncle: ['mother', 'sibling'],
  paternalAunt: ['father', 'sibling'],
  nephew: ['sibling', 'son'],
  niece: ['sibling', 'daughter'],
  maternalCousin: ['mother', 'sibling', 'son'],
  paternalCousin: ['father', 'sibling', 'daughter'],
  maternalGreatUncle: ['mother', 'mother', 'sibling'],
  paternalGreatAunt: ['father', 'father', 'sibling'],
};

const NAMES = Object.keys(RELATIONS);
const lengthOf = (steps: readonly Step[]): number => steps.reduce((sum, step) => sum + (step === 'sibling' ? 2 : 1), 0);
/** The smallest family with a relation of this many steps. */
const PEOPLE = [4, 4, 7, 10];

/**
 * Relations (grandmother, niece, great-uncle) in a family that is given by its mothers, fathers, sons and daughters alone; the family
 * differs from row to row.
 *
 *   inputs    (3 mother 7) (3 father 1) (7 daughter 3) (1 daughter 3) (7 mother 5) …  ?(3 maternalGrandmother)   !
 *   target                                                                                       5
 *
 * Couples have a son and a daughter, or no children; each child is given by its mother, its father, and its relation to
 * either. A frame has a channel for each source, relation and destination, one for ? and one for !. `length` is the
 * number of steps from parent to child or back that a relation takes, 1 to 4, `people` the least number of people:
 * children come in pairs, and four steps need ten people.
 *
 * Baseline: people have random names: ln 16 nats, 1/16.
 * @throws {OptionError} if there are fewer than 12 names.
 * @see Graves et al. 2016, Hybrid computing using a neural network with dynamic external memory: family tree
 */
export function familyTree({ labels = 16 }: FamilyTreeOptions = {}): Task {
  const name = 'familyTree';
  expectBetween(name, 'labels', labels, [12, 1000]);
  const sizes = { labels, edges: NAMES.length };
  return defineTask({
    name,
    recipe: { package: '@elman/tasks', factory: name, arguments: [{ labels }] },
    inputSize: tripleWidth(sizes),
    outputSize: labels,
    easiest: { length: 1, people: 4 },
    hardest: { length: PEOPLE.length, people: labels - 1 },
    symbols: { inputs: tripleNames(sizes, (edge) => NAMES[edge] as string), targets: nodeNames(labels) },
    scoring: ids,
    example(rng, { length, people = 4 }) {
      const { family, question } = familyWith(rng, length, people);
      const named = rng.permutation(labels);
      const triples = toldOf(family).map(([source, relation, destination]) => ({
        source: named[source],
        edge: NAMES.indexOf(relation),
        destination: named[destination],
      }));
      const shown = [...rng.permutation(triples.length)].map((i) => triples[i] as Triple);
      const [person, relation, relative] = question;
      const asked = [{ source: named[person], edge: NAMES.indexOf(relation) }];
      return tripleExample(sizes, shown, asked, [named[relative] as number]);
    },
    baseline: () => uniform(labels),
  });
}

type Related = readonly [person: number, relation: string, relative: number];

/** The parent and child relations of a family, as triples. */
function toldOf(family: readonly Person[]): Related[] {
  return family.flatMap(({ isWoman, mother, father }, child): Related[] => {
    if (mother === undefined || father === undefined) return [];
    return [
      [child, 'mother', mother],
      [child, 'father', father],
      [mother, isWoman ? 'daughter' : 'son', child],
      [father, isWoman ? 'daughter' : 'son', child],
    ];
  });
}

/** A family that contains a relation of this many steps. */
function familyWith(rng: Rng, length: number, people: number): { family: Person[]; question: Related } {
  const relations = NAMES.filter((relation) => lengthOf(RELATIONS[relation] as Step[]) === length);
  for (let tries = 0; tries < 1000; tries++) {
    const family = randomFamily(rng, Math.max(people, PEOPLE[length - 1] as number));
    const relation = relations[rng.integer(relations.length)] as string;
    const pairs = family.flatMap((_, person): Related[] => {
      const relative = follow(family, person, RELATIONS[relation] as Step[]);
      return relative === undefined ? [] : [[person, relation, relative]];
    });
    if (pairs.length > 0) return { family, question: pairs[rng.integer(pairs.length)] as Related };
  }
  throw new DataError(`familyTree: expected a family with a relation of ${length} steps, got none in 1,000.`);
}
