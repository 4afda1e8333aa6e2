import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { listenForInterrupt } from '../src/interrupt.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const forget = (): void => {
  for (const name of SIGNALS) process.removeAllListeners(name);
};
beforeEach(forget);
afterEach(() => {
  vi.restoreAllMocks();
  forget();
});

/** The listeners alone, without a signal that would reach the test runner too. */
const press = (name: (typeof SIGNALS)[number]): void => {
  process.emit(name, name);
};

it('the first signal asks to stop, the second ends at once; two in the same moment are one', () => {
  const exit = vi.spyOn(process, 'exit').mockReturnValue(undefined as never);
  const onFirst = vi.fn();
  let time = 0;
  const interrupt = listenForInterrupt(onFirst, () => time);
  expect([interrupt.signal.aborted, interrupt.exitCode()]).toEqual([false, undefined]);
  press('SIGINT');
  expect([interrupt.signal.aborted, interrupt.exitCode()]).toEqual([true, 130]);
  time = 300;
  press('SIGINT');
  expect(exit).not.toHaveBeenCalled();
  time = 1000;
  press('SIGTERM');
  expect(exit).toHaveBeenCalledWith(130);
  expect(onFirst).toHaveBeenCalledTimes(1);
});

it.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('%s has the exit code %i', (name, code) => {
  const interrupt = listenForInterrupt(() => {});
  press(name);
  expect([interrupt.signal.aborted, interrupt.exitCode()]).toEqual([true, code]);
});

it('the terminal that is closed, and says so twice, leaves the time to save', () => {
  const exit = vi.spyOn(process, 'exit').mockReturnValue(undefined as never);
  let time = 0;
  const interrupt = listenForInterrupt(
    () => {},
    () => time,
  );
  press('SIGHUP');
  time = 1000;
  press('SIGHUP');
  expect(exit).not.toHaveBeenCalled();
  expect(interrupt.exitCode()).toBe(129);
});

it('leaves signals alone once it is closed', () => {
  listenForInterrupt(() => {}).close();
  expect(SIGNALS.map((name) => process.listenerCount(name))).toEqual([0, 0, 0]);
});
