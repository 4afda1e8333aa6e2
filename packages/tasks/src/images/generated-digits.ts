import { OptionError, type Task } from '@elman/core';
import { defineTask, solvedAt } from '../define-task.ts';
import { drawOf, expectPart, type Part } from '../parts.ts';
import { uniform } from '../score.ts';
import { ids } from '../scoring.ts';
import { drawDigit, expectFractions } from './draw-digit.ts';
import { type PixelOrder, pixelRows } from './pixels.ts';

/** How digits are drawn and presented, and from which part they come. */
export type GeneratedDigitsOptions = PixelOrder & {
  /** Random variation of shape, size, slant, place and thickness, 0 to 1; default 1. */
  readonly variation?: number | undefined;
  /** Largest random change of a pixel, where white is 1; default 0.1. */
  readonly noise?: number | undefined;
  /** Only images of this part, by their hash modulo 3; default: all. See also `task.part(name)`. */
  readonly part?: Part | undefined;
};

/**
 * The class of a generated digit image, presented pixel by pixel: `pixelImages` without a download.
 *
 *             ..::
 *         ++%%##++
 *         @@..
 *       --%%##@@      inputs   0 0 0 0 0 .1 .2 0 0 0 .5 .8 …   a frame of one number for each pixel
 *         ..  @@      target                                 5   at the last pixel alone
 *     ..==  --**
 *       ##%%##
 *
 * Digits are drawn by `drawDigit`, all equally likely, greys in 1/255. With `permutation` the pixels come in an order that is
 * random but the same for all images of a size. `length` is the side of the image in pixels, 8 to 28, so that a row has length² frames.
 *
 * Baseline: ln 10 nats, 1/10.
 * @throws {OptionError} if an option is none of these.
 * @see Le, Jaitly & Hinton 2015, A simple way to initialize recurrent networks of rectified linear units: the same with MNIST
 */
export function generatedDigits(options: GeneratedDigitsOptions = {}): Task {
  const name = 'generatedDigits';
  const { permutation, variation = 1, noise = 0.1, part } = options;
  expectFractions(name, { variation, noise });
  expectPart(name, part);
  const varies = variation > 0 || noise > 0;
  if (part !== undefined && !varies) {
    throw new OptionError(`${name}: part: expected digits that vary, got one image of each; give variation or noise.`);
  }
  const rowOf = pixelRows(name, { permutation });
  const given = { variation, noise, ...(permutation !== undefined && { permutation }) };
  return defineTask({
    name,
    recipe: { package: '@elman/tasks', factory: name, arguments: [{ ...given, ...(part && { part }) }] },
    inputSize: 1,
    outputSize: 10,
    easiest: { length: 8 },
    hardest: { length: 28 },
    scoring: ids,
    solved: solvedAt(0.95),
    example(rng, { length }) {
      const digit = rng.integer(10);
      const draw = () => drawDigit(rng, digit, { side: length, variation, noise });
      return rowOf(
        drawOf(part, draw, (image) => image.join()),
        255,
        digit,
      );
    },
    baseline: () => uniform(10),
    part: varies ? (other) => generatedDigits({ ...given, part: other }) : undefined,
  });
}
