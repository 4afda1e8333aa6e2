import { pick, pickSome, type Tell } from './teller.ts';
import { name } from './words.ts';

const SPECIES = ['otter', 'heron', 'badger', 'lynx'];
const PLURALS: { readonly [species: string]: string } = {
  otter: 'otters',
  heron: 'herons',
  badger: 'badgers',
  lynx: 'lynxes',
};
const ANIMALS = ['pip', 'quill', 'bruno', 'wanda', 'fitz'];
const COLOURS = ['grey', 'white', 'brown', 'black'];

/** What is Pip afraid of? Pip is an otter, and otters are afraid of herons. */
export const deduction: Tell = (rng, { say, ask }) => {
  const order = pickSome(rng, SPECIES, SPECIES.length);
  const fears = new Map(
    order.map((species) => [
      species,
      pick(
        rng,
        SPECIES.filter((one) => one !== species),
      ),
    ]),
  );
  const animals = pickSome(rng, ANIMALS, 4).map((animal, i) => ({ animal, species: order[i] as string }));
  const facts = pickSome(
    rng,
    [
      ...order.map((species) => ({
        of: species,
        sentence: `${name(PLURALS[species] as string)} are afraid of ${PLURALS[fears.get(species) as string]}.`,
      })),
      ...animals.map(({ animal, species }) => ({
        of: animal,
        sentence: `${name(animal)} is ${withArticle(species)}.`,
      })),
    ],
    8,
  );
  const lines = new Map(facts.map(({ of, sentence }) => [of, say(sentence)]));
  for (const { animal, species } of pickSome(rng, animals, 4)) {
    const answer = PLURALS[fears.get(species) as string] as string;
    ask(`What is ${name(animal)} afraid of?`, answer, [lines.get(animal) ?? 0, lines.get(species) ?? 0]);
  }
};

/** What colour is Pip? An otter, and the otter that one has seen was grey. */
export const induction: Tell = (rng, { say, ask }) => {
  const colours = pickSome(rng, COLOURS, 4);
  const species = pickSome(rng, SPECIES, 3);
  const [shown, asked] = [pickSome(rng, ANIMALS, 4), rng.integer(3)];
  const unknown = shown[3] as string;
  const facts = pickSome(
    rng,
    [
      ...species.flatMap((kind, i) => [
        { about: 'kind', of: i, sentence: `${name(shown[i] as string)} is ${withArticle(kind)}.` },
        { about: 'colour', of: i, sentence: `${name(shown[i] as string)} is ${colours[i]}.` },
      ]),
      { about: 'asked', of: asked, sentence: `${name(unknown)} is ${withArticle(species[asked] as string)}.` },
    ],
    7,
  ).map((fact) => ({ ...fact, line: say(fact.sentence) }));
  ask(
    `What colour is ${name(unknown)}?`,
    colours[asked] as string,
    facts.filter(({ of }) => of === asked).map(({ line }) => line),
  );
};

const withArticle = (noun: string): string => `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;
