import { lettersOf } from '../byte-level.ts';
import { type Pattern, readPattern } from './pattern.ts';
import { makeByType, type Section } from './section.ts';
import { classOf, MARK, normalForm, SPACE } from './unicode.ts';

export interface Normalizer {
  (text: string): string;
  /** Whether the start of the result may not be the start of the text. */
  readonly movesStart?: boolean;
}

const LEADING_SPACE = new RegExp(`^${classOf(SPACE)}+`, 'v');
const TRAILING_SPACE = new RegExp(`(?<!${classOf(SPACE)})${classOf(SPACE)}+$`, 'v');
const MARKS = new RegExp(classOf(MARK), 'gv');

const makers: { readonly [type: string]: (section: Section) => Normalizer } = {
  NFC: () => normalForm('NFC'),
  NFD: () => normalForm('NFD'),
  NFKC: () => normalForm('NFKC'),
  NFKD: () => normalForm('NFKD'),
  // Letter by letter: a sigma at the end of a word becomes σ, not ς.
  Lowercase: () => (text) => text.replaceAll('Σ', 'σ').toLowerCase(),
  StripAccents: () => moving((text) => text.replace(MARKS, '')),
  Strip(section) {
    const left = section.boolean('strip_left');
    const right = section.boolean('strip_right');
    return moving((text) => {
      const stripped = left ? text.replace(LEADING_SPACE, '') : text;
      return right ? stripped.replace(TRAILING_SPACE, '') : stripped;
    });
  },
  Replace(section) {
    const pattern = readPattern(section);
    const content = section.string('content');
    return moving((text) => replace(text, pattern, content));
  },
  Prepend(section) {
    const prepend = section.string('prepend');
    return moving((text) => (text === '' ? '' : prepend + text));
  },
  ByteLevel: () => lettersOf,
  Sequence(section) {
    const normalizers = section
      .list('normalizers')
      .map((json, i) => readNormalizer(`${section.where}.normalizers[${i}]`, json));
    const all = (text: string) => normalizers.reduce((normalized, normalize) => normalize(normalized), text);
    return normalizers.some(({ movesStart }) => movesStart) ? moving(all) : all;
  },
};

/** The `normalizer` of a tokenizer.json. */
export function readNormalizer(where: string, json: unknown): Normalizer {
  return makeByType(where, json, makers);
}

/** The text with every match replaced. */
export function replace(text: string, pattern: Pattern, content: string): string {
  return pattern(text)
    .map(([start, end, isMatch]) => (isMatch ? content : text.slice(start, end)))
    .join('');
}

const moving = (normalize: (text: string) => string): Normalizer => Object.assign(normalize, { movesStart: true });
