import type { Json } from '@elman/core';
import { InvalidArgumentError } from 'commander';

/** Readers of option values: a text from the command line to what it means, or one line of complaint. */
type Reader<T> = (text: string) => T;

/** A whole number of at least `least`. */
export function whole(least: number): Reader<number> {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isSafeInteger(value) || value < least) {
      throw new InvalidArgumentError(`Expected a whole number of at least ${least}.`);
    }
    return value;
  };
}

/** A number in a range; the bounds are in it unless `above` (then it is greater than that). */
export function number(range: { least?: number; above?: number; most?: number; below?: number }): Reader<number> {
  const { least, above, most, below } = range;
  const wanted = [
    above === undefined ? '' : `above ${above}`,
    least === undefined ? '' : `of at least ${least}`,
    most === undefined ? '' : `of at most ${most}`,
    below === undefined ? '' : `below ${below}`,
  ].filter((part) => part !== '');
  return (text) => {
    const value = Number(text);
    const fits =
      text.trim() !== '' &&
      Number.isFinite(value) &&
      value >= (least ?? value) &&
      value <= (most ?? value) &&
      value > (above ?? Number.NEGATIVE_INFINITY) &&
      value < (below ?? Number.POSITIVE_INFINITY);
    if (!fits)
      throw new InvalidArgumentError(`Expected a number${wanted.length > 0 ? ` ${wanted.join(' and ')}` : ''}.`);
    return value;
  };
}

/** A size of embedding, or `one-hot`. */
export const embedding: Reader<number | 'one-hot'> = (text) => {
  if (text === 'one-hot') return text;
  const size = Number(text);
  if (!Number.isSafeInteger(size) || size < 1) {
    throw new InvalidArgumentError('Expected a positive whole number or one-hot.');
  }
  return size;
};

/** A share of a text, from 0 to 0.5, or the path of a file. */
export const shareOrFile: Reader<number | string> = (text) =>
  Number.isFinite(Number(text)) ? number({ least: 0, most: 0.5 })(text) : text;

/** `\n`, `\t`, `\\` as a person types them in a shell. */
export const escaped: Reader<string> = (text) =>
  text.replaceAll(/\\([nrt\\])/g, (_, letter: string) => ({ n: '\n', r: '\r', t: '\t', '\\': '\\' })[letter] as string);

/** `40` or `20-40`: from the least to the most. */
export const span: Reader<readonly [least: number, most: number]> = (text) => {
  const found = /^(\d+)(?:-(\d+))?$/.exec(text.trim());
  const [least, most] = [Number(found?.[1]), Number(found?.[2] ?? found?.[1])];
  if (found === null || least > most) throw new InvalidArgumentError('Expected a whole number or a range like 20-40.');
  return [least, most];
};

/** `10,20,40`, or names: what is between commas, each read by `read`. */
export const list =
  <T>(read: Reader<T>): Reader<readonly T[]> =>
  (text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '')
      .map(read);

/** `70000` or `70k`. */
export const count: Reader<number> = (text) => {
  const found = /^(\d+(?:\.\d+)?)([kM]?)$/.exec(text.trim());
  const value = Number(found?.[1]) * ({ k: 1e3, M: 1e6 }[found?.[2] ?? ''] ?? 1);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new InvalidArgumentError('Expected a whole number, or like 70k.');
  return value;
};

/** `name=value`, gathered: the value as JSON if it is that, else as text. */
export const setting = (
  text: string,
  before: { readonly [name: string]: Json } = {},
): { readonly [name: string]: Json } => {
  const [name, value] = pair(text);
  let read: Json = value;
  try {
    read = JSON.parse(value) as Json;
  } catch {}
  return { ...before, [name]: read };
};

/** `name=20-40`, gathered. */
export const grade = (
  text: string,
  before: { readonly [name: string]: readonly [number, number] } = {},
): { readonly [name: string]: readonly [number, number] } => {
  const [name, value] = pair(text);
  return { ...before, [name]: span(value) };
};

function pair(text: string): [name: string, value: string] {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('Expected name=value.');
  return [text.slice(0, at), text.slice(at + 1)];
}
