import { describe, expect, it } from 'vitest';
import { bar, describeProgress, type Progress, ProgressDisplay, progressLine, smoothed } from '../src/progress.ts';
import { type Output, wantsColours } from '../src/terminal.ts';

const progress: Progress = {
  step: 120,
  updates: 2000,
  fraction: 0.5,
  loss: 1.8337,
  bitsPerCharacter: 2.6455,
  tokensPerSecond: 12_345,
  secondsLeft: 102,
};

it('describeProgress says everything in one line', () => {
  expect(describeProgress(progress)).toBe('update 120/2000 · loss 1.834 · 2.65 bits/char · 12.3k tokens/s · 1:42 left');
  expect(describeProgress({ ...progress, updates: undefined, bitsPerCharacter: undefined })).toBe(
    'update 120 · loss 1.834 · 12.3k tokens/s · 1:42 left',
  );
});

it('progressLine never gets to the last column, where a terminal would wrap', () => {
  for (let columns = 1; columns < 140; columns++) {
    expect(progressLine(progress, columns).length).toBeLessThan(Math.max(columns, 1));
  }
  expect(progressLine(progress, 120)).toMatch(/^━{12}─{12} update/);
  expect(progressLine(progress, 78)).toMatch(/^update/);
});

it('bar stays within its width', () => {
  expect([-1, 0, 0.5, 0.99, 1, 7].map((fraction) => bar(fraction, 4))).toEqual([
    '────',
    '────',
    '━━──',
    '━━━─',
    '━━━━',
    '━━━━',
  ]);
});

it('smoothed starts at the first value and follows', () => {
  const smooth = smoothed(0.9);
  expect(smooth(4)).toBeCloseTo(4, 12);
  expect(smooth(2)).toBeCloseTo((0.9 * 4 + 2) / 1.9, 12);
});

describe('ProgressDisplay', () => {
  const watched = (isTerminal: boolean) => {
    const written: string[] = [];
    const clock = { time: 0 };
    const output: Output = {
      isTerminal,
      columns: () => 100,
      write: (text) => written.push(text),
      colours: null as never,
    };
    return { written, clock, display: new ProgressDisplay(output, () => clock.time) };
  };

  it('rewrites one line on a terminal, ten times a second at most, and clears it for lines that stay', () => {
    const { written, clock, display } = watched(true);
    for (; clock.time < 1000; clock.time += 10) display.show(progress);
    expect(written).toHaveLength(10);
    expect(written[0]).toBe(`\r${progressLine(progress, 100)}\u001b[K`);
    written.length = 0;
    display.line('evaluation');
    expect(written).toEqual(['\r\u001b[K', 'evaluation\n']);
  });

  it('writes a plain line every five seconds elsewhere', () => {
    const { written, clock, display } = watched(false);
    for (; clock.time < 11_000; clock.time += 100) display.show(progress);
    display.line('evaluation');
    expect(written).toEqual([...Array(3).fill(`${describeProgress(progress)}\n`), 'evaluation\n']);
  });
});

it('colours are for terminals without NO_COLOR', () => {
  expect(wantsColours(true, {})).toBe(true);
  expect(wantsColours(true, { NO_COLOR: '' })).toBe(true);
  expect(wantsColours(true, { NO_COLOR: '1' })).toBe(false);
  expect(wantsColours(true, { TERM: 'dumb' })).toBe(false);
  expect(wantsColours(false, {})).toBe(false);
});
