import { expect, it } from 'vitest';
import { quicker } from '../src/simd/quicker.ts';

/** Two functions that advance a fake clock by these times. */
function trial(times: readonly [number, number], isReady: () => boolean) {
  let time = 0;
  const taken: number[] = [];
  const way = (i: 0 | 1) => (): void => {
    taken.push(i);
    time += times[i];
  };
  return { call: quicker(way(0), way(1), isReady, () => time), taken };
}

it('takes the faster one after trying both', () => {
  for (const [times, best] of [
    [[3, 2], 1],
    [[2, 3], 0],
    [[2, 2], 0],
  ] as const) {
    const { call, taken } = trial(times, () => true);
    for (let i = 0; i < 500; i++) call();
    expect(taken.slice(0, 16)).toEqual(Array.from({ length: 16 }, (_, i) => i % 2));
    expect(new Set(taken.slice(16))).toEqual(new Set([best]));
  }
});

it('tries both again periodically', () => {
  const times: [number, number] = [2, 1];
  const { call, taken } = trial(times, () => true);
  for (let i = 0; i < 1000; i++) call();
  times[1] = 5;
  for (let i = 0; i < 1000; i++) call();
  expect([taken[999], taken.at(-1)]).toEqual([1, 0]);
});

it('takes the second, which may be starting, until they differ', () => {
  let ready = false;
  const { call, taken } = trial([1, 9], () => ready);
  for (let i = 0; i < 40; i++) call();
  expect(new Set(taken)).toEqual(new Set([1]));
  ready = true;
  for (let i = 0; i < 40; i++) call();
  expect(taken.at(-1)).toBe(0);
});
