import type { Rng } from '@elman/core';
import { chance, pick, type Tell, type Teller } from './teller.ts';
import { drops, goes, name, OBJECTS, PEOPLE, PLACES, takes } from './words.ts';
import { World } from './world.ts';

/** Moves a person to another place. */
export function move(rng: Rng, world: World, { say }: Teller, person: string): void {
  const place = pick(
    rng,
    PLACES.filter((one) => one !== world.people.get(person)?.place),
  );
  world.go(person, place, say(goes(rng, name(person), place)));
}

/** A random event: a move, or an object taken or left. */
function act(rng: Rng, world: World, teller: Teller, person: string): void {
  const free = OBJECTS.filter((object) => world.mayTake(person, object));
  const held = world.heldBy(person);
  if (free.length > 0 && chance(rng, 0.5)) {
    const object = pick(rng, free);
    world.take(person, object, teller.say(takes(rng, name(person), object)));
  } else if (held.length > 0 && chance(rng, 0.3)) {
    const object = pick(rng, held);
    world.drop(object, teller.say(drops(rng, name(person), object)));
  } else move(rng, world, teller, person);
}

/** Where is Mira? She is where she last went. */
export const oneFact: Tell = (rng, teller) => {
  const world = new World();
  for (let question = 0; question < 5; question++) {
    for (let i = 0; i < 2; i++) move(rng, world, teller, pick(rng, PEOPLE));
    const person = pick(rng, [...world.people.keys()]);
    const at = world.people.get(person);
    if (at !== undefined) teller.ask(`Where is ${name(person)}?`, at.place, [at.line]);
  }
};

/** Where is the kite? Where the one is who has it, or was who left it. */
export const twoFacts: Tell = (rng, teller) => {
  const world = new World();
  for (let asked = 0; asked < 5; ) {
    for (let i = 0; i < 3; i++) act(rng, world, teller, pick(rng, PEOPLE));
    const known = OBJECTS.filter((object) => world.placeOf(object) !== undefined);
    if (known.length === 0) continue;
    const object = pick(rng, known);
    teller.ask(`Where is the ${object}?`, world.placeOf(object) ?? '', lastFacts(world, object));
    asked++;
  }
};

/** Where was the kite before the garden? Where the one took it from who brought it there. */
export const threeFacts: Tell = (rng, teller) => {
  const world = new World();
  for (let asked = 0, tries = 0; asked < 3 && tries < 12; tries++) {
    for (let i = 0; i < 4; i++) act(rng, world, teller, pick(rng, PEOPLE));
    const brought = OBJECTS.flatMap((object) => {
      const { visits } = world.thing(object);
      return visits.flatMap(({ place, facts }, i) => {
        const before = visits[i - 1];
        const isLast = visits.every((visit, j) => j <= i || visit.place !== place);
        return before !== undefined && isLast && facts.length === 3
          ? [{ object, place, before: before.place, facts }]
          : [];
      });
    });
    if (brought.length === 0) continue;
    const { object, place, before, facts } = pick(rng, brought);
    teller.ask(`Where was the ${object} before the ${place}?`, before, facts);
    asked++;
  }
};

/** The lines from which the place of an object follows: who took or left it, and how they came there. */
function lastFacts(world: World, object: string): readonly number[] {
  const taken = world.takenAt(object);
  return [taken, world.thing(object).arrival ?? taken];
}
