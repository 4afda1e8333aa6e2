import { pick, pickSome, type Tell } from './teller.ts';
import { goes, name, PEOPLE, takes } from './words.ts';

/** What people feel, where they go then, and what they take there. */
const MOTIVES = [
  { feeling: 'hungry', place: 'bakery', object: 'bread' },
  { feeling: 'thirsty', place: 'well', object: 'jug' },
  { feeling: 'tired', place: 'bedroom', object: 'pillow' },
  { feeling: 'bored', place: 'garden', object: 'ball' },
];

/** Where will Mira go? Why did she go there? She is hungry. */
export const motives: Tell = (rng, { say, ask }) => {
  const feelings = pickSome(rng, MOTIVES, MOTIVES.length);
  const people = pickSome(rng, PEOPLE, 3).map((person, i) => {
    const motive = feelings[i] as (typeof MOTIVES)[number];
    return { who: name(person), ...motive, line: 0, step: 0 };
  });
  for (;;) {
    const open = people.filter(({ step }) => step < 3);
    if (open.length === 0) return;
    const one = pick(rng, open);
    const { who, feeling, place, object, line } = one;
    if (one.step === 0) {
      one.line = say(`${who} is ${feeling}.`);
      ask(`Where will ${who} go?`, place, [one.line]);
    } else if (one.step === 1) {
      say(goes(rng, who, place));
      ask(`Why did ${who} go to the ${place}?`, feeling, [line]);
    } else {
      say(takes(rng, who, object));
      ask(`Why did ${who} take the ${object}?`, feeling, [line]);
    }
    one.step++;
  }
};
