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

/** `\n`, `\t`, `\\` as a person types them in a shell. */
export const escaped: Reader<string> = (text) =>
  text.replaceAll(/\\([nrt\\])/g, (_, letter: string) => ({ n: '\n', r: '\r', t: '\t', '\\': '\\' })[letter] as string);
