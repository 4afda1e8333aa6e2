import { constants } from 'node:os';

/** How a person or a system asks a run to end. */
export interface Interrupt {
  /** Aborted by the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
  /** The exit code that tells of the signal (130 for SIGINT, 143 for SIGTERM), once there was one. */
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
 * Listens for signals until it is closed: the first aborts `signal` and calls `onFirst`; a second ends the process at
 * once.
 */
export function listenForInterrupt(onFirst: () => void, now: () => number = () => performance.now()): Interrupt {
  const controller = new AbortController();
  let first: number | undefined;
  let exitCode: number | undefined;
  const listener = (name: 'SIGINT' | 'SIGTERM'): void => {
    exitCode ??= 128 + constants.signals[name];
    if (first === undefined) {
      first = now();
      controller.abort();
      onFirst();
    } else if (now() - first > SAME_PRESS) {
      process.exit(exitCode);
    }
  };
  process.on('SIGINT', listener);
  process.on('SIGTERM', listener);
  return {
    signal: controller.signal,
    exitCode: () => exitCode,
    close() {
      process.off('SIGINT', listener);
      process.off('SIGTERM', listener);
    },
  };
}
