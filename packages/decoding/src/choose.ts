import type { HighestLogits, Rng, TokenSession, Tree } from '@elman/core';
import { draw, expectLogits, expectNormalizer, greedy } from './draw.ts';
import type { TensorSession } from './on-tensors.ts';
import { type DecodingOptions, isPlainlyGreedy, processorOf } from './options.ts';

/** A row in progress: `ids` are its prompt and new tokens. */
export interface Row {
  readonly row: number;
  readonly ids: number[];
  readonly generated: number[];
  readonly rng: Rng | undefined;
}

/** The next token of a row, the i-th of the active ones. */
type Choose = (row: Row, i: number) => number;

/** Takes one step of a session; its results are read only if `wanted`. */
type Advance = (
  session: TokenSession | TensorSession,
  tokens: readonly number[],
  wanted: boolean,
) => Choose | Promise<Choose>;

/**
 * How rows choose from the results of a step. These are copied at once: before the next step of this session, another one of the same
 * model may overwrite its memory.
 */
export function chooser<S extends Tree>(options: DecodingOptions<S>): Advance {
  const { vocabSize } = options.model;
  const process = processorOf(options);
  const wantsHighest = isPlainlyGreedy(options);

  const fromLogits =
    (values: Float32Array | undefined): Choose =>
    (row, i) => {
      const logits = (values as Float32Array).subarray(i * vocabSize, (i + 1) * vocabSize);
      expectLogits(logits, row.row, row.ids.length);
      const processed = process(logits, row.ids, row.generated.length);
      return row.rng === undefined ? greedy(processed) : draw(processed, row.rng);
    };

  return (session, tokens, wanted) => {
    if (wanted && wantsHighest && session.highest !== undefined) {
      const highest = session.highest(tokens, 1);
      return highest instanceof Promise ? highest.then(fromHighest) : fromHighest(highest);
    }
    const values = session.next(tokens, wanted);
    return values instanceof Promise ? values.then(fromLogits) : fromLogits(values?.slice());
  };
}

function fromHighest(highest: HighestLogits): Choose {
  const [tokens, logits, normalizers] = [highest.tokens, highest.logits, highest.normalizers].map((all) => [
    ...all,
  ]) as [number[], number[], number[]];
  return (row, i) => {
    expectNormalizer(normalizers[i] as number, logits[i] as number, row.row, row.ids.length);
    return tokens[i] as number;
  };
}
