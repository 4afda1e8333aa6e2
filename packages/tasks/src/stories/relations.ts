import type { Rng } from '@elman/core';
import { move } from './facts.ts';
import { chance, pick, pickSome, type Tell, type Teller } from './teller.ts';
import { name, OBJECTS, PEOPLE, PLACES, takes } from './words.ts';
import { World } from './world.ts';

/** The directions, each followed by its opposite. */
export const DIRECTIONS: readonly string[] = ['north', 'south', 'east', 'west'];

/** What is north of the garden? What is the garden north of? The words are the same, their order is not. */
export const twoArguments: Tell = (rng, { say, ask }) => {
  const [a, b, c, d] = pickSome(rng, PLACES, 4) as [string, string, string, string];
  const way = rng.integer(4);
  const direction = DIRECTIONS[way] as string;
  const across = DIRECTIONS[((way ^ 2) & 2) | rng.integer(2)] as string;
  // Two sentences about b in random order, one in each direction, and a distractor.
  const pairs = pickSome(
    rng,
    [
      { from: a, to: b, way: direction },
      { from: b, to: c, way: direction },
      { from: d, to: pick(rng, [a, c]), way: across },
    ],
    3,
  );
  const lines = new Map(pairs.map(({ from, to, way }) => [from, say(`The ${from} is ${way} of the ${to}.`)]));
  if (chance(rng, 0.5)) ask(`What is ${direction} of the ${b}?`, a, [lines.get(a) ?? 0]);
  else ask(`What is the ${b} ${direction} of?`, c, [lines.get(b) ?? 0]);
};

type Gift = { readonly giver: string; readonly object: string; readonly receiver: string; readonly line: number };

/** Who gave the kite to Mira? What did Jonas give to Mira? To whom did Jonas give the kite? */
export const threeArguments: Tell = (rng, teller) => {
  const world = new World();
  const gifts: Gift[] = [];
  for (let asked = 0; asked < 5; ) {
    for (let i = 0; i < 2; i++) {
      const person = pick(rng, PEOPLE);
      const given = chance(rng, 0.8) ? give(rng, world, teller, person) : undefined;
      if (given !== undefined) gifts.push(given);
      else if (!take(rng, world, teller, person)) move(rng, world, teller, person);
    }
    if (gifts.length === 0) continue;
    const gift = pick(rng, gifts.slice(-3));
    const { giver, object, receiver } = gift;
    const { question, of, same } = pick(rng, [
      { question: `Who gave the ${object} to ${name(receiver)}?`, of: 'giver', same: ['object', 'receiver'] },
      { question: `What did ${name(giver)} give to ${name(receiver)}?`, of: 'object', same: ['giver', 'receiver'] },
      { question: `To whom did ${name(giver)} give the ${object}?`, of: 'receiver', same: ['giver', 'object'] },
      { question: `Who gave the ${object}?`, of: 'giver', same: ['object'] },
      { question: `Who received the ${object}?`, of: 'receiver', same: ['object'] },
    ] as const);
    // The last gift that the question fits, which may be a later one.
    const last = gifts.findLast((one) => same.every((part) => one[part] === gift[part])) as Gift;
    teller.ask(question, last[of], [last.line]);
    asked++;
  }
};

/** Takes an object without an owner, if there is one. */
export function take(rng: Rng, world: World, { say }: Teller, person: string): boolean {
  const free = OBJECTS.filter((object) => world.thing(object).holder === undefined);
  if (free.length === 0) return false;
  const object = pick(rng, free);
  world.take(person, object, say(takes(rng, name(person), object)));
  return true;
}

/** Gives an object that a person has to another. */
export function give(rng: Rng, world: World, { say }: Teller, giver: string): Gift | undefined {
  const held = world.heldBy(giver);
  if (held.length === 0) return undefined;
  const object = pick(rng, held);
  const receiver = pick(
    rng,
    PEOPLE.filter((person) => person !== giver),
  );
  const line = say(`${name(giver)} ${pick(rng, ['gave', 'handed', 'passed'])} the ${object} to ${name(receiver)}.`);
  world.give(object, receiver, line);
  return { giver, object, receiver, line };
}
