import { DataError, OptionError } from '@elman/core';
import type { IdxArray } from './idx.ts';

/** Images, and the class of each. */
export interface LabelledImages {
  /** The images of a file, [images, height, width], or a list of them, each the greys of its pixels in row-major order. */
  readonly images: IdxArray | readonly ArrayLike<number>[];
  /** A class for each image: whole numbers from 0. */
  readonly labels: IdxArray | ArrayLike<number>;
}

/** Images and labels as lists. */
export interface ImageLists {
  readonly images: readonly ArrayLike<number>[];
  readonly labels: ArrayLike<number>;
}

/**
 * Images and labels as lists, with everything checked but the greys.
 * @throws {OptionError | DataError} if there are none, their sizes differ, or labels are invalid or not as many.
 */
export function imageLists(where: string, given: LabelledImages): ImageLists {
  for (const [name, value] of Object.entries({ images: given.images, labels: given.labels })) {
    if (typeof value === 'object' && value !== null) continue;
    throw new OptionError(`${where}: ${name}: expected those of a file or a list of them, got ${value}.`);
  }
  const images = isIdx(given.images) ? cut(where, given.images) : given.images;
  const labels = isIdx(given.labels) ? given.labels.values : given.labels;
  const pixels = images[0]?.length ?? 0;
  if (pixels === 0) throw new DataError(`${where}: images: expected one or more with pixels, got none.`);
  const other = images.findIndex((image) => image.length !== pixels);
  if (other >= 0) {
    const { length } = images[other] as ArrayLike<number>;
    throw new DataError(
      `${where}: images: expected ${pixels} pixels in all, as in the first, got ${length} in image ${other}.`,
    );
  }
  if (labels.length !== images.length) {
    throw new DataError(`${where}: labels: expected one for each of ${images.length} images, got ${labels.length}.`);
  }
  return { images, labels };
}

/** Number of classes: as given, or one more than the largest label. */
export function classesOf(where: string, labels: ArrayLike<number>, said: number | undefined): number {
  const bound = said ?? Number.MAX_SAFE_INTEGER;
  let most = 0;
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i] as number;
    if (!Number.isSafeInteger(label) || label < 0 || label >= bound) {
      const below = said === undefined ? '' : ` below ${said}`;
      throw new DataError(`${where}: labels: expected whole numbers from 0${below}, got ${label} for image ${i}.`);
    }
    most = Math.max(most, label);
  }
  return said ?? most + 1;
}

const isIdx = (given: object): given is IdxArray => 'shape' in given && 'values' in given;

/** Views of the images of a file. */
function cut(where: string, { shape, values }: IdxArray): ArrayLike<number>[] {
  if (shape.length < 2) {
    throw new DataError(`${where}: images: expected [images, height, width], got [${shape.join(', ')}]; is it labels?`);
  }
  const [count = 0, ...sides] = shape;
  const pixels = sides.reduce((product, side) => product * side, 1);
  return Array.from({ length: count }, (_, i) => values.subarray(i * pixels, (i + 1) * pixels));
}
