import type { Progress } from './progress.ts';

/** When a run ends. */
export interface Goal {
  /** Updates in all; null where only the time counts. */
  readonly updates: number | null;
  /** Seconds from the start of this process; null where only the updates count. */
  readonly seconds: number | null;
}

/** How fast a run goes and how long it will still take. */
export class Pace {
  readonly #goal: Goal;
  readonly #firstStep: number;
  readonly #now: () => number;
  readonly #start: number;
  readonly #recent: { time: number; tokens: number }[];
  #tokens = 0;

  /** `firstStep`: updates made before. `now` in milliseconds. */
  constructor(goal: Goal, firstStep: number, now: () => number = () => performance.now()) {
    this.#goal = goal;
    this.#firstStep = firstStep;
    this.#now = now;
    this.#start = now();
    this.#recent = [{ time: this.#start, tokens: 0 }];
  }

  /** Seconds since the start. */
  seconds(): number {
    return (this.#now() - this.#start) / 1000;
  }

  /** Takes note of an update of so many tokens. */
  update(step: number, tokens: number): Omit<Progress, 'loss' | 'bitsPerCharacter'> {
    this.#tokens += tokens;
    const { updates, seconds } = this.#goal;
    const time = this.#now();
    this.#recent.push({ time, tokens: this.#tokens });
    if (this.#recent.length > WINDOW) this.#recent.shift();
    const [oldest] = this.#recent as [{ time: number; tokens: number }];
    const tokensPerSecond = (this.#tokens - oldest.tokens) / Math.max(1e-9, (time - oldest.time) / 1000);
    const elapsed = (time - this.#start) / 1000;
    if (updates === null) {
      const whole = seconds ?? Number.POSITIVE_INFINITY;
      return { step, fraction: elapsed / whole, tokensPerSecond, secondsLeft: Math.max(0, whole - elapsed) };
    }
    const secondsLeft = (elapsed / (step - this.#firstStep)) * (updates - step);
    return { step, updates, fraction: step / updates, tokensPerSecond, secondsLeft };
  }
}

/** Updates over which the speed is the mean. */
const WINDOW = 50;
