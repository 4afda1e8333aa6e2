import { expect, it } from 'vitest';
import type { Contender } from '../src/child.ts';
import { parseOptions } from '../src/options.ts';
import { plan, takeTurns } from '../src/rounds.ts';

const pace = { milliseconds: 600, rounds: 6, leastSteps: 3 };

it('plans as many steps as fit in the time, and never fewer than the minimum', () => {
  expect(plan(1, pace)).toEqual({ steps: 100, rounds: 6 });
  expect(plan(150, pace)).toEqual({ steps: 1, rounds: 4 });
  expect(plan(10_000, pace)).toEqual({ steps: 1, rounds: 3 });
  expect(plan(1e-9, pace).steps).toBe(10_000);
});

it('interleaves the contenders, each round begun by another, and isolates the failure of one', async () => {
  const turns: string[] = [];
  const contender = (name: string, fails = false): Contender =>
    ({
      ready: { firstMilliseconds: 200 },
      time: async (_: string, count: number) => {
        turns.push(name);
        if (fails && turns.length > 3) throw new Error('broke');
        return { milliseconds: Array<number>(count).fill(200), value: 1, peakBytes: 1 };
      },
    }) as unknown as Contender;
  const all = new Map([
    ['a', contender('a')],
    ['b', contender('b')],
    ['c', contender('c', true)],
  ]);
  const found = await takeTurns(all, pace);
  expect(turns.join('')).toBe('abcabcbaab');
  expect(found.get('c')).toEqual(new Error('broke'));
  expect(found.get('a')).toMatchObject({ milliseconds: [200, 200, 200] });
});

it('reads the command line, and refuses unknown options in one line', () => {
  const options = parseOptions(['--only', 'W1,W4', '--peers', 'none', '--cpus', '0,1'], { ELMAN_PYTHON: '' });
  expect(options).toMatchObject({ only: ['W1', 'W4'], peers: [], cpus: [0, 1], backend: 'wasm', python: undefined });
  expect(parseOptions([], { ELMAN_PYTHON: 'python3' }).python).toBe('python3');
  expect(() => parseOptions(['--peers', 'jax'], {})).toThrow('--peers: expected some of');
  expect(() => parseOptions(['--seconds', '0'], {})).toThrow('--seconds: expected a number above 0, got 0.');
  expect(() => parseOptions(['--threads', '1.5'], {})).toThrow('--threads');
});
