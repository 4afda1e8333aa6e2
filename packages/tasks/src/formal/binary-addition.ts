import type { Task } from '@elman/core';
import { scoreByPlace } from '../score.ts';
import { binaryTask } from './binary.ts';

/**
 * The sum of two binary numbers, all with the lowest bit first.
 *
 *   inputs   1 0 0 1 + 0 1 _ _ _ _ _ _ _
 *   targets                1 1 0 1 end        9 + 2 = 11
 *
 * `length` is that of both numbers and the sign, from 3 on: the first has 1 to length − 2 bits, uniformly, and each number
 * that fits, except 0, is equally likely; it may have zeros at its high end. The sum has none and an `end` instead. There are
 * `length` frames to answer in, of which those after the `end` do not count.
 *
 * Baseline: exact. Of numbers of a ≤ b bits, with zeros among them, bit i of the sum s is 1 half of the time for i < b
 * and (2ᵃ − 1)/2ᵇ⁺¹ for i = b, and P(s < 2ⁱ) is 2ⁱ(2ⁱ + 1)/2ᵃ⁺ᵇ⁺¹ for i ≤ a and (2ⁱ − (2ᵃ − 1)/2)/2ᵇ for a < i ≤ b;
 * those with a zero are taken out. What is 1 is no end, and the end is at place i where 2ⁱ⁻¹ ≤ s < 2ⁱ.
 * @see Delétang et al. 2023, Neural networks and the Chomsky hierarchy (context-sensitive)
 */
export function binaryAddition(): Task {
  return binaryTask(
    'binaryAddition',
    '+',
    (a, b) => a + b,
    (length) => scoreByPlace(sumChances(length)),
  );
}

/** The probability of 0, 1 and the end at each place of a sum. */
function sumChances(length: number): number[][] {
  const places = Array.from({ length }, () => [0, 0, 0] as [number, number, number]);
  for (let cut = 1; cut <= length - 2; cut++) {
    const [a, b] = [Math.min(cut, length - 1 - cut), Math.max(cut, length - 1 - cut)];
    const pairs = (1 - 2 ** -a) * (1 - 2 ** -b) * (length - 2);
    let before = pairs;
    for (let place = 0; place <= b + 1; place++) {
      const one = isOne(place, a, b);
      const there = reaches(place, a, b);
      const chances = places[place] as [number, number, number];
      chances[0] += Math.max(0, there - one) / pairs;
      chances[1] += one / pairs;
      if (place > 0) chances[2] += Math.max(0, before - there) / pairs;
      before = there;
    }
  }
  return places;
}

/** How many pairs, of 2ᵃ⁺ᵇ, are of positive numbers whose sum has a 1 at this place. */
function isOne(place: number, a: number, b: number): number {
  if (place === b) return (2 ** a - 1) / 2 ** (b + 1);
  if (place > b) return 0;
  return 0.5 - 2 ** (-a - 1) - (place < a ? 2 ** (-b - 1) : 0);
}

/** How many pairs, of 2ᵃ⁺ᵇ, are of positive numbers with a sum of 2^place or more. */
function reaches(place: number, a: number, b: number): number {
  if (place > b) return 0;
  const less =
    place <= a
      ? (2 ** (2 * place - a - b) + 2 ** (place - a - b)) / 2
      : 2 ** (place - b) - (2 ** (a - b) - 2 ** -b) / 2;
  const withZero = [a, b].map((bits) => Math.max(0, 2 ** (bits - a - b) - 2 ** (place - a - b)));
  return withZero.reduce((rest, some) => rest - some, 1 - less);
}
