import { lettersOf, pieces } from '../byte-level.ts';
import { type Pattern, patternOf, readPattern } from './pattern.ts';
import { makeByType, type Section } from './section.ts';
import { BEHAVIORS, type Behavior, split } from './split.ts';
import { classOf, coded, NUMBER, PUNCTUATION, RUST_WORD, SPACE } from './unicode.ts';

/** Splits a text into pieces that no merge crosses. */
export interface PreTokenizer {
  /** The pieces of a text; `atStart` if it is the start of the complete text. */
  cut(text: string, atStart: boolean): string[];
  /** Maps each piece afterwards. */
  readonly write?: (piece: string) => string;
  /** Whether it depends on `atStart`. */
  readonly needsStart?: boolean;
}

const WHITESPACE = patternOf(classOf(SPACE));
const EACH_PUNCTUATION = patternOf(classOf(PUNCTUATION));
const EACH_NUMBER = patternOf(classOf(NUMBER));
const WORD_OR_SIGNS = patternOf(`${classOf(RUST_WORD)}+|[^${classOf(SPACE)}${classOf(RUST_WORD)}]+`);

const cutting = (pattern: Pattern, behavior: Behavior): PreTokenizer => ({
  cut: (text) => split(text, pattern, behavior),
});

/** Swaps matched and unmatched parts. */
const inverted =
  (pattern: Pattern): Pattern =>
  (text) =>
    pattern(text).map(([start, end, isMatch]) => [start, end, !isMatch]);

const makers: { readonly [type: string]: (section: Section) => PreTokenizer } = {
  Whitespace: () => cutting(inverted(WORD_OR_SIGNS), 'Removed'),
  WhitespaceSplit: () => cutting(WHITESPACE, 'Removed'),
  BertPreTokenizer: () => sequence([cutting(WHITESPACE, 'Removed'), cutting(EACH_PUNCTUATION, 'Isolated')]),
  Punctuation: (section) => cutting(EACH_PUNCTUATION, section.oneOf('behavior', BEHAVIORS, 'Isolated')),
  Digits: (section) => cutting(EACH_NUMBER, section.boolean('individual_digits') ? 'Isolated' : 'Contiguous'),
  CharDelimiterSplit: (section) => cutting(literally(section.character('delimiter')), 'Removed'),
  Split(section) {
    const pattern = readPattern(section);
    return cutting(section.boolean('invert') ? inverted(pattern) : pattern, section.oneOf('behavior', BEHAVIORS));
  },
  ByteLevel,
  Metaspace,
  Sequence(section) {
    const stages = section
      .list('pretokenizers')
      .map((json, i) => readPreTokenizer(`${section.where}.pretokenizers[${i}]`, json));
    if (stages.slice(1).some(({ needsStart }) => needsStart)) {
      section.unsupported('prepend_scheme first after another pre-tokenizer');
    }
    return sequence(stages);
  },
};

/** The `pre_tokenizer` of a tokenizer.json. */
export function readPreTokenizer(where: string, json: unknown): PreTokenizer {
  return makeByType(where, json, makers);
}

function ByteLevel(section: Section): PreTokenizer {
  const addsSpace = section.boolean('add_prefix_space');
  section.boolean('trim_offsets');
  const isCut = section.boolean('use_regex', true);
  return {
    cut(text) {
      const spaced = addsSpace && !text.startsWith(' ') ? ` ${text}` : text;
      return isCut ? pieces(spaced) : [spaced];
    },
    write: lettersOf,
  };
}

function Metaspace(section: Section): PreTokenizer {
  const replacement = section.character('replacement');
  const scheme = readPrependScheme(section);
  const isCut = section.boolean('split', true);
  section.any('str_rep');
  const each = literally(replacement);
  return {
    needsStart: scheme === 'first',
    cut(text, atStart) {
      const marked = text.replaceAll(' ', () => replacement);
      const isPrepended = scheme === 'always' || (scheme === 'first' && atStart);
      const whole = isPrepended && !marked.startsWith(replacement) ? replacement + marked : marked;
      return isCut ? split(whole, each, 'MergedWithNext') : [whole];
    },
  };
}

/** The `prepend_scheme` of a Metaspace, which older files give as `add_prefix_space`. */
export function readPrependScheme(section: Section): 'always' | 'first' | 'never' {
  const scheme = section.oneOf('prepend_scheme', ['always', 'first', 'never'], 'always');
  const addsSpace = section.boolean('add_prefix_space', scheme !== 'never');
  return !addsSpace && scheme !== 'never' ? section.damaged('add_prefix_space', 'what prepend_scheme says') : scheme;
}

function sequence(stages: readonly PreTokenizer[]): PreTokenizer {
  const last = stages.at(-1);
  return {
    needsStart: stages.some(({ needsStart }) => needsStart),
    cut(text, atStart) {
      let pieces = [text];
      for (const [i, stage] of stages.entries()) {
        pieces = pieces.flatMap((piece) => stage.cut(piece, atStart && i === 0));
        if (stage.write !== undefined && stage !== last) pieces = pieces.map(stage.write);
      }
      return pieces;
    },
    ...(last?.write === undefined ? {} : { write: last.write }),
  };
}

const literally = (character: string): Pattern => patternOf(coded(character));
