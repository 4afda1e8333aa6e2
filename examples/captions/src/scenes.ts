import type { Rng } from '@elman/core';

const COLOURS = ['red', 'green', 'blue', 'yellow'] as const;
const SHAPES = ['circle', 'square', 'triangle', 'cross'] as const;
const SIZES = ['small', 'large'] as const;
const RGB: readonly (readonly [number, number, number])[] = [
  [1, 0.1, 0.1],
  [0.1, 0.9, 0.1],
  [0.2, 0.3, 1],
  [1, 0.9, 0.1],
];
/** The radius of a shape, in pixels. */
const RADII = [2.1, 3.2] as const;

/** The picture has two by two fields of this size in pixels, and an object in each of two of them. */
const FIELD = 8;
const ACROSS = 2 * FIELD;
/** The size of a picture: three numbers per pixel, in row-major order. */
export const PICTURE: number = ACROSS * ACROSS * 3;

/** A kind of object: the indices of its colour, size and shape. */
const KINDS = COLOURS.length * SIZES.length * SHAPES.length;

/** An object in a picture. */
type Thing = { readonly kind: number; readonly field: number; readonly x: number; readonly y: number };

/** Two objects; the first is the one further left, or else the one further up. */
export type Scene = readonly [Thing, Thing];

/** The two fields of a scene, and the relation of the first to the second; on a diagonal it is "left of", too. */
const PLACES = [
  { fields: [0, 1], relation: 'left of' },
  { fields: [2, 3], relation: 'left of' },
  { fields: [0, 2], relation: 'above' },
  { fields: [1, 3], relation: 'above' },
] as const;

/** Whether these two kinds in this order are held out of training: one of ten pairs, the same on every machine. */
function isHeldOut(first: number, second: number): boolean {
  const mixed = Math.imul((first * KINDS + second + 1) ^ 0x5bd1e995, 0x2c1b3c6d);
  return ((mixed ^ (mixed >>> 15)) >>> 0) % 10 === 0;
}

/** A scene with a pair of kinds from training, or with a held-out pair. */
export function drawScene(rng: Rng, part: 'train' | 'new'): Scene {
  let kinds: readonly [number, number];
  do kinds = [rng.integer(KINDS), rng.integer(KINDS)];
  while (isHeldOut(...kinds) !== (part === 'new'));
  const { fields } = PLACES[rng.integer(PLACES.length)] as (typeof PLACES)[number];
  const thing = (i: 0 | 1): Thing => {
    // A large object can be shifted by one pixel, a small one by three.
    const reach = kinds[i] % 2 === 1 ? 0.5 : 1.5;
    return { kind: kinds[i], field: fields[i], x: rng.uniform(-reach, reach), y: rng.uniform(-reach, reach) };
  };
  return [thing(0), thing(1)];
}

/** "large red circle" */
function nameOf(kind: number): string {
  const [size, colour, shape] = partsOf(kind);
  return `${SIZES[size]} ${COLOURS[colour]} ${SHAPES[shape]}`;
}

const partsOf = (kind: number): readonly [size: 0 | 1, colour: number, shape: number] => [
  (kind % 2) as 0 | 1,
  Math.floor(kind / 2) % COLOURS.length,
  Math.floor(kind / 2 / COLOURS.length),
];

/** "a small red circle left of a large blue square" */
export function captionOf([first, second]: Scene): string {
  const place = PLACES.find(({ fields }) => fields[0] === first.field && fields[1] === second.field);
  return `a ${nameOf(first.kind)} ${place?.relation} a ${nameOf(second.kind)}`;
}

/** A paraphrase: the caption with synonyms for some words. */
export function inOtherWords(rng: Rng, caption: string): string {
  return caption.replace(/left of|above|small|large/g, (word) =>
    rng.integer(2) === 0 ? word : (SYNONYMS[word] as string),
  );
}

/** The caption with its synonyms replaced by the canonical words. */
export function inPlainWords(caption: string): string {
  return Object.entries(SYNONYMS).reduce((text, [word, other]) => text.replaceAll(other, word), caption);
}

const SYNONYMS: { readonly [word: string]: string } = {
  'left of': 'to the left of',
  above: 'on top of',
  small: 'little',
  large: 'big',
};

/** Every word that occurs in a caption. */
export const WORDS: string = [...COLOURS, ...SHAPES, ...Object.entries(SYNONYMS).flat(), 'a'].join(' ');

/** Signed distance inside a shape, negative outside; `dx`, `dy` from its centre, downwards. */
const INSIDE: readonly ((dx: number, dy: number, radius: number) => number)[] = [
  (dx, dy, r) => r - Math.hypot(dx, dy),
  (dx, dy, r) => 0.85 * r - Math.max(Math.abs(dx), Math.abs(dy)),
  (dx, dy, r) => Math.min(0.75 * r - dy, (dy + r - 2 * Math.abs(dx)) / 2.2),
  (dx, dy, r) => Math.min(r - Math.max(Math.abs(dx), Math.abs(dy)), 0.35 * r - Math.min(Math.abs(dx), Math.abs(dy))),
];

/** The rendered scene: [PICTURE], with soft edges and some noise. */
export function pictureOf(scene: Scene, rng: Rng): Float32Array {
  const picture = new Float32Array(PICTURE);
  for (let i = 0; i < PICTURE; i++) picture[i] = rng.normal(0, 0.03);
  for (const { kind, field, x, y } of scene) {
    const [size, colour, shape] = partsOf(kind);
    const [left, top] = [(field % 2) * FIELD, Math.floor(field / 2) * FIELD];
    for (let row = top; row < top + FIELD; row++) {
      for (let column = left; column < left + FIELD; column++) {
        const [dx, dy] = [column - left - (FIELD - 1) / 2 - x, row - top - (FIELD - 1) / 2 - y];
        const depth = INSIDE[shape]?.(dx, dy, RADII[size]) ?? 0;
        const cover = Math.min(Math.max(depth + 0.5, 0), 1);
        RGB[colour]?.forEach((light, channel) => {
          const place = (row * ACROSS + column) * 3 + channel;
          picture[place] = (picture[place] as number) + cover * light;
        });
      }
    }
  }
  return picture;
}

/** A picture as text: for each pixel the letter of the nearest colour. */
export function showPicture(picture: Float32Array): string {
  const lines = Array.from({ length: ACROSS }, (_, row) => {
    const letters = Array.from({ length: ACROSS }, (_, column) => {
      const place = (row * ACROSS + column) * 3;
      const light = picture.subarray(place, place + 3);
      if (Math.max(...light) < 0.4) return '·';
      const strength = Math.hypot(...light);
      const likeness = RGB.map(
        (of) => of.reduce((sum, x, i) => sum + x * (light[i] as number), 0) / Math.hypot(...of) / strength,
      );
      return COLOURS[likeness.indexOf(Math.max(...likeness))]?.[0];
    });
    return letters.join(' ');
  });
  return lines.join('\n');
}
