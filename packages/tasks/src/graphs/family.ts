import type { Rng } from '@elman/core';

/** From a person to their relatives of one kind. */
export type Step = 'mother' | 'father' | 'son' | 'daughter' | 'sibling';

/** A person: sex, and parents, spouse and children as indices into the family. */
export type Person = {
  readonly isWoman: boolean;
  readonly mother?: number | undefined;
  readonly father?: number | undefined;
  spouse?: number | undefined;
  readonly children: number[];
};

/**
 * A random family, grown from one couple to the given size: either a couple gets a son and a daughter, or a member
 * marries someone from outside. It may have one person more, as children come in pairs.
 */
export function randomFamily(rng: Rng, people: number): Person[] {
  const family: Person[] = [
    { isWoman: true, spouse: 1, children: [] },
    { isWoman: false, spouse: 0, children: [] },
  ];
  while (family.length < people) {
    const wives = family.flatMap(({ isWoman, spouse, children }, i) =>
      isWoman && spouse !== undefined && children.length === 0 ? [i] : [],
    );
    const singles = family.flatMap(({ spouse }, i) => (spouse === undefined ? [i] : []));
    const chosen = rng.integer(wives.length + singles.length);
    if (chosen < wives.length) addChildren(family, wives[chosen] as number);
    else marry(family, singles[chosen - wives.length] as number);
  }
  return family;
}

function addChildren(family: Person[], mother: number): void {
  const father = (family[mother] as Person).spouse as number;
  for (const isWoman of [true, false]) {
    for (const parent of [mother, father]) (family[parent] as Person).children.push(family.length);
    family.push({ isWoman, mother, father, children: [] });
  }
}

function marry(family: Person[], single: number): void {
  const person = family[single] as Person;
  person.spouse = family.length;
  family.push({ isWoman: !person.isWoman, spouse: single, children: [] });
}

/** The relative at the end of a path from a person; undefined if there is none. */
export function follow(family: readonly Person[], from: number, steps: readonly Step[]): number | undefined {
  let at: number | undefined = from;
  for (const step of steps) {
    if (at === undefined) return undefined;
    at = next(family, at, step);
  }
  return at;
}

function next(family: readonly Person[], at: number, step: Step): number | undefined {
  const { mother, father, children } = family[at] as Person;
  if (step === 'mother') return mother;
  if (step === 'father') return father;
  if (step === 'sibling') return (family[mother ?? -1]?.children ?? []).find((child) => child !== at);
  return children.find((child) => (family[child] as Person).isWoman === (step === 'daughter'));
}
