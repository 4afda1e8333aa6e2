import { breather, expectShape, Rng, ShapeError, type TokenModel, type Tree, tree } from '@elman/core';
import { type Tensor2D, tensor1d } from '@tensorflow/tfjs-core';
import { draw, expectLogits, greedy } from './draw.ts';
import { checkedPrompts, type DecodingOptions, processorOf } from './options.ts';

/** A new token and the row that it belongs to. */
export interface RowToken {
  readonly row: number;
  readonly token: number;
}

/** A row on its way: `ids` are its prompt and what came after. */
interface Row {
  readonly row: number;
  readonly ids: number[];
  readonly generated: number[];
  readonly rng: Rng | undefined;
}

/**
 * The loop under every decoder: all rows take the step t together, each with its own t-th token, which is of the prompt
 * while that lasts and of its own making afterwards. Rows that have ended leave the batch.
 *
 * Row r draws from the stream `firstRow + r` of the seed, whatever else is in the batch.
 */
export function decodeRows<S extends Tree>(
  prompts: readonly ArrayLike<number>[],
  options: DecodingOptions<S>,
  firstRow = 0,
): AsyncGenerator<RowToken, void, undefined> {
  const { model, maximumTokens, seed, stop, signal } = options;
  const process = processorOf(options);
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

  /** The row's next token, or none if the row ends here. */
  const choose = (row: Row, logits: Float32Array): number | undefined => {
    expectLogits(logits, row.row, row.ids.length);
    const processed = process(logits, row.ids);
    const token = row.rng === undefined ? greedy(processed) : draw(processed, row.rng);
    if (stopIds.has(token)) return undefined;
    row.ids.push(token);
    row.generated.push(token);
    return token;
  };

  async function* loop(): AsyncGenerator<RowToken, void, undefined> {
    let live = maximumTokens === 0 ? [] : rows;
    if (live.length === 0) return;
    const breathe = breather();
    let state = tree.tidy(() => model.initialState(live.length));
    try {
      for (let step = 0; live.length > 0; step++) {
        await breathe();
        signal?.throwIfAborted();
        const { logits, state: next } = advance(model, state, live, step);
        disposeOld(state, next);
        state = next;
        const isDue = live.map((row) => row.ids.length === step + 1);
        const values = await read(logits, isDue.includes(true));
        const going: number[] = [];
        for (const [i, row] of live.entries()) {
          if (!isDue[i]) {
            going.push(i);
            continue;
          }
          const token = choose(row, values.subarray(i * model.vocabSize, (i + 1) * model.vocabSize));
          if (token === undefined) continue;
          yield { row: row.row, token };
          if (row.generated.length < maximumTokens && !stopsAfter(row.generated)) going.push(i);
        }
        if (going.length === live.length) continue;
        live = going.map((i) => live[i] as Row);
        if (live.length > 0) state = keepRows(state, going);
      }
    } finally {
      tree.dispose(state);
    }
  }
  return loop();
}

function advance<S extends Tree>(model: TokenModel<S>, state: S, rows: readonly Row[], step: number) {
  return tree.tidy(() => {
    const tokens = tensor1d(
      rows.map((row) => row.ids[step] as number),
      'int32',
    );
    const next = model.next(state, tokens);
    expectShape('decoding', 'logits', next.logits, { batch: rows.length, vocabSize: model.vocabSize });
    if (next.logits.dtype !== 'float32') {
      throw new ShapeError(`decoding: logits: expected float32, got ${next.logits.dtype}; cast them in the model.`);
    }
    return next as { logits: Tensor2D; state: S };
  });
}

/** The logits on this side, if anyone wants them; disposed either way. */
async function read(logits: Tensor2D, isWanted: boolean): Promise<Float32Array> {
  try {
    return isWanted ? ((await logits.data()) as Float32Array) : new Float32Array(0);
  } finally {
    logits.dispose();
  }
}

function keepRows<S extends Tree>(state: S, rows: readonly number[]): S {
  const kept = tree.tidy(() => tree.gather(state, tensor1d([...rows], 'int32')));
  tree.dispose(state);
  return kept;
}

/** Disposes the old state, but for leaves that the model has handed through. */
function disposeOld(old: Tree, next: Tree): void {
  const inUse = new Set(tree.leaves(next));
  for (const leaf of tree.leaves(old)) if (!inUse.has(leaf)) leaf.dispose();
}
