import { type BatchSource, DataError, type TokenWindow } from '@elman/core';
import { type Split, split, tokenStream } from '@elman/data';

/** Held out by default: this share of the text, but no more tokens than can be measured quickly. */
const SHARE = 0.05;
const AT_MOST = 100_000;

/** The batches of a run. */
export interface Batches {
  readonly train: BatchSource<TokenWindow>;
  /** Undefined if nothing is held out. */
  readonly heldOut: BatchSource<TokenWindow> | undefined;
  readonly heldOutTokens: number;
}

/**
 * The text cut into batches: all of it if there is another one that is held out, else its end is.
 * @throws {DataError} if the rest is too short for one.
 */
export function makeBatches(
  ids: Int32Array,
  { batch, window, validation }: { batch: number; window: number; validation: number | string | null },
  heldOut?: Int32Array,
): Batches {
  const parts = heldOut === undefined ? splitEnd(ids, validation) : { train: ids, validation: heldOut };
  const least = batch * window + 1;
  if (parts.train.length < least) {
    throw new DataError(
      `train: the text has ${parts.train.length} tokens to train on, --batch ${batch} × --window ${window} needs at least ${least}; give a longer text, or a smaller --batch or --window.`,
    );
  }
  return {
    train: tokenStream(parts.train, { batchSize: batch, windowLength: window }),
    heldOut: parts.validation.length < 2 ? undefined : wholeStream(parts.validation, batch, window),
    heldOutTokens: parts.validation.length,
  };
}

/** The end of a text apart: a share of it, by default as much as is measured quickly. */
export function splitEnd(ids: Int32Array, validation: number | string | null): Split<Int32Array> {
  const share = typeof validation === 'number' ? validation : Math.min(SHARE, AT_MOST / ids.length);
  return split(ids, { validation: Math.round(share * ids.length) < 2 ? 0 : share, test: 0 });
}

/** Batches to measure a text with: as many lanes as it fills, and nothing left out at their ends. */
export function wholeStream(ids: Int32Array, batch: number, window: number): BatchSource<TokenWindow> {
  const windowLength = Math.min(window, ids.length - 1);
  const batchSize = Math.max(1, Math.min(batch, Math.floor((ids.length - 1) / windowLength)));
  return tokenStream(ids, { batchSize, windowLength, remainder: 'keep' });
}
