import { afterEach, expect, it, vi } from 'vitest';
import { listenForInterrupt } from '../src/interrupt.ts';

afterEach(() => {
  vi.restoreAllMocks();
  for (const name of ['SIGINT', 'SIGTERM']) process.removeAllListeners(name);
});

/** The listeners alone, without a signal that would reach the test runner too. */
const press = (name: 'SIGINT' | 'SIGTERM'): void => {
  process.emit(name, name);
};

it('the first signal asks to stop, the second ends at once; two in the same moment are one', () => {
  for (const name of ['SIGINT', 'SIGTERM']) process.removeAllListeners(name);
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

it('SIGTERM has its own exit code', () => {
  for (const name of ['SIGINT', 'SIGTERM']) process.removeAllListeners(name);
  const interrupt = listenForInterrupt(() => {});
  press('SIGTERM');
  expect([interrupt.signal.aborted, interrupt.exitCode()]).toEqual([true, 143]);
});

it('leaves signals alone once it is closed', () => {
  const before = process.listenerCount('SIGINT');
  const interrupt = listenForInterrupt(() => {});
  interrupt.close();
  expect(process.listenerCount('SIGINT')).toBe(before);
});
