import { pick, pickSome, type Tell } from './teller.ts';
import { name, PEOPLE, PLACES } from './words.ts';

const TIMES = ['yesterday', 'this morning', 'this afternoon', 'this evening'];
const GO = ['went to', 'walked to', 'cycled to'];

/** Where was Mira before the garden? Events are told in random order, with their times. */
export const timeReasoning: Tell = (rng, { say, ask }) => {
  const people = pickSome(rng, PEOPLE, 2);
  const visits = people.flatMap((person) => {
    const places = pickSome(rng, PLACES, TIMES.length);
    return TIMES.map((time, at) => ({ person, time, at, place: places[at] as string, line: 0 }));
  });
  const told: typeof visits = [];
  const open = pickSome(rng, visits, visits.length);
  for (let asked = 0; open.length > 0 || asked < 3; ) {
    for (const visit of open.splice(0, 2)) {
      const { person, time, place } = visit;
      const when = `${time.charAt(0).toUpperCase()}${time.slice(1)}`;
      const [who, way] = [name(person), pick(rng, GO)];
      const sentence = pick(rng, [`${when} ${who} ${way} the ${place}.`, `${who} ${way} the ${place} ${time}.`]);
      told.push({ ...visit, line: say(sentence) });
    }
    // Only where both are in the story: the place directly before another.
    const pairs = told.flatMap((later) => {
      const before = told.find(({ person, at }) => person === later.person && at === later.at - 1);
      return before === undefined ? [] : [{ later, before }];
    });
    if (pairs.length === 0) continue;
    const { later, before } = pick(rng, pairs);
    ask(`Where was ${name(later.person)} before the ${later.place}?`, before.place, [before.line, later.line]);
    asked++;
  }
};
