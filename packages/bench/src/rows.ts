import { disagreement } from './agreement.ts';
import { Contender } from './child.ts';
import type { Entrant } from './contenders.ts';
import type { Options } from './options.ts';
import type { Setup } from './protocol.ts';
import { type Pace, type Turns, takeTurns } from './rounds.ts';
import { type Summary, summarize } from './statistics.ts';
import { BATCHES, LARGEST_NORM, LEARNING_RATE, type Workload } from './workloads.ts';

/** The outcome of one contender on one workload. */
export type Outcome = Measured | { readonly state: 'unavailable' | 'failed'; readonly reason: string };

/** Times are milliseconds. */
export interface Measured {
  readonly state: 'measured';
  readonly step: Summary;
  /** Times of every step, in order; as many in each round. */
  readonly milliseconds: readonly number[];
  readonly rounds: number;
  /** Processor time of the process in these steps, all its threads. */
  readonly processorMilliseconds: number;
  /** The recurrent layers alone, forward and backward. */
  readonly recurrent?: Summary | undefined;
  /** From the start of the process to its first step, and that step. */
  readonly load: number;
  readonly first: number;
  readonly peakBytes: number;
  /** What a forward pass saves for the backward pass, if counted. */
  readonly heldBytes?: number | undefined;
  /** The last loss, token or score. */
  readonly value: number;
  readonly versions: { readonly [name: string]: string };
}

/** A workload and the outcome of every contender. */
export interface Row {
  readonly workload: Workload;
  readonly outcomes: { readonly [name: string]: Outcome };
}

/** Runs all contenders on one workload. */
export async function measureRow(workload: Workload, all: readonly Entrant[], options: Options): Promise<Row> {
  const outcomes = await measure(
    all.map((entrant) => ({ ...entrant, setup: setupOf(workload, options) })),
    options,
  );
  return { workload, outcomes };
}

/**
 * Runs all contenders, each in its own process, taking turns. Returns the outcomes by name. Contenders that compute on the same
 * numbers as the first and find something else fail, untimed.
 */
export async function measure(
  all: readonly (Entrant & { readonly setup: object })[],
  options: Options,
): Promise<{ readonly [name: string]: Outcome }> {
  const outcomes: { [name: string]: Outcome } = {};
  const contenders = new Map<string, Contender>();
  try {
    for (const { name, command, setup } of all) {
      const started = await start(command, setup);
      if (started instanceof Contender) contenders.set(name, started);
      else outcomes[name] = started;
    }
    for (const [name, reason] of disagreements(contenders)) {
      await contenders.get(name)?.stop();
      contenders.delete(name);
      outcomes[name] = { state: 'failed', reason };
    }
    const pace = paceOf(options, contenders.size);
    const turns = await takeTurns(contenders, pace);
    for (const [name, contender] of contenders) {
      outcomes[name] = await outcomeOf(contender, turns.get(name), pace).catch(failed);
    }
  } finally {
    for (const contender of contenders.values()) await contender.stop();
  }
  return Object.fromEntries(all.map(({ name }) => [name, outcomes[name] as Outcome]));
}

/** The contenders that disagree with the first that says what it computes, and in what. */
function disagreements(contenders: ReadonlyMap<string, Contender>): [name: string, reason: string][] {
  const evaluated = [...contenders].flatMap(([name, { ready }]) =>
    ready.evaluation === undefined ? [] : [{ name, evaluation: ready.evaluation }],
  );
  const [first, ...others] = evaluated;
  return others.flatMap(({ name, evaluation }) => {
    const reason = first && disagreement(first.evaluation, evaluation);
    return reason === undefined ? [] : [[name, reason] as [string, string]];
  });
}

/** The setup of a contender. */
export function setupOf(workload: Workload, { backend, threads, experimentalSimd, quick }: Options): Setup {
  const batches = quick ? 2 : BATCHES;
  return {
    workload,
    backend,
    threads,
    experimentalSimd,
    learningRate: LEARNING_RATE,
    largestNorm: LARGEST_NORM,
    batches,
  };
}

/** Six rounds after the warm-up; with `--quick` one, of two steps. */
function paceOf({ quick, seconds }: Options, contenders: number): Pace {
  if (quick) return { milliseconds: 0, rounds: 1, leastSteps: 2 };
  const rounds = 6;
  const share = (seconds * 1000) / Math.max(1, contenders);
  return { milliseconds: (share * rounds) / (rounds + 1), rounds, leastSteps: 3 };
}

const failed = (error: Error): Outcome => ({ state: 'failed', reason: error.message });

async function start(command: Entrant['command'], setup: object): Promise<Contender | Outcome> {
  if ('reason' in command) return { state: 'unavailable', reason: command.reason };
  try {
    const started = await Contender.start(command, setup);
    return started instanceof Contender ? started : { state: 'unavailable', reason: started.reason };
  } catch (error) {
    return failed(error as Error);
  }
}

async function outcomeOf(contender: Contender, turns: Turns | Error | undefined, pace: Pace): Promise<Outcome> {
  if (turns === undefined) throw new Error('took no turn');
  if (turns instanceof Error) throw turns;
  const step = summarize(turns.milliseconds);
  const { parts, firstMilliseconds, heldBytes, versions } = contender.ready;
  const count = Math.max(pace.leastSteps, Math.min(100, Math.floor(pace.milliseconds / 10 / step.median)));
  const recurrent = parts.includes('recurrent') ? await recurrentOf(contender, count) : undefined;
  return {
    state: 'measured',
    step,
    ...turns,
    recurrent,
    heldBytes,
    load: contender.loadMilliseconds,
    first: firstMilliseconds,
    versions,
  };
}

async function recurrentOf(contender: Contender, count: number): Promise<Summary> {
  await contender.time('recurrent', Math.ceil(count / 4));
  return summarize((await contender.time('recurrent', count)).milliseconds);
}
