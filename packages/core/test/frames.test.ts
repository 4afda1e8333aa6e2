import { expect, it } from 'vitest';
import { Rng } from '../src/index.ts';

const draws = (rng: Rng): number[] => Array.from({ length: 4 }, () => rng.bits());

it('has a separate stream for each frame of a sequence', () => {
  const rng = Rng.seeded(1);
  const streams = [rng, rng.frame(0), rng.frame(1), rng.fork(0), rng.fork('frame 0')].map((r) => draws(r).join());
  expect(new Set(streams).size).toBe(streams.length);
  expect(draws(rng.frame(1))).toEqual(draws(Rng.seeded(1).frame(1)));
});

it('returns the same streams for forks and frames in either order', () => {
  const rng = Rng.seeded(1);
  expect(draws(rng.frame(3).fork('a').fork('b'))).toEqual(draws(rng.fork('a').fork('b').frame(3)));
  expect(draws(rng.frame(3).fork('a').sequence())).toEqual(draws(rng.fork('a')));
});

it('distinguishes the frames of a sequence within a frame', () => {
  const rng = Rng.seeded(1);
  expect(draws(rng.frame(1).frame(0))).not.toEqual(draws(rng.frame(2).frame(0)));
  expect(draws(rng.frame(1).frame(0))).not.toEqual(draws(rng.frame(0)));
});

it('continues from a saved position of a frame', () => {
  const rng = Rng.seeded(1).frame(5);
  rng.bits();
  const saved = JSON.parse(JSON.stringify(rng.position()));
  expect(draws(Rng.at(saved).fork('a'))).toEqual(draws(rng.fork('a')));
  expect(draws(Rng.at(saved))).toEqual(draws(rng));
});
