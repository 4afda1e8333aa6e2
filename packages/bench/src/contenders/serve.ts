import { createInterface } from 'node:readline';
import type { Evaluation, Reply, Request, Setup, Times } from '../protocol.ts';

/** Runs a workload: each call is one step, which ends when its result has been read. */
export interface Contender {
  readonly versions: { readonly [name: string]: string };
  readonly step: () => Promise<number>;
  /** The recurrent layers alone, forward and backward. */
  readonly recurrent?: (() => Promise<number>) | undefined;
  /** The clock that times steps, in milliseconds; default: wall time. */
  readonly clock?: (() => number) | undefined;
  /** Bytes saved by the forward pass of a step for the backward pass, known after a step. */
  readonly heldBytes?: (() => number) | undefined;
  /** What a step computes, where contenders compute on the same numbers. */
  readonly evaluate?: (() => Promise<Evaluation>) | undefined;
}

/** Thrown by a contender that cannot run a workload: the message is the reason. */
export class CannotRun extends Error {}

/** The contender's side of the protocol. */
export async function serve<S = Setup>(make: (setup: S) => Promise<Contender>): Promise<void> {
  const say = (reply: Reply): void => {
    process.stdout.write(`${JSON.stringify(reply)}\n`);
  };
  let contender: Contender;
  try {
    contender = await make(JSON.parse(process.argv.at(-1) as string));
  } catch (error) {
    if (!(error instanceof CannotRun)) throw error;
    say({ event: 'unavailable', reason: error.message });
    return;
  }
  const { step, recurrent, heldBytes, evaluate, versions, clock = () => performance.now() } = contender;
  const start = performance.now();
  await step();
  const firstMilliseconds = performance.now() - start;
  const parts: Request['part'][] = recurrent ? ['step', 'recurrent'] : ['step'];
  const evaluation = await evaluate?.();
  say({ event: 'ready', firstMilliseconds, versions, parts, heldBytes: heldBytes?.(), evaluation });
  for await (const line of createInterface({ input: process.stdin })) {
    const { part, count } = JSON.parse(line) as Request;
    const times = await time(part === 'recurrent' && recurrent ? recurrent : step, count, clock);
    say({ event: 'times', ...times, peakBytes: process.resourceUsage().maxRSS * 1024 });
  }
}

async function time(
  run: () => Promise<number>,
  count: number,
  clock: () => number,
): Promise<Omit<Times, 'event' | 'peakBytes'>> {
  const milliseconds: number[] = [];
  let value = Number.NaN;
  const before = process.cpuUsage();
  for (let i = 0; i < count; i++) {
    const start = clock();
    value = await run();
    milliseconds.push(clock() - start);
  }
  const { user, system } = process.cpuUsage(before);
  return { milliseconds, processorMilliseconds: (user + system) / 1000, value };
}
