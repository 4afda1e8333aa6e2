import { DataError, OptionError, Rng, type Task } from '@elman/core';
import { describeTask } from '@elman/testkit';
import type { Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { alike, type PixelImagesOptions, pixelImages, readIdx } from '../src/index.ts';
import { idxBytes } from './idx-bytes.ts';

/** Images of 2 × 3 pixels with the values 10·image + place. Labels are 0 1 2 0 1 2 … */
const COUNT = 25;
const images = Array.from({ length: COUNT }, (_, i) => Array.from({ length: 6 }, (_, at) => 10 * i + at));
const labels = images.map((_, i) => i % 3);

describeTask('pixelImages', () => pixelImages({ images, labels, white: 250 }));
describeTask('pixelImages, permuted', () => pixelImages({ images, labels, white: 250, permutation: 'any' }));

/** Sampled rows of a task: greys as they were given, and the class. */
async function seen(task: Task, rows: number, white: number): Promise<{ greys: number[]; label: number }[]> {
  const { length } = task.easiest;
  const { inputs, targets, mask, inputMask } = task.sample(Rng.seeded(1), alike(rows, { length }));
  expect(inputMask).toBeUndefined();
  const [pixels, classes, counts] = await Promise.all([
    (inputs as Tensor3D).array(),
    (targets as Tensor2D).array(),
    (mask as Tensor2D).array(),
  ]);
  return pixels.map((frames, row) => {
    const count = counts[row] as number[];
    expect(count).toEqual(count.map((_, t) => (t === length - 1 ? 1 : 0)));
    return { greys: frames.map(([x]) => Math.round((x as number) * white)), label: classes[row]?.at(-1) as number };
  });
}

it('has the pixels of an image in row-major order, and its label as the last target', async () => {
  const met = new Set<number>();
  for (const { greys, label } of await seen(pixelImages({ images, labels, white: 250 }), 300, 250)) {
    const image = (greys[0] as number) / 10;
    met.add(image);
    expect(greys).toEqual(images[image]);
    expect(label).toBe(labels[image]);
  }
  expect(met.size).toBe(COUNT);
});

it('permutes them by the seed, the same for all images', async () => {
  const orders: string[] = [];
  for (const permutation of [1, 2, 'a', 1]) {
    const rows = await seen(pixelImages({ images, labels, white: 250, permutation }), 40, 250);
    const order = rows[0]?.greys.map((grey) => grey % 10) as number[];
    expect(order.toSorted()).toEqual([0, 1, 2, 3, 4, 5]);
    for (const { greys, label } of rows) {
      expect(greys.map((grey) => grey % 10)).toEqual(order);
      const image = Math.floor((greys[0] as number) / 10);
      expect(greys.map((grey) => Math.floor(grey / 10))).toEqual(order.map(() => image));
      expect(label).toBe(labels[image]);
    }
    orders.push(order.join());
  }
  expect(orders[3]).toBe(orders[0]);
  expect(new Set(orders).size).toBe(3);
});

it('takes the files of MNIST as they are, of which 255 is white', async () => {
  const bytes = images.slice(0, 20).flat();
  const task = pixelImages({
    images: readIdx(idxBytes(8, [20, 2, 3], bytes)),
    labels: readIdx(idxBytes(8, [20], labels.slice(0, 20))),
    classes: 10,
  });
  expect([task.inputSize, task.outputSize, task.easiest.length, task.hardest?.length]).toEqual([1, 10, 6, 6]);
  for (const { greys, label } of await seen(task, 50, 255)) {
    const image = (greys[0] as number) / 10;
    expect(greys).toEqual(images[image]);
    expect(label).toBe(labels[image]);
  }
});

it('takes test images of their own, and then trains on nine of ten', async () => {
  const test = { images: [images[24], images[23]] as number[][], labels: [0, 2] };
  const task = pixelImages({ images: images.slice(0, 20), labels: labels.slice(0, 20), test, white: 250 });
  const wanted = { validation: [8, 18], test: [23, 24], train: [...Array(20).keys()].filter((i) => i % 10 !== 8) };
  for (const [name, places] of Object.entries(wanted)) {
    const rows = await seen(task.part?.(name as 'train') as Task, 300, 250);
    expect([...new Set(rows.map(({ greys }) => (greys[0] as number) / 10))].sort((a, b) => a - b)).toEqual(places);
  }
  expect(Math.max(...(await seen(task, 200, 250)).map(({ greys }) => greys[0] as number))).toBeLessThan(200);
  const small = { images: [[1, 2]], labels: [0] };
  expect(() => pixelImages({ images, labels, test: small })).toThrow('test: expected images of 6 pixels');
});

it('has parts by the place of an image, each with its baseline', async () => {
  const task = pixelImages({ images, labels, white: 250 });
  const wanted = { validation: [8, 18], test: [9, 19], train: [...images.keys()].filter((i) => i % 10 < 8) };
  for (const [name, places] of Object.entries(wanted)) {
    const part = task.part?.(name as 'train') as Task;
    const met = new Set((await seen(part, 300, 250)).map(({ greys }) => (greys[0] as number) / 10));
    expect([...met].sort((a, b) => a - b)).toEqual(places);
    const again = part.part?.('test') as Task;
    expect(new Set((await seen(again, 50, 250)).map(({ greys }) => greys[0]))).toEqual(new Set([90, 190]));
  }
  const { loss, accuracy } = task.baseline({ length: 6 });
  expect(accuracy).toBeCloseTo(9 / 25, 12);
  expect(loss).toBeCloseTo(-(9 * Math.log(9 / 25) + 16 * Math.log(8 / 25)) / 25, 12);
  expect(task.part?.('test').baseline({ length: 6 })).toEqual({ loss: Math.LN2, accuracy: 0.5 });
});

it('refuses invalid options', () => {
  const few = { images: [[0, 1]], labels: [0] };
  const bad: readonly (readonly [Partial<PixelImagesOptions>, string])[] = [
    [{}, 'pixelImages: images: expected those of a file or a list of them, got undefined.'],
    [{ images }, 'pixelImages: labels: expected those of a file or a list of them, got undefined.'],
    [{ images: [], labels: [] }, 'pixelImages: images: expected one or more with pixels, got none.'],
    [
      { images: [[1, 2], [3]], labels: [0, 1] },
      'pixelImages: images: expected 2 pixels in all, as in the first, got 1 in image 1.',
    ],
    [{ images, labels: [1] }, 'pixelImages: labels: expected one for each of 25 images, got 1.'],
    [{ ...few, labels: [0.5] }, 'pixelImages: labels: expected whole numbers from 0, got 0.5 for image 0.'],
    [
      { ...few, labels: [3], classes: 3 },
      'pixelImages: labels: expected whole numbers from 0 below 3, got 3 for image 0.',
    ],
    [
      { images: { shape: [3], values: new Uint8Array(3) }, labels: [0, 0, 0] },
      '[images, height, width], got [3]; is it labels?',
    ],
    [{ ...few, white: 0 }, 'pixelImages: white: expected a positive number, got 0.'],
    [{ ...few, permutation: 0.5 }, 'pixelImages: permutation: expected a whole number or a string, a seed, got 0.5.'],
  ];
  for (const [options, message] of bad) expect(() => pixelImages(options as PixelImagesOptions)).toThrow(message);
  const task = pixelImages(few);
  expect(() => task.part?.('test')).toThrow('pixelImages: part: expected ten images or more for a test part, got 1.');
  expect(() => task.part?.('rest' as 'test')).toThrow(OptionError);
  expect(() => task.sample(Rng.seeded(1), [{ length: 3 }])).toThrow(
    'pixelImages: length: expected a whole number from 2 to 2',
  );
  const broken = pixelImages({ images: [[0, Number.NaN]], labels: [0] });
  expect(() => broken.sample(Rng.seeded(1), [{ length: 2 }])).toThrow(DataError);
});
