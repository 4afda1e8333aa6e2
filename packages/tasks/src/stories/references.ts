import type { Rng } from '@elman/core';
import { chance, pick, pickSome, type Tell } from './teller.ts';
import { goes, MEN, name, PEOPLE, PLACES, together } from './words.ts';

const AFTER = ['Then', 'Afterwards', 'Later', 'After that'];

/** Where is Mira? Then she went to the garden: she is who was named before. */
export const coreference: Tell = (rng, teller) =>
  refer(rng, teller, { size: () => 1, again: ([who = '']) => (MEN.includes(who) ? 'he' : 'she') });

/** Where is Mira? Mira and Jonas went to the garden. */
export const conjunction: Tell = (rng, teller) => refer(rng, teller, { size: () => 2 });

/** Where is Mira? Mira and Jonas went to the garden. Then they went to the library. */
export const compoundCoreference: Tell = (rng, teller) => refer(rng, teller, { size: () => 2, again: () => 'they' });

/** People move, and then, by a pronoun where there is one, move again; the question is where a person is. */
function refer(
  rng: Rng,
  { say, ask }: Parameters<Tell>[1],
  { size, again }: { readonly size: () => number; readonly again?: (people: readonly string[]) => string },
): void {
  const known = new Map<string, { readonly place: string; readonly facts: readonly number[] }>();
  for (let question = 0; question < 5; question++) {
    const sentences = again === undefined ? 2 : 1;
    for (let i = 0; i < sentences; i++) {
      const people = pickSome(rng, PEOPLE, size());
      const [first, second] = pickSome(rng, PLACES, 2) as [string, string];
      const line = say(goes(rng, together(people), first));
      for (const person of people) known.set(person, { place: first, facts: [line] });
      if (again === undefined) continue;
      const then = say(goes(rng, `${pick(rng, AFTER)} ${again(people)}`, second));
      for (const person of people) known.set(person, { place: second, facts: [line, then] });
    }
    const [person, { place, facts }] = pick(rng, chance(rng, 0.5) ? [...known].slice(-2) : [...known]);
    ask(`Where is ${name(person)}?`, place, facts);
  }
}
