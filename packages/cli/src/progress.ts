import { fitted, formatCount, formatSeconds, wrapped } from './format.ts';
import type { Output } from './terminal.ts';

/** Where a run stands. */
export interface Progress {
  /** Updates done. */
  readonly step: number;
  /** How many there will be, if that is known. */
  readonly updates?: number | undefined;
  /** From 0 to 1: of the updates or of the time. */
  readonly fraction: number;
  /** Nats per token, smoothed. */
  readonly loss: number;
  readonly bitsPerCharacter?: number | undefined;
  readonly tokensPerSecond: number;
  readonly secondsLeft: number;
}

/**
 * The facts of a run in one line, the most of them that fit:
 * `update 120/2000 · loss 1.834 · 2.65 bits/char · 12.3k tokens/s · 1:42 left`.
 */
export function describeProgress(progress: Progress, columns: number): string {
  const { step, updates, loss, bitsPerCharacter, tokensPerSecond, secondsLeft } = progress;
  const bits = bitsPerCharacter === undefined ? [] : [{ text: `${short(bitsPerCharacter, 2)} bits/char`, spare: true }];
  const parts = [
    { text: `update ${step}${updates === undefined ? '' : `/${updates}`}` },
    { text: `loss ${short(loss, 3)}` },
    ...bits,
    { text: `${formatCount(tokensPerSecond)} tokens/s`, spare: true },
    { text: `${formatSeconds(secondsLeft)} left` },
  ];
  return fitted(parts, columns);
}

/** So many digits after the point, and powers of ten for what is very small or large. */
const short = (x: number, digits: number): string =>
  x === 0 || (x >= 0.001 && x < 1e6) ? x.toFixed(digits) : x.toExponential(1);

/** The same after a bar, no wider than `columns`: the bar goes first, then the text is cut. */
export function progressLine(progress: Progress, columns: number): string {
  const text = describeProgress(progress, columns);
  const room = Math.min(24, columns - text.length - 2);
  if (room < 4) return text.slice(0, Math.max(0, columns - 1));
  return `${bar(progress.fraction, room)} ${text}`;
}

/** `━━━━╸────`: a bar of `width` columns, filled to `fraction`. */
export function bar(fraction: number, width: number): string {
  const filled = Math.floor(Math.min(1, Math.max(0, fraction)) * width);
  return '━'.repeat(filled) + '─'.repeat(width - filled);
}

/** An exponential mean that is not biased towards its start (as in Adam). */
export function smoothed(decay: number): (value: number) => number {
  let sum = 0;
  let weight = 0;
  return (value) => {
    sum = decay * sum + (1 - decay) * value;
    weight = decay * weight + 1 - decay;
    return sum / weight;
  };
}

/** How often a line is shown: ten times a second on a terminal, every five seconds elsewhere. */
const INTERVAL = { terminal: 100, plain: 5000 } as const;

/** Shows progress on a stream: one line rewritten on a terminal, plain lines now and then elsewhere. */
export class ProgressDisplay {
  readonly #output: Output;
  readonly #now: () => number;
  #last = Number.NEGATIVE_INFINITY;
  #open = false;

  constructor(output: Output, now: () => number = () => performance.now()) {
    this.#output = output;
    this.#now = now;
  }

  /** Shows where the run stands, unless it did so a moment ago. */
  show(progress: Progress): void {
    const { isTerminal, columns } = this.#output;
    const now = this.#now();
    if (now - this.#last < (isTerminal ? INTERVAL.terminal : INTERVAL.plain)) return;
    this.#last = now;
    if (isTerminal) this.#output.write(`\r${progressLine(progress, columns())}\u001b[K`);
    else this.#output.write(`${describeProgress(progress, columns())}\n`);
    this.#open = isTerminal;
  }

  /** Writes a text that stays, wrapped at the width of the terminal. */
  line(text: string): void {
    this.verbatim(wrapped(text, this.#output.columns()));
  }

  /** Writes a line that stays as it is: a command to be copied, or a path. */
  verbatim(text: string): void {
    this.clear();
    this.#output.write(`${text}\n`);
  }

  /** Takes the moving line away. */
  clear(): void {
    if (this.#open) this.#output.write('\r\u001b[K');
    this.#open = false;
  }
}
