import { breather, Rng, type Tree } from '@elman/core';
import { chooser, type Row } from './choose.ts';
import { openOnTensors } from './on-tensors.ts';
import { checkedPrompts, type DecodingOptions, expectTokenModel } from './options.ts';

/** A new token and the row that it belongs to. */
export interface RowToken {
  readonly row: number;
  readonly token: number;
}

/**
 * The loop of every decoder: all rows take step t together, each with its own t-th token, from the prompt
 * first and generated afterwards. Ended rows leave the batch.
 *
 * Row r draws from the stream `firstRow + r` of the seed, independent of the batch.
 */
export function decodeRows<S extends Tree>(
  prompts: readonly ArrayLike<number>[],
  options: DecodingOptions<S>,
  firstRow = 0,
): AsyncGenerator<RowToken, void, undefined> {
  const { model, maximumTokens, seed, stop, signal } = options;
  expectTokenModel(model);
  const advance = chooser(options);
  const isGreedy = options.temperature === 0;
  const stopIds = new Set(typeof stop === 'function' ? [] : stop);
  const stopsAfter = typeof stop === 'function' ? stop : () => false;
  const rows = checkedPrompts(prompts, model.vocabSize).map(
    (ids, row): Row => ({
      row,
      ids,
      generated: [],
      rng: isGreedy || seed === undefined ? undefined : Rng.seeded(seed).fork(firstRow + row),
    }),
  );

  async function* loop(): AsyncGenerator<RowToken, void, undefined> {
    let live = maximumTokens === 0 ? [] : rows;
    if (live.length === 0) return;
    const breathe = breather();
    const run = model.open?.(live.length) ?? openOnTensors(model, live.length);
    try {
      for (let step = 0; live.length > 0; step++) {
        await breathe();
        signal?.throwIfAborted();
        const isDue = live.map((row) => row.ids.length === step + 1);
        const tokens = live.map((row) => row.ids[step] as number);
        const choose = await advance(run, tokens, isDue.includes(true));
        const going: number[] = [];
        for (const [i, row] of live.entries()) {
          if (!isDue[i]) {
            going.push(i);
            continue;
          }
          const token = choose(row, i);
          if (stopIds.has(token)) continue;
          row.ids.push(token);
          row.generated.push(token);
          yield { row: row.row, token };
          if (row.generated.length < maximumTokens && !stopsAfter(row.generated)) going.push(i);
        }
        if (going.length === live.length) continue;
        live = going.map((i) => live[i] as Row);
        if (live.length > 0) run.keep(going);
      }
    } finally {
      run.dispose();
    }
  }
  return loop();
}
