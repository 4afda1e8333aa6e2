/** Sizes of a sequence. */
export type SequenceSizes = {
  readonly time: number;
  readonly batch: number;
  readonly hidden: number;
};

/** Options that save copies. By default the results of `forward` are fresh, and `backward` only reads them. */
export type Holding = {
  /** To `forward`: results may stay in the engine's own memory; each array must then be read again before each use. */
  readonly hold?: boolean | undefined;
  /** To `backward`: the results of a `forward` with `hold`, which are no longer used. */
  readonly spend?: object | undefined;
};

/** The frames in the order in which they are run, each with the previous one; −1 before the first. */
export function framesOf(time: number, reverse: boolean): { readonly t: number; readonly previous: number }[] {
  return Array.from({ length: time }, (_, i) =>
    reverse ? { t: time - 1 - i, previous: i === 0 ? -1 : time - i } : { t: i, previous: i - 1 },
  );
}

/** The states [time, batch, hidden] before every frame, each at the index of its frame. */
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
