import type { Rng } from '@elman/core';

/** Bytes that are special somewhere: NUL, line end, quote, backslash, brackets, the highest, a lead byte of UTF-8. */
const SPECIAL = [0x00, 0x0a, 0x22, 0x5c, 0x5b, 0x7b, 0x7d, 0x2d, 0x39, 0xff, 0xc3, 0x80];

/** How many mutations, mostly one: it is read further. */
const ROUNDS = [1, 1, 1, 1, 2, 3];

type Mutation = (bytes: Uint8Array, rng: Rng) => Uint8Array;

const at = (bytes: Uint8Array, rng: Rng): number => rng.integer(bytes.length + 1);
const joined = (...parts: readonly Uint8Array[]): Uint8Array => {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let end = 0;
  for (const part of parts) {
    whole.set(part, end);
    end += part.length;
  }
  return whole;
};
/** A random part, mostly short. */
const part = (bytes: Uint8Array, rng: Rng): Uint8Array => {
  const start = at(bytes, rng);
  return bytes.slice(start, start + rng.integer(rng.integer(8) === 0 ? bytes.length + 1 : 16));
};

const MUTATIONS: readonly Mutation[] = [
  function flipBit(bytes, rng) {
    const place = rng.integer(Math.max(1, bytes.length));
    return bytes.map((byte, i) => (i === place ? byte ^ (1 << rng.integer(8)) : byte));
  },
  function setByte(bytes, rng) {
    const place = rng.integer(Math.max(1, bytes.length));
    const byte = SPECIAL[rng.integer(SPECIAL.length)] as number;
    return bytes.map((old, i) => (i === place ? byte : old));
  },
  function truncate(bytes, rng) {
    return bytes.slice(0, at(bytes, rng));
  },
  function insert(bytes, rng) {
    const place = at(bytes, rng);
    const more = Uint8Array.from({ length: 1 + rng.integer(8) }, () => rng.integer(256));
    return joined(bytes.slice(0, place), more, bytes.slice(place));
  },
  function remove(bytes, rng) {
    const place = at(bytes, rng);
    return joined(bytes.slice(0, place), bytes.slice(place + 1 + rng.integer(8)));
  },
  function duplicate(bytes, rng) {
    const place = at(bytes, rng);
    return joined(bytes.slice(0, place), part(bytes, rng), bytes.slice(place));
  },
  function splice(bytes, rng) {
    const place = at(bytes, rng);
    const other = part(bytes, rng);
    return joined(bytes.slice(0, place), other, bytes.slice(place + other.length));
  },
];

/** The bytes with one to three of: a flipped bit, a special byte, a cut end, bytes inserted, removed, repeated, moved. */
export function mutateBytes(bytes: Uint8Array, rng: Rng): Uint8Array {
  let mutated = bytes;
  for (let times = ROUNDS[rng.integer(ROUNDS.length)] as number; times > 0; times--) {
    mutated = (MUTATIONS[rng.integer(MUTATIONS.length)] as Mutation)(mutated, rng);
  }
  return mutated;
}
