import { constants } from 'node:os';

/** What asks a run to end: Ctrl-C, the system, and the end of its terminal or connection. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
type Signal = (typeof SIGNALS)[number];

/** How a person or a system asks a run to end. */
export interface Interrupt {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal;
  /** The exit code that tells of the signal (130 for SIGINT, 143 for SIGTERM, 129 for SIGHUP), once there was one. */
  exitCode(): number | undefined;
  /** Restores the previous signal handling. */
  close(): void;
}

/**
 * npm and pnpm pass a Ctrl-C on to a process that had it from the terminal already: what comes within this many
 * milliseconds after the first is the same one.
 */
const SAME_PRESS = 400;

/**
 * Listens for signals until it is closed: the first aborts `signal` and calls `onFirst`; a second SIGINT or SIGTERM ends
 * the process at once. A second SIGHUP does not: a terminal that is closed may send two.
 */
export function listenForInterrupt(onFirst: () => void, now: () => number = () => performance.now()): Interrupt {
  const controller = new AbortController();
  let first: number | undefined;
  let exitCode: number | undefined;
  const listener = (name: Signal): void => {
    exitCode ??= 128 + constants.signals[name];
    if (first === undefined) {
      first = now();
      controller.abort();
      onFirst();
    } else if (name !== 'SIGHUP' && now() - first > SAME_PRESS) {
      process.exit(exitCode);
    }
  };
  for (const name of SIGNALS) process.on(name, listener);
  return {
    signal: controller.signal,
    exitCode: () => exitCode,
    close() {
      for (const name of SIGNALS) process.off(name, listener);
    },
  };
}
