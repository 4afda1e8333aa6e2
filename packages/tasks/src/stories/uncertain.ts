import { chance, pick, pickSome, type Tell } from './teller.ts';
import { goes, name, PEOPLE, PLACES } from './words.ts';

/** Is Mira in the garden? She is no longer there. */
export const negation: Tell = (rng, { say, ask }) => {
  const known = new Map<string, { readonly place: string; readonly isThere: boolean; readonly line: number }>();
  for (let question = 0; question < 5; question++) {
    for (let i = 0; i < 2; i++) {
      const person = pick(rng, PEOPLE);
      const before = known.get(person);
      if (before?.isThere === true && chance(rng, 0.4)) {
        const { place } = before;
        known.set(person, { place, isThere: false, line: say(`${name(person)} is no longer in the ${place}.`) });
      } else {
        const place = pick(
          rng,
          PLACES.filter((one) => one !== before?.place),
        );
        const sentence = chance(rng, 0.5) ? `${name(person)} is in the ${place}.` : goes(rng, name(person), place);
        known.set(person, { place, isThere: true, line: say(sentence) });
      }
    }
    const [person, { place, isThere, line }] = pick(rng, [...known]);
    const isAsked = !isThere || chance(rng, 0.65);
    const other = pick(
      rng,
      PLACES.filter((one) => one !== place),
    );
    ask(`Is ${name(person)} in the ${isAsked ? place : other}?`, isThere && isAsked ? 'yes' : 'no', [line]);
  }
};

/** Is Mira in the garden? Maybe: she is in the garden or in the library. */
export const indefinite: Tell = (rng, { say, ask }) => {
  const known = new Map<string, { readonly places: readonly string[]; readonly line: number }>();
  for (let question = 0; question < 5; question++) {
    for (let i = 0; i < 2; i++) {
      const person = pick(rng, PEOPLE);
      const places = pickSome(rng, PLACES, chance(rng, 0.5) ? 2 : 1);
      const [first, second] = places as [string, string | undefined];
      const where = second === undefined ? `in the ${first}` : `either in the ${first} or in the ${second}`;
      known.set(person, { places, line: say(`${name(person)} is ${where}.`) });
    }
    const [person, { places, line }] = pick(rng, [...known]);
    const isAsked = chance(rng, 0.65);
    const place = isAsked
      ? pick(rng, places)
      : pick(
          rng,
          PLACES.filter((one) => !places.includes(one)),
        );
    ask(`Is ${name(person)} in the ${place}?`, isAsked ? (places.length > 1 ? 'maybe' : 'yes') : 'no', [line]);
  }
};
