import type { Contender } from './child.ts';

/** Duration and number of the rounds of a row. */
export interface Pace {
  /** For each contender, all its turns together. */
  readonly milliseconds: number;
  readonly rounds: number;
  /** The minimum number of measured steps of a contender. */
  readonly leastSteps: number;
}

/** The result of the turns of one contender. */
export interface Turns {
  /** Of all rounds, as many steps in each. */
  readonly milliseconds: readonly number[];
  readonly rounds: number;
  /** Processor time of the process in these steps. */
  readonly processorMilliseconds: number;
  readonly value: number;
  readonly peakBytes: number;
}

const NOTHING = { milliseconds: [], rounds: 0, processorMilliseconds: 0 };

/** A contender's part of a round, in steps, and the number of rounds it takes part in. */
export function plan(stepMilliseconds: number, pace: Pace): { readonly steps: number; readonly rounds: number } {
  const affordable = Math.max(pace.leastSteps, Math.floor(pace.milliseconds / stepMilliseconds));
  const rounds = Math.min(pace.rounds, affordable);
  return { steps: Math.min(10_000, Math.floor(affordable / rounds)), rounds };
}

/**
 * Steps of several contenders, interleaved: in each round every contender takes a turn, beginning with another one each time, so
 * that a disturbance of the machine affects all alike. The first turn warms up and is not counted.
 */
export async function takeTurns(
  contenders: ReadonlyMap<string, Contender>,
  pace: Pace,
): Promise<Map<string, Turns | Error>> {
  const plans = new Map<string, ReturnType<typeof plan>>();
  const turns = new Map<string, Turns | Error>();
  const turn = async (name: string, contender: Contender, steps: number, counts: boolean): Promise<void> => {
    try {
      const times = await contender.time('step', steps);
      const before = turns.get(name);
      const earlier = before === undefined || before instanceof Error ? NOTHING : before;
      if (counts) {
        const milliseconds = [...earlier.milliseconds, ...times.milliseconds];
        const processorMilliseconds = earlier.processorMilliseconds + times.processorMilliseconds;
        turns.set(name, { ...times, milliseconds, rounds: earlier.rounds + 1, processorMilliseconds });
      } else plans.set(name, plan(Math.min(...times.milliseconds), pace));
    } catch (error) {
      turns.set(name, error as Error);
    }
  };
  for (const [name, contender] of contenders) {
    await turn(name, contender, plan(contender.ready.firstMilliseconds, { ...pace, leastSteps: 1 }).steps, false);
  }
  const order = [...contenders];
  for (let round = 0; round < pace.rounds; round++) {
    for (const [name, contender] of order) {
      const planned = plans.get(name);
      if (planned === undefined || round >= planned.rounds || turns.get(name) instanceof Error) continue;
      await turn(name, contender, planned.steps, true);
    }
    order.push(...order.splice(0, 1));
  }
  return turns;
}
