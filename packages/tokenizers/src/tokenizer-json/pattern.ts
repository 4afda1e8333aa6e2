import { DataError } from '@elman/core';
import { toJavaScript } from './oniguruma.ts';
import type { Section } from './section.ts';
import { coded } from './unicode.ts';

/** Part of a text: start and end, and whether a pattern matched it. */
export type Match = readonly [start: number, end: number, isMatch: boolean];

/** Splits a text into the matches of a pattern and the parts between them. */
export type Pattern = (text: string) => Match[];

/** The `pattern` of a Split or Replace: `{ "String": … }` or `{ "Regex": … }`, the latter in Oniguruma's syntax. */
export function readPattern(section: Section): Pattern {
  const given = section.any('pattern') as { readonly String?: unknown; readonly Regex?: unknown } | undefined;
  const { String: literal, Regex: regex } = given ?? {};
  const source = literal ?? regex;
  if (typeof source !== 'string' || source === '' || Object.keys(given as object).length !== 1) {
    return section.damaged('pattern', 'a String or a Regex');
  }
  if (literal !== undefined) return patternOf(Array.from(source, coded).join(''));
  return patternOf(toJavaScript(source, (feature) => section.unsupported(`${feature} in the pattern ${source}`)));
}

/**
 * A regular expression of JavaScript, compiled: the engine says here, and not at the first text, that it is too large.
 * @throws {DataError}
 */
export function compiled(source: string, flags: 'gu' | 'gv'): RegExp {
  try {
    const regex = new RegExp(source, flags);
    regex.test('');
    return regex;
  } catch (error) {
    throw new DataError(
      'tokenizers: tokenizer.json: a pattern is too large for the engine; use a tokenizer without it.',
      {
        cause: error,
      },
    );
  }
}

/** The parts of a text by a regular expression of JavaScript (flag v). */
export function patternOf(source: string): Pattern {
  const regex = compiled(source, 'gv');
  return (text) => {
    const parts: Match[] = [];
    let end = 0;
    let last = -1;
    regex.lastIndex = 0;
    for (let match = regex.exec(text); match !== null; match = regex.exec(text)) {
      const { index } = match;
      const stop = index + match[0].length;
      if (stop === index) {
        regex.lastIndex = index + ((text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1);
        // An empty match right after the last match is ignored, and so is one that V8 finds between two surrogates.
        if (index === last || isBetweenSurrogates(text, index)) continue;
      }
      if (index > end) parts.push([end, index, false]);
      parts.push([index, stop, true]);
      end = stop;
      last = stop;
    }
    if (end < text.length) parts.push([end, text.length, false]);
    return parts;
  };
}

const isBetweenSurrogates = (text: string, index: number): boolean => (text.codePointAt(index - 1) ?? 0) > 0xffff;
