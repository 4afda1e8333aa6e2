import type { Rng } from '@elman/core';
import { chance, pick, pickSome, type Tell } from './teller.ts';

const SHAPES = ['red cube', 'blue disc', 'green ring', 'white star', 'black cone'];

/** The sides, each with its opposite and the step from the second thing to the first. */
const SIDES = [
  { side: 'left of', opposite: 'right of', step: [-1, 0] },
  { side: 'right of', opposite: 'left of', step: [1, 0] },
  { side: 'above', opposite: 'below', step: [0, 1] },
  { side: 'below', opposite: 'above', step: [0, -1] },
] as const;

/** Is the red cube left of the green ring? It is left of the disc, which is above the ring. */
export const positions: Tell = (rng, { say, ask }) => {
  const shapes = pickSome(rng, SHAPES, 3) as [string, string, string];
  const facts = [0, 1].map((i) => ({ first: i, second: i + 1, ...pick(rng, SIDES) }));
  // Each may be said from either end, and the second first.
  const lines = pickSome(rng, facts, 2).map(({ first, second, side, opposite }) => {
    const [a, b] = [shapes[first], shapes[second]];
    const line = say(chance(rng, 0.5) ? `The ${a} is ${side} the ${b}.` : `The ${b} is ${opposite} the ${a}.`);
    return { first, line };
  });
  const lineOf = (first: number): number => lines.find((fact) => fact.first === first)?.line ?? 0;
  const between = [[0], [1], [0, 1]].flatMap((path) => {
    const [x, y] = path.reduce(
      ([x, y], i) => {
        const [right, up] = facts[i]?.step ?? [0, 0];
        return [x + right, y + up] as [number, number];
      },
      [0, 0] as [number, number],
    );
    const ends = { from: path[0] as number, to: (path.at(-1) as number) + 1, facts: path.map(lineOf) };
    return SIDES.flatMap(({ side, step }) => {
      const along = x * step[0] + y * step[1];
      return along === 0 ? [] : [{ ...ends, side, isSo: along > 0 }];
    });
  });
  for (let question = 0; question < 4; question++) {
    const isLong = chance(rng, 0.7);
    const some = between.filter(({ facts }) => (facts.length === 2) === isLong);
    const { from, to, side, isSo, facts: needed } = balanced(rng, some.length > 0 ? some : between);
    ask(`Is the ${shapes[from]} ${side} the ${shapes[to]}?`, isSo ? 'yes' : 'no', needed);
  }
};

const CONTAINERS = ['box', 'chest', 'crate', 'suitcase', 'drawer'];

/** Does the box fit inside the chest? The chest is bigger than the crate, and the box fits inside the crate. */
export const sizes: Tell = (rng, { say, ask }) => {
  const order = pickSome(rng, CONTAINERS, 4);
  const lines = new Map<number, number>();
  for (const i of rng.permutation(3)) {
    const [small, large] = [order[i], order[i + 1]];
    lines.set(
      i,
      say(chance(rng, 0.5) ? `The ${small} fits inside the ${large}.` : `The ${large} is bigger than the ${small}.`),
    );
  }
  for (let question = 0; question < 4; question++) {
    const [low, high] = [...rng.permutation(4).subarray(0, 2)].sort() as [number, number];
    const isSo = chance(rng, 0.5);
    const isFit = chance(rng, 0.5);
    const [a, b] = isSo === isFit ? [order[low], order[high]] : [order[high], order[low]];
    const facts = Array.from({ length: high - low }, (_, i) => lines.get(low + i) ?? 0);
    ask(isFit ? `Does the ${a} fit inside the ${b}?` : `Is the ${a} bigger than the ${b}?`, isSo ? 'yes' : 'no', facts);
  }
};

/** A true or a false statement with equal probability. */
function balanced<T extends { readonly isSo: boolean }>(rng: Rng, items: readonly T[]): T {
  const wanted = chance(rng, 0.5);
  return pick(
    rng,
    items.filter(({ isSo }) => isSo === wanted),
  );
}
