import { Writable } from 'node:stream';
import { afterEach, expect, it, vi } from 'vitest';
import { Sink } from '../src/sink.ts';

afterEach(() => vi.useRealTimers());

/** A pipe whose reader reads only when it is told to. */
function pipe() {
  const taken: string[] = [];
  let next: (() => void) | undefined;
  const stream = new Writable({
    decodeStrings: false,
    write(text: string, _, done) {
      next = () => {
        taken.push(text);
        done();
      };
    },
  });
  const read = async (): Promise<void> => {
    next?.();
    await new Promise(setImmediate);
  };
  return { stream, taken, read };
}

function sinkOn(stream: Writable, isLog: boolean) {
  const listener = { failed: vi.fn(), behind: vi.fn() };
  const sink = new Sink(stream as unknown as NodeJS.WriteStream, isLog, listener);
  sink.guard();
  return { sink, listener };
}

const LINE = `${'x'.repeat(2 ** 18 - 1)}\n`;

it('keeps a log for its reader up to a limit, leaves whole lines out beyond, and says so once', async () => {
  const { stream, taken, read } = pipe();
  const { sink, listener } = sinkOn(stream, true);
  for (let i = 0; i < 100; i++) sink.write(LINE);
  expect(stream.writableLength).toBe(5 * LINE.length);
  for (let i = 0; i < 5; i++) await read();
  expect(taken).toEqual(Array(5).fill(LINE));
  sink.write('again\n');
  await read();
  expect(taken.at(-1)).toBe('again\n');
  expect([sink.isIncomplete, listener.behind.mock.calls.length]).toEqual([true, 1]);
});

it('leaves nothing out of results, and waits until the reader keeps up', async () => {
  const { stream, taken, read } = pipe();
  const { sink, listener } = sinkOn(stream, false);
  await sink.ready();
  for (let i = 0; i < 10; i++) sink.write(LINE);
  const isReady = vi.fn();
  const ready = sink.ready().then(isReady);
  await read();
  expect(isReady).not.toHaveBeenCalled();
  for (let i = 0; i < 9; i++) await read();
  await ready;
  expect([taken.length, sink.isIncomplete, listener.behind.mock.calls.length]).toEqual([10, false, 0]);
});

it('waits for a slow reader as long as it reads', async () => {
  const { stream, read } = pipe();
  const { sink } = sinkOn(stream, true);
  for (let i = 0; i < 4; i++) sink.write(LINE);
  const slow = setInterval(read, 60);
  expect(await sink.flushed(100)).toBe(true);
  clearInterval(slow);
  expect([sink.isWaiting, sink.isIncomplete]).toEqual([false, false]);
});

it('waits no longer for one that does not read', async () => {
  const { sink } = sinkOn(pipe().stream, true);
  sink.write(LINE);
  expect(await sink.flushed(40)).toBe(false);
  expect([sink.isWaiting, sink.isIncomplete]).toEqual([true, true]);
});

it.each([
  ['later', (_text: unknown, _: unknown, done: (error: Error) => void) => done(new Error('EIO'))],
  [
    'at once, as in early versions of Node 20',
    () => {
      throw new Error('EIO');
    },
  ],
])('says once that the stream has failed, %s, and writes no more to it', async (_, write) => {
  const write1 = vi.fn(write);
  const { sink, listener } = sinkOn(new Writable({ write: write1, autoDestroy: false }), true);
  for (let i = 0; i < 3; i++) {
    sink.write('a\n');
    await new Promise(setImmediate);
  }
  await sink.ready();
  expect(await sink.flushed(1000)).toBe(true);
  expect([write1.mock.calls.length, listener.failed.mock.calls.length]).toEqual([1, 1]);
  expect([sink.hasFailed, sink.isIncomplete, sink.isWaiting]).toEqual([true, true, false]);
});
