import { DataError, Rng } from '@elman/core';
import { readStories } from '@elman/data';
import { decodeText } from '@elman/data/node';
import { readIdx } from '@elman/tasks';
import { parsePairs } from '../../../src/translation/pairs-file.ts';
import { type Kind, Unusable } from '../check.ts';

const utf8 = new TextEncoder();

/** An IDX file of small images, of each type of numbers. */
const idx = (type: number, bytes: number): Uint8Array => {
  const rng = Rng.seeded(type);
  const header = [0, 0, type, 3, ...[2, 3, 4].flatMap((size) => [0, 0, 0, size])];
  return Uint8Array.from([...header, ...Array.from({ length: 24 * bytes }, () => rng.integer(256))]);
};

const STORIES =
  '1 Mira walked to the garden.\n2 Jonas ran to the library.\n3 Where is Mira?\tgarden\t1\n1 A b.\n2 C?\ta,b\t1\n';
const PAIRS = 'Guten Tag\tGood day\nJa\tYes\n\nNein \t No\tbehind\n';

export const data: readonly Kind[] = [
  {
    name: 'IDX',
    examples: [idx(8, 1), idx(9, 1), idx(11, 2), idx(12, 4), idx(13, 4), idx(14, 8)],
    where: /^images: /,
    read(bytes) {
      const { shape, values } = readIdx(bytes, 'images');
      if (shape.reduce((size, axis) => size * axis, 1) !== values.length)
        throw new Unusable('another number of values');
    },
  },
  {
    name: 'text',
    examples: [utf8.encode('Größe 😀\n'), Uint8Array.of(0xff, 0xfe, 0x61, 0, 0x0a, 0)],
    where: /^data: a\.txt: /,
    read: (bytes) => void decodeText('a.txt', bytes, 'a.txt'),
  },
  {
    name: 'stories',
    examples: [utf8.encode(STORIES)],
    read: (bytes) => void readStories(decodeText('stories.txt', bytes)),
  },
  {
    name: 'pairs',
    examples: [utf8.encode(PAIRS)],
    where: /pairs\.txt: /,
    read(bytes) {
      const pairs = parsePairs('pairs.txt', decodeText('pairs.txt', bytes));
      if (pairs.length === 0 || pairs.some(({ source }) => source === '')) throw new Unusable('no source');
    },
  },
  {
    name: 'random position',
    examples: [utf8.encode(JSON.stringify(Rng.seeded(1).fork('a').frame(3).position()))],
    read(bytes) {
      const rng = Rng.at(parsed(bytes));
      const drawn = [rng.uniform(), rng.fork('b').uniform(), rng.frame(2).uniform()];
      if (!drawn.every((x) => x >= 0 && x < 1)) throw new Unusable('no number');
    },
    json: { from: (bytes) => new TextDecoder().decode(bytes), into: (_, json) => utf8.encode(json) },
  },
];

function parsed(bytes: Uint8Array) {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new DataError('not JSON');
  }
}
