import { DataError, OptionError, type Task } from '@elman/core';
import { defineTask, solvedAt } from '../define-task.ts';
import { expectPart, type Part } from '../parts.ts';
import { scoreByPlace } from '../score.ts';
import { ids } from '../scoring.ts';
import { classesOf, imageLists, type LabelledImages } from './given-images.ts';
import { type PixelOrder, pixelRows } from './pixels.ts';

/** Images, and how they are presented. */
export interface PixelImagesOptions extends LabelledImages, PixelOrder {
  /** Number of classes; default: one more than the largest label. */
  readonly classes?: number | undefined;
  /** The grey that is scaled to 1; default: 255 for bytes, else 1. */
  readonly white?: number | undefined;
  /** Images of the final score, as the official test files of MNIST; by default a tenth of `images`. */
  readonly test?: LabelledImages | undefined;
}

/**
 * The class of an image, presented pixel by pixel.
 *
 *   inputs   0 0 .1 .9 1 .4 0 0 0 .8 …   784 frames of one number for 28 × 28 pixels
 *   target                             7     at the last pixel alone
 *
 *   pixelImages({ images: readIdx(imageBytes), labels: readIdx(labelBytes) })
 *
 * With `permutation` the pixels come in an order that is random but the same for all images ("permuted MNIST"), so that neighbouring
 * pixels are far apart. Images are borrowed, and one is drawn for each row. `length` is fixed at the number of pixels.
 * The task has no recipe, as images are not JSON: to load a model for it, pass the images again.
 *
 * `part`: of every ten images in a row 8 are for training, one for validation and one for test; with `test` images of
 * their own, nine and one. A duplicated image may be in two parts.
 *
 * Baseline: the frequencies of the classes (of the part): their entropy, and the largest.
 * @throws {OptionError} if an option is none of these; {DataError} if images and labels do not go together.
 * @see Le, Jaitly & Hinton 2015, A simple way to initialize recurrent networks of rectified linear units
 */
export function pixelImages(options: PixelImagesOptions): Task {
  const name = 'pixelImages';
  const given = imageLists(name, options);
  const tests = options.test && imageLists(`${name}: test`, options.test);
  const [pixels, testPixels] = [given, tests].map((lists) => lists?.images[0]?.length);
  if (testPixels !== undefined && testPixels !== pixels) {
    throw new DataError(`${name}: test: expected images of ${pixels} pixels, as the others, got ${testPixels}.`);
  }
  const images = [...given.images, ...(tests?.images ?? [])];
  const labels = [...Array.from(given.labels), ...Array.from(tests?.labels ?? [])];
  const white = options.white ?? whiteOf(images[0] as ArrayLike<number>);
  if (!(white > 0 && Number.isFinite(white))) {
    throw new OptionError(`${name}: white: expected a positive number, got ${white}.`);
  }
  const classes = classesOf(name, labels, options.classes);
  const rowOf = pixelRows(name, options);
  const length = (images[0] as ArrayLike<number>).length;

  const over = (places: readonly number[]): Task =>
    defineTask({
      name,
      inputSize: 1,
      outputSize: classes,
      easiest: { length },
      hardest: { length },
      scoring: ids,
      solved: solvedAt(0.95),
      example(rng) {
        const place = places[rng.integer(places.length)] as number;
        const row = rowOf(images[place] as ArrayLike<number>, white, labels[place] as number);
        const wrong = row.inputs.findIndex((frame) => !Number.isFinite((frame as readonly number[])[0]));
        if (wrong < 0) return row;
        throw new DataError(`${name}: images: expected finite numbers, got another in image ${place}.`);
      },
      baseline: () => scoreByPlace([countsOf(places, labels, classes)]),
      part(part) {
        expectPart(name, part);
        const chosen = [...images.keys()].filter((place) => partAt(place, tests && given.images.length) === part);
        if (chosen.length > 0) return over(chosen);
        throw new OptionError(`${name}: part: expected ten images or more for a ${part} part, got ${images.length}.`);
      },
    });
  return over([...given.images.keys()]);
}

function whiteOf(image: ArrayLike<number>): number {
  return image instanceof Uint8Array || image instanceof Uint8ClampedArray ? 255 : 1;
}

/** `tests` is the place of the first test image, where these are images of their own. */
function partAt(place: number, tests: number | undefined): Part {
  if (tests !== undefined && place >= tests) return 'test';
  const digit = place % 10;
  if (digit === 8) return 'validation';
  return digit === 9 && tests === undefined ? 'test' : 'train';
}

function countsOf(places: readonly number[], labels: ArrayLike<number>, classes: number): number[] {
  const counts = Array<number>(classes).fill(0);
  for (const place of places) (counts[labels[place] as number] as number) += 1;
  return counts;
}
