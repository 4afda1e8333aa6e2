import { type Difficulty, type Json, OptionError, Rng } from '@elman/core';
import { describe, expect, it } from 'vitest';
import {
  type Curriculum,
  combinedCurriculum,
  ladder,
  mixedCurriculum,
  naiveCurriculum,
  noCurriculum,
  selfPacedCurriculum,
} from '../src/index.ts';

const range = { easiest: { length: 1, nesting: 1 }, target: { length: 3, nesting: 2 } };

/** `3,2` for length 3 and nesting 2. */
const short = ({ length, nesting }: Difficulty): string =>
  nesting === undefined ? `${length}` : `${length},${nesting}`;

/** How often each difficulty is drawn for 6000 rows. */
function drawn<S extends Json>(curriculum: Curriculum<S>, state: S): { [difficulty: string]: number } {
  const rng = Rng.seeded('rows');
  const found: { [difficulty: string]: number } = {};
  for (let row = 0; row < 6000; row++) {
    const difficulty = short(curriculum.draw(state, rng.fork(row)));
    found[difficulty] = (found[difficulty] ?? 0) + 1;
  }
  return found;
}

/** Each count within five standard deviations of its binomial. */
function expectShares(found: { [difficulty: string]: number }, wanted: { [difficulty: string]: number }): void {
  expect(Object.keys(found).sort()).toEqual(Object.keys(wanted).sort());
  for (const [difficulty, share] of Object.entries(wanted)) {
    const distance = Math.abs((found[difficulty] as number) - 6000 * share);
    expect(distance).toBeLessThanOrEqual(5 * Math.sqrt(6000 * share * (1 - share)));
  }
}

/** The state after evaluations with these losses and accuracies. */
function after<S extends Json>(
  curriculum: Curriculum<S>,
  evaluations: readonly { readonly loss: number; readonly accuracy?: number }[],
): S[] {
  const states = [curriculum.start()];
  evaluations.forEach(({ loss, accuracy }, step) => {
    const metrics: { [name: string]: number } = accuracy === undefined ? {} : { accuracy };
    states.push(curriculum.advance(states.at(-1) as S, { step, loss, metrics }));
  });
  return states;
}

const levels = <S extends Json>(curriculum: Curriculum<S>, states: readonly S[]): string[] =>
  states.map((state) => short(curriculum.level(state)));

describe('ladder', () => {
  const all = (options: Parameters<typeof ladder>[1]): string[] => {
    const { top, level } = ladder('test', options);
    return Array.from({ length: top + 1 }, (_, rung) => short(level(rung)));
  };

  it('raises the length by one, then the nesting by one and the length back to one', () => {
    expect(all(range)).toEqual(['1,1', '2,1', '3,1', '1,2', '2,2', '3,2']);
    expect(all({ ...range, target: { nesting: 2, length: 3 } })).toEqual(all(range));
  });

  it('follows another order and other strides, the last shortened to end at the target', () => {
    expect(all({ ...range, order: ['nesting', 'length'] })).toEqual(['1,1', '1,2', '2,1', '2,2', '3,1', '3,2']);
    expect(all({ easiest: { length: 2 }, target: { length: 9 }, stride: { length: 3 } })).toEqual(['2', '5', '8', '9']);
    expect(all({ easiest: { length: 2 }, target: { length: 8 }, stride: { length: 3 } })).toEqual(['2', '5', '8']);
  });

  it('does not change numbers without an easiest, and stays on its last rung', () => {
    expect(all({ easiest: { length: 1 }, target: { length: 2, nesting: 4 } })).toEqual(['1,4', '2,4']);
    expect(all({ easiest: { length: 5 }, target: { length: 5 } })).toEqual(['5']);
    expect(short(ladder('test', range).level(99))).toBe('3,2');
  });
});

describe('no curriculum', () => {
  it('draws only the target', () => {
    const none = noCurriculum(range.target);
    expectShares(drawn(none, none.start()), { '3,2': 1 });
    expect(none.level(null)).toEqual(range.target);
    expect(none.isSettled?.(null)).toBe(true);
  });
});

describe('the naive curriculum', () => {
  const patient = naiveCurriculum({ ...range, patience: 2 });

  it('follows a trace worked out by hand', () => {
    // The loss of an evaluation against the one two evaluations before it, at the same level: raised if it is not lower.
    const losses = [5, 4, 3, 3.5, 3, /* 1,1 */ 6, 6, 5.9, 6, /* 2,1 */ 1, 2, 1 /* 3,1 */, 9, 9, 9 /* 1,2 */];
    const trace = after(
      patient,
      losses.map((loss) => ({ loss })),
    );
    expect(levels(patient, trace)).toEqual([
      ...['1,1', '1,1', '1,1', '1,1', '1,1'], // 3 < 5, 3.5 < 4, and then 3 is not below 3
      ...['2,1', '2,1', '2,1', '2,1'], // 5.9 < 6, and then 6 is not below 6
      ...['3,1', '3,1', '3,1'],
      ...['1,2', '1,2', '1,2'],
      '2,2',
    ]);
    expect(trace[4]).toEqual({ rung: 0, losses: [3, 3.5] });
    expect(trace[5]).toEqual({ rung: 1, losses: [] });
    expectShares(drawn(patient, trace[9] as (typeof trace)[number]), { '3,1': 1 });
  });

  it('rises at once if the level is mastered, and settles at the target', () => {
    const mastered = Array.from({ length: 8 }, () => ({ loss: 1, accuracy: 0.96 }));
    const states = after(patient, mastered);
    expect(levels(patient, states)).toEqual(['1,1', '2,1', '3,1', '1,2', '2,2', '3,2', '3,2', '3,2', '3,2']);
    expect(states.map((state) => patient.isSettled?.(state))).toEqual([
      ...[false, false, false, false, false],
      ...[true, true, true, true],
    ]);
    const half = after(naiveCurriculum({ ...range, mastered: 1 }), mastered.slice(0, 5));
    expect(half.at(-1)).toEqual({ rung: 0, losses: [1, 1, 1, 1, 1] });
  });

  it('raises the level unless the loss falls by the threshold', () => {
    const strict = naiveCurriculum({ ...range, patience: 1, threshold: 0.1 });
    expect(levels(strict, after(strict, [{ loss: 1 }, { loss: 0.89 }, { loss: 0.85 }]))).toEqual([
      ...['1,1', '1,1', '1,1', '2,1'],
    ]);
  });

  it('has a patience of five evaluations by default, as in the paper', () => {
    const paper = naiveCurriculum(range);
    const flat = Array.from({ length: 6 }, () => ({ loss: 1, accuracy: 0.95 }));
    expect(after(paper, flat).map(({ rung }) => rung)).toEqual([0, 0, 0, 0, 0, 0, 1]);
  });
});

describe('the mixed curriculum', () => {
  it('draws every number uniformly and independently', () => {
    const mixed = mixedCurriculum(range);
    const cells = ['1,1', '2,1', '3,1', '1,2', '2,2', '3,2'];
    expectShares(drawn(mixed, null), Object.fromEntries(cells.map((cell) => [cell, 1 / 6])));
    expect(mixed.level(null)).toEqual(range.target);
    expect(mixed.isSettled?.(null)).toBe(true);
  });
});

describe('the combined curriculum', () => {
  it('draws one row in five by the mixed curriculum, the others by the naive one', () => {
    const combined = combinedCurriculum({ ...range, patience: 1 });
    const [, , state] = after(combined, [{ loss: 1 }, { loss: 1 }]) as [Json, Json, Json];
    expect(combined.level(state)).toEqual({ length: 2, nesting: 1 });
    const cells = ['1,1', '3,1', '1,2', '2,2', '3,2'];
    const shares = Object.fromEntries(cells.map((cell) => [cell, 0.2 / 6]));
    expectShares(drawn(combined, state), { ...shares, '2,1': 0.8 + 0.2 / 6 });
  });

  it('accepts another probability, and another curriculum in place of the naive one', () => {
    const all = combinedCurriculum({ ...range, mixed: 1 });
    expect(Object.keys(drawn(all, all.start()))).toHaveLength(6);
    const gradual = selfPacedCurriculum({ ...range, accuracy: 0.5, rows: 'last' });
    const paced = combinedCurriculum({ ...range, mixed: 0, gradual });
    expect(paced.name).toBe('combined selfPaced');
    const states = after(
      paced,
      Array.from({ length: 5 }, () => ({ loss: 1, accuracy: 0.5 })),
    );
    expect(levels(paced, states)).toEqual(['1,1', '2,1', '3,1', '1,2', '2,2', '3,2']);
    expectShares(drawn(paced, states[3] as Json), { '1,2': 1 });
    expect(states.map((state) => paced.isSettled?.(state))).toEqual([false, false, false, false, false, true]);
  });
});

describe('the self-paced curriculum', () => {
  const paced = selfPacedCurriculum({ ...range, accuracy: 0.9 });

  it('rises when the accuracy at its level reaches the threshold', () => {
    const accuracies = [0.89, 0.9, 0.2, 1, 0.95];
    const states = after(
      paced,
      accuracies.map((accuracy) => ({ loss: 1, accuracy })),
    );
    expect(levels(paced, states)).toEqual(['1,1', '1,1', '2,1', '2,1', '3,1', '1,2']);
  });

  it('draws all levels so far uniformly, or only the last', () => {
    const cells = ['1,1', '2,1', '3,1', '1,2'];
    expectShares(drawn(paced, { rung: 3 }), Object.fromEntries(cells.map((cell) => [cell, 1 / 4])));
    expectShares(drawn(selfPacedCurriculum({ ...range, rows: 'last' }), { rung: 3 }), { '1,2': 1 });
  });

  it('throws if there is no accuracy', () => {
    expect(() => after(paced, [{ loss: 1 }])).toThrow(
      'selfPacedCurriculum: the model measures no accuracy to pace itself by; use naiveCurriculum.',
    );
  });
});

describe('invalid options', () => {
  it('are refused in one line', () => {
    const refused: readonly [() => unknown, string][] = [
      [() => noCurriculum({ length: 0.5 }), 'noCurriculum: target: length: expected a whole number from 0, got 0.5.'],
      [
        () => mixedCurriculum({ ...range, easiest: { length: 4 } }),
        "mixedCurriculum: easiest: length: expected 3 at most, the target's, got 4.",
      ],
      [
        () => mixedCurriculum({ ...range, easiest: { depth: 4 } }),
        'mixedCurriculum: easiest: depth is none of the target, which has length, nesting; leave it out.',
      ],
      [
        () => naiveCurriculum({ ...range, order: ['length', 'length'] }),
        'naiveCurriculum: order: expected each of length, nesting once, as in the target, got length, length.',
      ],
      [
        () => naiveCurriculum({ ...range, stride: { length: 0 } }),
        'naiveCurriculum: length: expected a positive whole number, got 0.',
      ],
      [
        () => naiveCurriculum({ ...range, stride: { depth: 1 } }),
        'naiveCurriculum: stride: depth is none of the target, which has length, nesting.',
      ],
      [
        () => naiveCurriculum({ ...range, patience: 0 }),
        'naiveCurriculum: patience: expected a positive whole number, got 0.',
      ],
      [
        () => naiveCurriculum({ ...range, threshold: 1 }),
        'naiveCurriculum: threshold: expected a number from 0 to below 1, got 1.',
      ],
      [
        () => naiveCurriculum({ ...range, mastered: Number.NaN }),
        'naiveCurriculum: mastered: expected a number from 0 to 1, got NaN.',
      ],
      [
        () => combinedCurriculum({ ...range, mixed: 2 }),
        'combinedCurriculum: mixed: expected a number from 0 to 1, got 2.',
      ],
      [
        () => selfPacedCurriculum({ ...range, accuracy: 95 }),
        'selfPacedCurriculum: accuracy: expected a number from 0 to 1, got 95.',
      ],
      [
        () => selfPacedCurriculum({ ...range, rows: 'some' as never }),
        'selfPacedCurriculum: rows: expected all or last, got some.',
      ],
    ];
    for (const [make, message] of refused) {
      expect(make).toThrow(OptionError);
      expect(make).toThrow(message);
    }
  });
});
