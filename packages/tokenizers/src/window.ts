import { REPLACEMENT, type StreamingDecoder } from './tokenizer.ts';

/** Bytes of the longest character of UTF-8, twice: whoever waits longer waits for something that is not text. */
const LONGEST_WAIT = 8;

/**
 * Streams any decoder that looks at its neighbours: decodes the last tokens with and without the new ones, and gives the
 * difference. What ends in U+FFFD may be half a character and waits.
 */
export function windowStream(
  tokenOf: (id: number) => string | undefined,
  decode: (ids: number[]) => string,
): StreamingDecoder {
  let shown: number[] = [];
  let waiting: number[] = [];
  const textOf = (ids: number[]) => (ids.length === 0 ? '' : decode(ids));
  const release = (): string => {
    const before = textOf(shown);
    const text = textOf([...shown, ...waiting]).slice(before.length);
    shown = waiting.length > 0 ? waiting : shown;
    waiting = [];
    return text;
  };
  const flush = (): string => {
    const text = release();
    shown = [];
    return text;
  };
  return {
    push(id) {
      if (tokenOf(id) === undefined) return flush() + REPLACEMENT;
      waiting.push(id);
      const isWhole = !textOf([...shown, ...waiting]).endsWith(REPLACEMENT);
      return isWhole || waiting.length >= LONGEST_WAIT ? release() : '';
    },
    flush,
  };
}
