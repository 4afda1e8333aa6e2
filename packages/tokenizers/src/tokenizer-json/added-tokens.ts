import { DataError } from '@elman/core';
import type { Normalizer } from './normalizer.ts';
import { compiled } from './pattern.ts';
import { Section } from './section.ts';
import { classOf, coded, RUST_WORD, SPACE } from './unicode.ts';

interface AddedToken {
  readonly content: string;
  readonly id: number;
  /** The content to find in a text, normalized if it is matched in normalized text. */
  readonly written: string;
  readonly singleWord: boolean;
  readonly stripsLeft: boolean;
  readonly stripsRight: boolean;
  readonly normalized: boolean;
}

/** Part of a text: plain text, or an added token. */
type Part = string | number;

/** Tokens that are recognised in a text before any other processing. */
export interface AddedTokens {
  /** Contents by id. */
  readonly contents: ReadonlyMap<number, string>;
  /** Splits a text at those that are matched before normalization. */
  splitRaw(text: string): Part[];
  /** Splits a text at those that are matched after normalization. */
  splitNormalized(text: string): Part[];
}

const WORD = new RegExp(classOf(RUST_WORD), 'v');
const SPACES = new RegExp(classOf(SPACE), 'v');

/**
 * The `added_tokens` of a tokenizer.json.
 * @throws {DataError} if an id differs from that of Hugging Face's library, which ignores this field.
 */
export function readAddedTokens(
  where: string,
  json: unknown,
  vocabulary: ReadonlyMap<string, number>,
  normalize: Normalizer | undefined,
): AddedTokens {
  if (!Array.isArray(json ?? [])) throw new DataError(`tokenizers: ${where}: expected a list; the file is damaged.`);
  const tokens: AddedToken[] = [];
  const contents = new Map<number, string>();
  const seen = new Set<string>();
  let highest = -1;
  for (const [i, given] of ((json ?? []) as unknown[]).entries()) {
    const section = new Section(`${where}[${i}]`, given);
    const token = readToken(section, normalize);
    const { content, id, written, normalized } = token;
    for (const text of [`content ${content}`, `${normalized} ${written}`]) {
      if (seen.has(text)) section.damaged('content', 'each token once');
      seen.add(text);
    }
    const next = highest >= vocabulary.size ? highest + 1 : vocabulary.size;
    const expected = vocabulary.get(content) ?? next;
    if (id !== expected) section.damaged('id', `${expected} for ${JSON.stringify(content)}`);
    highest = Math.max(highest, id);
    tokens.push(token);
    contents.set(id, content);
  }
  const ids = new Set([...vocabulary.values()]);
  const isTaken = tokens.find(({ content, id }) => !vocabulary.has(content) && ids.has(id));
  if (isTaken !== undefined) {
    throw new DataError(`tokenizers: ${where}: id ${isTaken.id} is that of another token, too; the file is damaged.`);
  }
  return {
    contents,
    splitRaw: splitter(tokens.filter(({ normalized }) => !normalized)),
    splitNormalized: splitter(tokens.filter(({ normalized }) => normalized)),
  };
}

function readToken(section: Section, normalize: Normalizer | undefined): AddedToken {
  const content = section.string('content');
  const normalized = section.boolean('normalized');
  const written = normalized ? (normalize?.(content) ?? content) : content;
  if (written === '') section.damaged('content', 'a text that is not empty when normalized');
  section.boolean('special');
  const token = {
    content,
    id: section.any('id') as number,
    written,
    normalized,
    singleWord: section.boolean('single_word'),
    stripsLeft: section.boolean('lstrip'),
    stripsRight: section.boolean('rstrip'),
  };
  section.end();
  return token;
}

/** Finds tokens from the left, the longest at each position. */
function splitter(tokens: readonly AddedToken[]): (text: string) => Part[] {
  if (tokens.length === 0) return (text) => (text === '' ? [] : [text]);
  const byText = new Map(tokens.map((token) => [token.written, token]));
  const written = [...byText.keys()].sort((a, b) => b.length - a.length).map((text) => Array.from(text, coded));
  const firsts = new Set(written.map(([first]) => first));
  const any = compiled(`(?=[${[...firsts].join('')}])(?:${written.map((codes) => codes.join('')).join('|')})`, 'gu');
  return (text) => {
    const parts: Part[] = [];
    let end = 0;
    for (const match of text.matchAll(any)) {
      const token = byText.get(match[0]) as AddedToken;
      let start = match.index;
      let stop = start + match[0].length;
      if (token.singleWord && (isWord(characterBefore(text, start)) || isWord(characterAt(text, stop)))) continue;
      if (token.stripsLeft) {
        while (SPACES.test(text.charAt(start - 1))) start--;
        start = Math.max(start, end);
      }
      if (token.stripsRight) while (SPACES.test(text.charAt(stop))) stop++;
      // The previous token has consumed all of it.
      if (start >= stop) continue;
      if (start > end) parts.push(text.slice(end, start));
      parts.push(token.id);
      end = stop;
    }
    if (end < text.length) parts.push(text.slice(end));
    return parts;
  };
}

const isWord = (character: string): boolean => WORD.test(character);

const characterAt = (text: string, index: number): string => Array.from(text.slice(index, index + 2))[0] ?? '';

const characterBefore = (text: string, index: number): string =>
  Array.from(text.slice(Math.max(0, index - 2), index)).at(-1) ?? '';
