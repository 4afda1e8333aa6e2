/**
 * Answers questions about stories from their sentences alone, independently of the generators. What
 * cannot be known is undefined.
 */
type Groups = { readonly [name: string]: string };
type Fact = Groups & { readonly kind: string };

const TIMES = ['yesterday', 'this morning', 'this afternoon', 'this evening'];
const WHEN = `(?:${TIMES.join('|')})`;
const SENTENCES: { readonly [kind: string]: RegExp } = {
  go: new RegExp(
    `^(?:(?:then|afterwards|later|after that) |(?<before>${WHEN}) )?(?<who>\\w+(?: and \\w+)?) (?:walked|went|hurried|cycled) to the (?<place>\\w+)(?: (?<after>${WHEN}))?$`,
  ),
  take: /^(?<who>\w+) (?:took|picked up|grabbed) the (?<object>\w+)$/,
  drop: /^(?<who>\w+) (?:put down|dropped|left) the (?<object>\w+)$/,
  give: /^(?<who>\w+) (?:gave|handed|passed) the (?<object>\w+) to (?<receiver>\w+)$/,
  is: /^(?<who>\w+) is in the (?<place>\w+)$/,
  isNot: /^(?<who>\w+) is no longer in the (?<place>\w+)$/,
  either: /^(?<who>\w+) is either in the (?<place>\w+) or in the (?<other>\w+)$/,
  lies: /^the (?<a>\w+) is (?<way>north|south|east|west) of the (?<b>\w+)$/,
  stands: /^the (?<a>\w+ \w+) is (?<side>left of|right of|above|below) the (?<b>\w+ \w+)$/,
  fits: /^the (?<small>\w+) fits inside the (?<large>\w+)$/,
  bigger: /^the (?<large>\w+) is bigger than the (?<small>\w+)$/,
  fear: /^(?<species>\w+) are afraid of (?<feared>\w+)$/,
  species: /^(?<who>\w+) is an? (?<species>\w+)$/,
  quality: /^(?<who>\w+) is (?<quality>\w+)$/,
};
const STEPS: { readonly [way: string]: readonly [number, number] } = {
  north: [0, 1],
  south: [0, -1],
  east: [1, 0],
  west: [-1, 0],
  above: [0, 1],
  below: [0, -1],
  'right of': [1, 0],
  'left of': [-1, 0],
};
const PLACE_OF: { readonly [feeling: string]: string } = {
  hungry: 'bakery',
  thirsty: 'well',
  tired: 'bedroom',
  bored: 'garden',
};
const THING_OF: { readonly [feeling: string]: string } = {
  hungry: 'bread',
  thirsty: 'jug',
  tired: 'pillow',
  bored: 'ball',
};

function factsOf(sentences: readonly string[]): Fact[] {
  return sentences.map((sentence) => {
    const text = sentence.replace(/\.$/, '').toLowerCase();
    for (const [kind, pattern] of Object.entries(SENTENCES)) {
      const found = pattern.exec(text);
      if (found !== null) return { ...found.groups, kind };
    }
    throw new Error(`the evaluator cannot read "${sentence}"`);
  });
}

/** The state of people and objects after a story. */
function simulate(facts: readonly Fact[]) {
  const at = new Map<string, { places: string[]; isNot: boolean }>();
  const held = new Map<string, string[]>();
  const seen = new Map<string, string[]>();
  const visits: { who: string; place: string; time: string }[] = [];
  let last: string[] = [];
  const see = (object: string, place: string | undefined) => {
    const places = seen.get(object) ?? [];
    if (place !== undefined && places.at(-1) !== place) seen.set(object, [...places, place]);
  };
  const placeOf = (who: string) => at.get(who)?.places[0];
  const lose = (who: string, object: string) =>
    held.set(
      who,
      (held.get(who) ?? []).filter((one) => one !== object),
    );
  const gain = (who: string, object: string) => {
    held.set(who, [...(held.get(who) ?? []), object]);
    see(object, placeOf(who));
  };
  for (const { kind, who = '', place = '', object = '', ...more } of facts) {
    if (kind === 'go') {
      const people = ['he', 'she', 'they'].includes(who) ? last : who.split(' and ');
      last = people;
      for (const person of people) {
        at.set(person, { places: [place], isNot: false });
        for (const thing of held.get(person) ?? []) see(thing, place);
        visits.push({ who: person, place, time: more.before ?? more.after ?? '' });
      }
    }
    if (kind === 'is') at.set(who, { places: [place], isNot: false });
    if (kind === 'isNot') at.set(who, { places: [place], isNot: true });
    if (kind === 'either') at.set(who, { places: [place, more.other as string], isNot: false });
    if (kind === 'take') gain(who, object);
    if (kind === 'drop' || kind === 'give') lose(who, object);
    if (kind === 'drop') see(object, placeOf(who));
    if (kind === 'give') gain(more.receiver as string, object);
  }
  return { at, held, seen, visits, placeOf };
}

/** Coordinates of the places that are connected with `from`. */
function mapFrom(from: string, facts: readonly Fact[]): Map<string, readonly [number, number]> {
  const found = new Map<string, readonly [number, number]>([[from, [0, 0]]]);
  for (let i = 0; i < facts.length; i++) {
    for (const { a = '', b = '', way, side } of facts) {
      const [right, up] = STEPS[(way ?? side) as string] ?? [0, 0];
      const [ofA, ofB] = [found.get(a), found.get(b)];
      if (ofA === undefined && ofB !== undefined) found.set(a, [ofB[0] + right, ofB[1] + up]);
      if (ofB === undefined && ofA !== undefined) found.set(b, [ofA[0] - right, ofA[1] - up]);
    }
  }
  return found;
}

function fitsInside(small: string, large: string, facts: readonly Fact[]): boolean {
  const larger = facts.filter((fact) => fact.small === small).map((fact) => fact.large as string);
  return larger.some((one) => one === large || fitsInside(one, large, facts));
}

/** The directions from one place to another in the story, if there are two. */
function route(from: string, to: string, facts: readonly Fact[]): string | undefined {
  const ways = facts.filter(({ kind }) => kind === 'lies');
  const near = (place: string) =>
    Object.entries(STEPS)
      .slice(0, 4)
      .flatMap(([way, [right, up]]) =>
        ways.flatMap(({ a, b, way: told }) => {
          const [x, y] = STEPS[told as string] as readonly [number, number];
          if (b === place && x === right && y === up) return [{ way, to: a as string }];
          return a === place && x === -right && y === -up ? [{ way, to: b as string }] : [];
        }),
      );
  const found = near(from).flatMap((first) =>
    near(first.to).flatMap((second) => (second.to === to ? [`${first.way},${second.way}`] : [])),
  );
  return found.length === 1 ? found[0] : undefined;
}

type Known = ReturnType<typeof simulate> & { readonly facts: readonly Fact[] };

const yes = (is: boolean | undefined): string | undefined => (is === undefined ? undefined : is ? 'yes' : 'no');

const QUESTIONS: readonly (readonly [RegExp, (groups: Groups, known: Known) => string | undefined])[] = [
  [/^where is the (?<object>\w+)$/, ({ object = '' }, { seen }) => seen.get(object)?.at(-1)],
  [/^where is (?<who>\w+)$/, ({ who = '' }, { placeOf }) => placeOf(who)],
  [
    /^where was the (?<object>\w+) before the (?<place>\w+)$/,
    ({ object = '', place = '' }, { seen }) => {
      const places = seen.get(object) ?? [];
      return places[places.lastIndexOf(place) - 1];
    },
  ],
  [
    /^where was (?<who>\w+) before the (?<place>\w+)$/,
    ({ who, place }, { visits }) => {
      const own = visits.filter((visit) => visit.who === who);
      const then = TIMES.indexOf(own.find((visit) => visit.place === place)?.time ?? '');
      return own.find(({ time }) => time === TIMES[then - 1])?.place;
    },
  ],
  [
    /^is (?<who>\w+) in the (?<place>\w+)$/,
    ({ who = '', place = '' }, { at }) => {
      const { places = [], isNot = false } = at.get(who) ?? {};
      if (places.length > 1) return places.includes(place) ? 'maybe' : 'no';
      return places.length === 0 ? undefined : yes(!isNot && places[0] === place);
    },
  ],
  [
    /^how many things is (?<who>\w+) carrying$/,
    ({ who = '' }, { held }) => ['none', 'one', 'two', 'three'][held.get(who)?.length ?? 0],
  ],
  [/^what is (?<who>\w+) carrying$/, ({ who = '' }, { held }) => held.get(who)?.join(',') || 'nothing'],
  [/^who gave the (?<object>\w+) to (?<receiver>\w+)$/, (asked, known) => lastGift(asked, known)?.who],
  [/^what did (?<who>\w+) give to (?<receiver>\w+)$/, (asked, known) => lastGift(asked, known)?.object],
  [/^to whom did (?<who>\w+) give the (?<object>\w+)$/, (asked, known) => lastGift(asked, known)?.receiver],
  [/^who gave the (?<object>\w+)$/, (asked, known) => lastGift(asked, known)?.who],
  [/^who received the (?<object>\w+)$/, (asked, known) => lastGift(asked, known)?.receiver],
  [
    /^what is (?<way>north|south|east|west) of the (?<b>\w+)$/,
    ({ way, b }, { facts }) => facts.find((fact) => fact.way === way && fact.b === b)?.a,
  ],
  [
    /^what is the (?<a>\w+) (?<way>north|south|east|west) of$/,
    ({ way, a }, { facts }) => facts.find((fact) => fact.way === way && fact.a === a)?.b,
  ],
  [
    /^what is (?<who>\w+) afraid of$/,
    ({ who }, { facts }) => {
      const species = facts.find((fact) => fact.who === who)?.species;
      return facts.find(({ kind, species: many }) => kind === 'fear' && many?.startsWith(species ?? '?'))?.feared;
    },
  ],
  [
    /^what colour is (?<who>\w+)$/,
    ({ who }, { facts }) => {
      const species = facts.find((fact) => fact.who === who && fact.kind === 'species')?.species;
      const others = facts.filter((fact) => fact.species === species && fact.who !== who);
      return facts.find((fact) => fact.kind === 'quality' && others.some((other) => other.who === fact.who))?.quality;
    },
  ],
  [
    /^is the (?<a>\w+ \w+) (?<side>left of|right of|above|below) the (?<b>\w+ \w+)$/,
    ({ a = '', b = '', side = '' }, { facts }) => {
      const [x, y] = mapFrom(b, facts).get(a) ?? [0, 0];
      const [right, up] = STEPS[side] as readonly [number, number];
      const along = x * right + y * up;
      return along === 0 ? undefined : yes(along > 0);
    },
  ],
  [
    /^does the (?<small>\w+) fit inside the (?<large>\w+)$/,
    ({ small = '', large = '' }, { facts }) => compare(small, large, facts),
  ],
  [
    /^is the (?<large>\w+) bigger than the (?<small>\w+)$/,
    ({ small = '', large = '' }, { facts }) => compare(small, large, facts),
  ],
  [
    /^how does one get from the (?<from>\w+) to the (?<to>\w+)$/,
    ({ from = '', to = '' }, { facts }) => route(from, to, facts),
  ],
  [/^where will (?<who>\w+) go$/, ({ who }, { facts }) => PLACE_OF[feelingOf(who, facts) ?? '']],
  [
    /^why did (?<who>\w+) go to the (?<place>\w+)$/,
    ({ who, place }, { facts }) => because(feelingOf(who, facts), PLACE_OF, place),
  ],
  [
    /^why did (?<who>\w+) take the (?<object>\w+)$/,
    ({ who, object }, { facts }) => because(feelingOf(who, facts), THING_OF, object),
  ],
];

const lastGift = (asked: Groups, { facts }: Known): Fact | undefined =>
  facts.findLast((fact) => fact.kind === 'give' && Object.entries(asked).every(([part, name]) => fact[part] === name));

const feelingOf = (who: string | undefined, facts: readonly Fact[]): string | undefined =>
  facts.find((fact) => fact.kind === 'quality' && fact.who === who)?.quality;

const because = (feeling = '', leadsTo: Groups, what = '?'): string | undefined =>
  leadsTo[feeling] === what ? feeling : undefined;

function compare(small: string, large: string, facts: readonly Fact[]): string | undefined {
  if (fitsInside(small, large, facts)) return 'yes';
  return fitsInside(large, small, facts) ? 'no' : undefined;
}

/** The answer, several with commas between them, or undefined where the sentences do not say. */
export function evaluateStory(sentences: readonly string[], question: string): string | undefined {
  const facts = factsOf(sentences);
  const asked = question.replace(/\?$/, '').toLowerCase();
  for (const [pattern, answer] of QUESTIONS) {
    const found = pattern.exec(asked);
    if (found !== null) return answer({ ...found.groups }, { ...simulate(facts), facts });
  }
  throw new Error(`the evaluator cannot read "${question}"`);
}
