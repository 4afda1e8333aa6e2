import { OptionError } from '@elman/core';
import { type Forbidden, forbidding } from './beam/forbidden.ts';
import type { LogitsProcessor } from './processors.ts';

/**
 * Forbids every token that would repeat an n-gram, the prompt included.
 *
 * @throws {OptionError} if n is not a positive whole number.
 * @see Paulus, Xiong & Socher 2018
 */
export function noRepeatNgram(n: number): LogitsProcessor {
  if (!Number.isSafeInteger(n) || n < 1) {
    throw new OptionError(`decoding: noRepeatNgram: expected a positive whole number, got ${n}.`);
  }
  return forbid({ noRepeatNgram: n });
}

/**
 * Forbids token sequences: a single token always, the last token of a longer one after the others, which may be in the prompt.
 *
 * @throws {OptionError} if one of them is empty.
 */
export function banned(words: readonly (readonly number[])[]): LogitsProcessor {
  const empty = words.findIndex(({ length }) => length === 0);
  if (empty >= 0) throw new OptionError(`decoding: banned ${empty}: expected one token or more, got none.`);
  return forbid({ banned: words.map((word) => [...word]) });
}

/**
 * Forbids the tokens that end a row until it has n new tokens. New are the last `generated` of `ids`: see `LogitsProcessor`.
 *
 * @throws {OptionError} if n is not a whole number from 0.
 */
export function minimumTokens(n: number, stop: readonly number[]): LogitsProcessor {
  if (!Number.isSafeInteger(n) || n < 0) {
    throw new OptionError(`decoding: minimumTokens: expected a whole number from 0, got ${n}.`);
  }
  return forbid({ minimumTokens: n, stop: new Set(stop) });
}

/**
 * Adds to logits: zᵢ' = zᵢ + biases[i]. −∞ forbids a token.
 *
 * @throws {OptionError} for a bias that is NaN or +∞, or a key that is not an id.
 */
export function biased(biases: Readonly<Record<number, number>>): LogitsProcessor {
  const entries = Object.entries(biases).map(([id, bias]): [number, number] => [Number(id), bias]);
  for (const [id, bias] of entries) {
    if (!Number.isSafeInteger(id) || id < 0) {
      throw new OptionError(`decoding: biased: expected ids, whole numbers from 0, got ${id}.`);
    }
    if (!(bias < Number.POSITIVE_INFINITY)) {
      throw new OptionError(`decoding: biased: expected a number or −∞ for ${id}, got ${bias}.`);
    }
  }
  return (logits) => {
    const moved = logits.slice();
    for (const [id, bias] of entries) if (id < moved.length) moved[id] = (moved[id] as number) + bias;
    return moved;
  };
}

function forbid(what: Partial<Forbidden>): LogitsProcessor {
  const all: Forbidden = { banned: [], noRepeatNgram: undefined, stop: new Set(), minimumTokens: 0, ...what };
  const forbidden = forbidding(all);
  return (logits, ids, generated = ids.length) => {
    const left = logits.slice();
    for (const id of forbidden?.(ids, generated) ?? []) if (id < left.length) left[id] = Number.NEGATIVE_INFINITY;
    return left;
  };
}
