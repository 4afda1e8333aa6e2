/** Sizes of a sequence. */
export type SequenceSizes = {
  readonly time: number;
  readonly batch: number;
  readonly hidden: number;
};

/** Leave to save copies. Without it what `forward` returns is fresh, and `backward` only reads it. */
export type Holding = {
  /** To `forward`: what it returns may stay in the engine's own memory; each array is then to be asked for afresh. */
  readonly hold?: boolean | undefined;
  /** To `backward`: what a `forward` with `hold` has returned; nobody will look at it again. */
  readonly spend?: object | undefined;
};

/** The frames in the order in which they are run, each with the one before it; −1 before the first. */
export function framesOf(time: number, reverse: boolean): { readonly t: number; readonly previous: number }[] {
  return Array.from({ length: time }, (_, i) =>
    reverse ? { t: time - 1 - i, previous: i === 0 ? -1 : time - i } : { t: i, previous: i - 1 },
  );
}

/** The states [time, batch, hidden] before every frame, each at the place of its frame. */
export function statesBefore(
  { time, batch, hidden }: SequenceSizes,
  states: Float32Array,
  initial: Float32Array,
  reverse: boolean,
): Float32Array {
  const frame = batch * hidden;
  const before = new Float32Array(time * frame);
  before.set(initial, reverse ? (time - 1) * frame : 0);
  if (reverse) before.set(states.subarray(frame));
  else before.set(states.subarray(0, (time - 1) * frame), frame);
  return before;
}

/** 1 / (1 + e⁻ˣ) */
export function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
