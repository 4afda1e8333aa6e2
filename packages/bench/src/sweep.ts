import { ours } from './contenders.ts';
import { digits, table } from './markdown.ts';
import type { Options } from './options.ts';
import { type Measured, measure, type Outcome, setupOf } from './rows.ts';
import { exponent } from './statistics.ts';
import { quickened, quickSweepTimes, sweepTimes, type Workload, workloads } from './workloads.ts';

/** Step time by sequence length. */
export interface Sweep {
  readonly workload: Workload;
  readonly points: readonly { readonly time: number; readonly outcome: Outcome }[];
  /** The exponent of the power law through the medians; 1 is linear. Undefined with fewer than two points. */
  readonly exponent: number | undefined;
}

/** Elman at the sizes of W1, sequences of several lengths, each in its own process, taking turns. */
export async function sweepTime(options: Options): Promise<Sweep> {
  const whole = workloads[0] as Workload;
  const workload = options.quick ? quickened(whole) : whole;
  const times = options.quick ? quickSweepTimes : sweepTimes;
  const entrants = times.map((time) => ({
    name: `T ${time}`,
    command: ours(options),
    setup: setupOf({ ...workload, time }, options),
  }));
  const outcomes = await measure(entrants, options);
  const points = times.map((time) => ({ time, outcome: outcomes[`T ${time}`] as Outcome }));
  const medians = points.flatMap(({ time, outcome }) =>
    outcome.state === 'measured' ? [[time, outcome.step.median] as const] : [],
  );
  return { workload, points, exponent: medians.length < 2 ? undefined : exponent(medians) };
}

/** The sweep as a table, and its exponent. */
export function describeSweep({ points, exponent: power }: Sweep): string {
  const cells = (time: number, { step, peakBytes }: Measured): string[] => {
    const { median, least, most } = step;
    const memory = (peakBytes / 1e6).toFixed(0);
    return [`${time}`, digits(median), `${digits(least)}–${digits(most)}`, digits(median / time), memory];
  };
  const lines = points.map(({ time, outcome }) =>
    outcome.state === 'measured' ? cells(time, outcome) : [`${time}`, outcome.reason, '–', '–', '–'],
  );
  const head = ['T', 'ms a step', 'least–most', 'ms a frame', 'peak MB'];
  const law = power === undefined ? '' : `\n\nTime grows as T to the power ${power.toFixed(2)} (1 is linear).`;
  return `${table(head, lines)}${law}`;
}
