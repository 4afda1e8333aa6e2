import type { Rng } from '@elman/core';
import { move } from './facts.ts';
import { give, take } from './relations.ts';
import { chance, pick, type Tell, type Teller } from './teller.ts';
import { drops, name, PEOPLE, PLACES } from './words.ts';
import { World } from './world.ts';

/** Is Mira in the garden? */
export const yesNo: Tell = (rng, teller) => {
  const world = new World();
  for (let question = 0; question < 5; question++) {
    for (let i = 0; i < 2; i++) move(rng, world, teller, pick(rng, PEOPLE));
    const [person, { place, line }] = pick(rng, [...world.people]);
    const isThere = chance(rng, 0.5);
    const others = PLACES.filter((one) => one !== place);
    teller.ask(`Is ${name(person)} in the ${isThere ? place : pick(rng, others)}?`, isThere ? 'yes' : 'no', [line]);
  }
};

const NUMBERS = ['none', 'one', 'two', 'three'];

/** How many things is Mira carrying? */
export const counting: Tell = (rng, teller) =>
  carry(rng, teller, (person) => ({
    question: `How many things is ${name(person)} carrying?`,
    answer: (held) => NUMBERS[held.length] ?? `${held.length}`,
  }));

/** What is Mira carrying? What was taken first is named first. */
export const lists: Tell = (rng, teller) =>
  carry(rng, teller, (person) => ({
    question: `What is ${name(person)} carrying?`,
    answer: (held) => (held.length === 0 ? 'nothing' : held),
  }));

type Asked = { readonly question: string; readonly answer: (held: readonly string[]) => string | readonly string[] };

/** Objects are taken, left and given, mostly by one person; the question is what a person has. */
function carry(rng: Rng, teller: Teller, ask: (person: string) => Asked): void {
  const world = new World();
  const busy = pick(rng, PEOPLE);
  for (let asked = 0; asked < 5; ) {
    for (let i = 0; i < 2; i++) {
      const person = chance(rng, 0.7) ? busy : pick(rng, PEOPLE);
      const kind = rng.uniform();
      const held = world.heldBy(person);
      if (kind < 0.5 && take(rng, world, teller, person)) continue;
      if (kind < 0.7 && held.length > 0) {
        const object = pick(rng, held);
        world.drop(object, teller.say(drops(rng, name(person), object)));
      } else if (kind > 0.8 || give(rng, world, teller, person) === undefined) move(rng, world, teller, person);
    }
    const people = world.handlers;
    if (people.length === 0) continue;
    // Questions are balanced over the number of objects, since people mostly have one.
    const counts = [...new Set(people.map((one) => world.heldBy(one).length))];
    const count = pick(rng, counts);
    if (count === 1 && chance(rng, 0.5)) continue;
    const person = pick(
      rng,
      people.filter((one) => world.heldBy(one).length === count),
    );
    const { question, answer } = ask(person);
    teller.ask(question, answer(world.heldBy(person)), world.handledBy(person));
    asked++;
  }
}
