import { describe, expect, it, vi } from 'vitest';
import { bar, describeProgress, type Progress, ProgressDisplay, progressLine, smoothed } from '../src/progress.ts';
import { humanReport } from '../src/report.ts';
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
  expect(describeProgress(progress, 100)).toBe(
    'update 120/2000 · loss 1.834 · 2.65 bits/char · 12.3k tokens/s · 1:42 left',
  );
  expect(describeProgress({ ...progress, updates: undefined, bitsPerCharacter: undefined }, 100)).toBe(
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
      ready: async () => {},
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
    expect(written).toEqual([...Array(3).fill(`${describeProgress(progress, 100)}\n`), 'evaluation\n']);
  });
});

it('colours are for terminals without NO_COLOR', () => {
  expect(wantsColours(true, {})).toBe(true);
  expect(wantsColours(true, { NO_COLOR: '' })).toBe(true);
  expect(wantsColours(true, { NO_COLOR: '1' })).toBe(false);
  expect(wantsColours(true, { TERM: 'dumb' })).toBe(false);
  expect(wantsColours(false, {})).toBe(false);
});

describe('every line of a run', () => {
  /** What a report writes on standard error, which is no terminal here: 80 columns. */
  const linesOf = (report: (run: ReturnType<typeof humanReport>) => void): string[] => {
    let written = '';
    const spy = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      written += text;
      return true;
    });
    report(humanReport((nats) => nats / Math.LN2));
    spy.mockRestore();
    return written.trimEnd().split('\n');
  };

  it.each([1e-9, 1.938, 526.569, 1e5, 1e30])('fits 80 columns with a loss of %d', (loss) => {
    const heldOut = { loss, bitsPerCharacter: loss / Math.LN2, perplexity: Math.exp(loss), unknownShare: 0 };
    const update = { updates: 2e6, epoch: 9, loss, count: 1, gradientNorm: 1, scale: 1 };
    const lines = linesOf((run) => {
      run.start({
        folder: 'runs/x',
        cell: '12 × lstm+ntmMemory:slots=128:width=20:heads=4 of 1024',
        parameters: 123_456_789,
        tokenizer: 'characters',
        vocabSize: 10_172,
        tokens: 912_876_570,
        heldOutTokens: 143_829_000,
        backend: 'node-gpu',
        device: 'libtensorflow, NVIDIA GeForce RTX 4090 Laptop GPU',
        step: 6060,
        updates: 2e6,
        updatesPerEpoch: 1_445_813,
      });
      for (const step of [1, 6060, 1_234_567]) {
        run.update(
          { ...update, step },
          { step, updates: 2e6, fraction: 0, tokensPerSecond: 123_456, secondsLeft: 4e6 },
        );
        for (const improved of [true, false]) run.evaluation({ step, loss, count: 1, improved }, heldOut, !improved);
      }
      run.interrupted();
    });
    expect(lines.length).toBeGreaterThan(9);
    for (const line of lines) expect(line.length, line).toBeLessThan(80);
  });

  it('has the loss and the verdict, whatever else there is no room for', () => {
    const heldOut = { loss: 1.9384, bitsPerCharacter: 2.796, perplexity: 6.947, unknownShare: 0 };
    const [best, guess] = linesOf((run) => {
      run.evaluation({ step: 6060, loss: 1.9384, count: 1, improved: true }, heldOut, false);
      run.evaluation({ step: 6060, loss: 1.9384, count: 1, improved: false }, heldOut, true);
    });
    expect(best).toBe('update 6060 · held out: loss 1.938 · 2.796 bits/char · best so far');
    expect(guess).toBe('update 6060 · held out: loss 1.938 · 2.796 bits/char · no better than guessing');
  });
});
