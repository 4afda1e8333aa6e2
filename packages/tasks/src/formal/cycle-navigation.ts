import type { Task } from '@elman/core';
import { expectFrom } from '../expect-from.ts';
import { scoreByPlace } from '../score.ts';
import { formalTask, numerals, randomString } from './formal-task.ts';

/** The cycle. */
export type CycleNavigationOptions = {
  /** Its places; default 5. */
  readonly places?: number | undefined;
};

/**
 * The place on a cycle after some moves, starting from place 0: `<` steps back, `.` stays, `>` steps forward.
 *
 *   inputs   > > . > > > < _
 *   target                 4     of 5 places
 *
 * `length` is the number of uniformly random moves.
 *
 * Baseline: after n moves on k places P(j) = 1/k Σₘ ((1 + 2 cos(2πm/k))/3)ⁿ cos(2πmj/k), and the score its entropy and its largest; soon
 * ln k nats, 1/k.
 * @throws {OptionError} if there are fewer than two places.
 * @see Delétang et al. 2023, Neural networks and the Chomsky hierarchy (regular)
 */
export function cycleNavigation({ places = 5 }: CycleNavigationOptions = {}): Task {
  const name = 'cycleNavigation';
  expectFrom(2, name, { places });
  return formalTask({
    name,
    options: { places },
    symbols: { inputs: ['<', '.', '>'], targets: numerals(places) },
    row(rng, length) {
      const string = randomString(rng, length, 3);
      return { string, answer: [string.reduce((place, move) => (place + move - 1 + places) % places, 0)] };
    },
    baseline: (moves) => scoreByPlace([afterMoves(moves, places)]),
  });
}

/** The probability of each place, by the eigenvalues of a move. */
function afterMoves(moves: number, places: number): number[] {
  const turn = (2 * Math.PI) / places;
  return Array.from({ length: places }, (_, place) => {
    let sum = 0;
    for (let m = 0; m < places; m++) {
      sum += ((1 + 2 * Math.cos(turn * m)) / 3) ** moves * Math.cos(turn * m * place);
    }
    return Math.abs(sum) < 1e-12 ? 0 : sum / places;
  });
}
