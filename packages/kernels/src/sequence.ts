/** Sizes of a sequence. */
export type SequenceSizes = {
  readonly time: number;
  readonly batch: number;
  readonly hidden: number;
};

/** The activation of a simple recurrent network. */
export type SimpleRnnActivation = 'tanh' | 'relu' | 'sigmoid';

/** The frames in the order in which they are run, each with the previous one; −1 before the first. */
export function framesOf(time: number, reverse: boolean): { readonly t: number; readonly previous: number }[] {
  return Array.from({ length: time }, (_, i) =>
    reverse ? { t: time - 1 - i, previous: i === 0 ? -1 : time - i } : { t: i, previous: i - 1 },
  );
}
