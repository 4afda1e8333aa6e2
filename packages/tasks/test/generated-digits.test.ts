import { OptionError, Rng, type Task } from '@elman/core';
import { describeTask } from '@elman/testkit';
import type { Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { alike, drawDigit, generatedDigits, type Part, partOf, showImage } from '../src/index.ts';

describeTask('generatedDigits', () => generatedDigits());
describeTask('generatedDigits, permuted', () => generatedDigits({ permutation: 7 }));

/** Sampled rows of a task: greys of 0 to 255, and the digit. */
async function seen(task: Task, rows: number, length: number): Promise<{ greys: number[]; digit: number }[]> {
  const { inputs, targets } = task.sample(Rng.seeded(2), alike(rows, { length }));
  const [pixels, digits] = await Promise.all([(inputs as Tensor3D).array(), (targets as Tensor2D).array()]);
  return pixels.map((frames, row) => ({
    greys: frames.map(([x]) => Math.round(255 * (x as number))),
    digit: digits[row]?.at(-1) as number,
  }));
}

const distance = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += ((a[i] as number) - (b[i] as number)) ** 2;
  return sum;
};

it('can be classified by their nearest neighbours', () => {
  const draw = (seed: string) =>
    Array.from({ length: 600 }, (_, i) => ({
      digit: i % 10,
      image: drawDigit(Rng.seeded(`${seed} ${i}`), i % 10, { side: 14 }),
    }));
  const known = draw('known');
  const asked = draw('asked').slice(0, 100);
  const right = asked.filter(({ digit, image }) => {
    const nearest = known.reduce((best, one) =>
      distance(one.image, image) < distance(best.image, image) ? one : best,
    );
    return nearest.digit === digit;
  });
  expect(right.length).toBeGreaterThan(80);
});

it('is the same image on every machine', () => {
  const checksum = (image: Uint8Array): number => image.reduce((sum, grey) => (Math.imul(sum, 31) + grey) >>> 0, 7);
  const checksums = Array.from({ length: 10 }, (_, digit) => checksum(drawDigit(Rng.seeded(1), digit, { side: 28 })));
  expect(checksums).toEqual([
    3110233756, 3938703812, 334736675, 3337283874, 4246764626, 522135135, 1611777131, 216551965, 456956189, 3864953421,
  ]);
});

it('has every digit in view, and balanced classes', async () => {
  const often = Array<number>(10).fill(0);
  for (const { greys, digit } of await seen(generatedDigits({ noise: 0 }), 1000, 12)) {
    (often[digit] as number) += 1;
    expect(Math.max(...greys)).toBeGreaterThan(150);
    const edge = greys.filter((_, at) => [0, 11].includes(at % 12) || at < 12 || at >= 132);
    expect(Math.max(...edge)).toBeLessThanOrEqual(128);
  }
  for (const count of often) expect(Math.abs(count - 100)).toBeLessThan(40);
});

it('presents pixels in row-major order, or in one permutation for all images of a size', async () => {
  const plain = await seen(generatedDigits(), 8, 9);
  const permuted = await seen(generatedDigits({ permutation: 3 }), 8, 9);
  const order = Rng.seeded(3).permutation(81);
  for (const [row, { greys, digit }] of plain.entries()) {
    expect(permuted[row]?.digit).toBe(digit);
    expect(permuted[row]?.greys).toEqual(Array.from(order, (at) => greys[at]));
  }
});

it('has parts by the hash of an image', async () => {
  for (const name of ['train', 'validation', 'test'] as const) {
    const part = generatedDigits().part?.(name) as Task;
    for (const { greys } of await seen(part, 20, 8)) expect(partOf(greys.join())).toBe(name);
    expect(part.recipe?.arguments).toEqual([{ variation: 1, noise: 0.1, part: name }]);
  }
});

it('draws one image of each digit without variation and noise', () => {
  const draw = (seed: number) => drawDigit(Rng.seeded(seed), 4, { side: 10, variation: 0, noise: 0 });
  expect(draw(1)).toEqual(draw(2));
  expect(generatedDigits({ variation: 0, noise: 0 }).part).toBeUndefined();
  const four = `
            ::
          ::@@::
        ..%%@@..
        ****@@
      ++%%--%%
    --@@--==##..
    ##@@@@@@@@##
          ++**
          **++
          ..`;
  expect(showImage(draw(1))).toBe(four.slice(1));
});

it('shows images of any width and greys', () => {
  expect(showImage([0, 1, 2, 2], 2)).toBe('  ++\n@@@@');
  expect(showImage([-3, -3, 6], 3)).toBe('    @@');
  expect(showImage([5, 5, 5, 5])).toBe('\n');
  expect(() => showImage([1, 2, 3])).toThrow('showImage: expected rows of');
});

it('refuses invalid options', () => {
  const bad: readonly (readonly [string, () => unknown])[] = [
    ['generatedDigits: variation: expected a number from 0 to 1, got 2.', () => generatedDigits({ variation: 2 })],
    ['generatedDigits: noise', () => generatedDigits({ noise: Number.NaN })],
    ['generatedDigits: permutation', () => generatedDigits({ permutation: 0.5 })],
    ['generatedDigits: part', () => generatedDigits({ part: 'all' as Part })],
    [
      'generatedDigits: part: expected digits that vary',
      () => generatedDigits({ variation: 0, noise: 0, part: 'test' }),
    ],
    ['generatedDigits: length', () => generatedDigits().sample(Rng.seeded(1), [{ length: 29 }])],
    ['drawDigit: digit: expected 0 to 9, got 10.', () => drawDigit(Rng.seeded(1), 10, { side: 28 })],
    ['drawDigit: side', () => drawDigit(Rng.seeded(1), 1, { side: 7 })],
  ];
  for (const [message, call] of bad) {
    expect(call).toThrow(message);
    expect(call).toThrow(OptionError);
  }
});
