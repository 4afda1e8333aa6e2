import { OURS } from './contenders.ts';
import { digits, large, table } from './markdown.ts';
import type { Peak } from './protocol.ts';
import type { Measured, Outcome, Row } from './rows.ts';
import type { Summary } from './statistics.ts';
import { describeSizes, recurrentFlops, tokensOf } from './workloads.ts';

/** The main table: Elman on every row, and the time of each peer relative to it. */
export function mainTable(rows: readonly Row[], peers: readonly string[], peak: Peak | undefined): string {
  const head = [
    'workload',
    'ms a step (least–most)',
    'tokens/s',
    'recurrent ms',
    'GFLOP/s',
    'of peak',
    'peak MB',
    'load ms',
    ...peers.map((peer) => `${peer} ÷ ours (ms)`),
  ];
  const lines = rows.map(({ workload, outcomes }) => {
    const name = `${workload.name} ${describeSizes(workload)}`;
    const own = outcomes[OURS] as Outcome;
    if (own.state !== 'measured') return [name, absence(own), ...Array<string>(6 + peers.length).fill('–')];
    const { recurrent } = own;
    const gigaflops = recurrent && recurrentFlops(workload) / recurrent.median / 1e6;
    return [
      name,
      spread(own.step),
      large((tokensOf(workload) / own.step.median) * 1000),
      recurrent ? digits(recurrent.median) : '–',
      gigaflops ? digits(gigaflops) : '–',
      gigaflops && peak ? `${((100 * gigaflops) / peak.gigaflops).toFixed(0)} %` : '–',
      (own.peakBytes / 1e6).toFixed(0),
      own.load.toFixed(0),
      ...peers.map((peer) => ratio(outcomes[peer], own)),
    ];
  });
  return table(head, lines);
}

/** The results of every process on every row. */
export function processTable(rows: readonly Row[]): string {
  const head = [
    'workload',
    'who',
    'ms a step (least–most)',
    'steps',
    'tokens/s',
    'peak MB',
    'load ms',
    'first step ms',
  ];
  const lines = rows.flatMap(({ workload, outcomes }) =>
    Object.entries(outcomes).map(([name, outcome]) => {
      if (outcome.state !== 'measured') return [workload.name, name, absence(outcome), ...Array<string>(5).fill('–')];
      const { step, peakBytes, load, first } = outcome;
      const speed = large((tokensOf(workload) / step.median) * 1000);
      const memory = (peakBytes / 1e6).toFixed(0);
      return [workload.name, name, spread(step), `${step.count}`, speed, memory, load.toFixed(0), digits(first)];
    }),
  );
  return table(head, lines, 2);
}

type FailedRow = { readonly workload: { readonly name: string }; readonly outcomes: Row['outcomes'] };

/** The failures, a line for each contender. */
export function failures(rows: readonly FailedRow[]): string[] {
  return rows.flatMap(({ workload, outcomes }) =>
    Object.entries(outcomes).flatMap(([name, outcome]) =>
      outcome.state === 'failed' ? [`- ${workload.name}: ${name} failed: ${outcome.reason}`] : [],
    ),
  );
}

/** A peer's median over ours, and the median. */
export function ratio(outcome: Outcome | undefined, own: Measured): string {
  if (outcome?.state !== 'measured') return outcome === undefined ? '–' : absence(outcome);
  return `${digits(outcome.step.median / own.step.median)} (${digits(outcome.step.median)})`;
}

/** The text of a cell without a number. */
export function absence(outcome: Exclude<Outcome, Measured>): string {
  return outcome.state === 'failed' ? 'failed' : outcome.reason;
}

function spread({ median, least, most }: Summary): string {
  return `${digits(median)} (${digits(least)}–${digits(most)})`;
}
