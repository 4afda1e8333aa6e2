import { breather, type TokenModel, type TokenSession, type Tree } from '@elman/core';
import { expectNormalizer } from '../draw.ts';
import { openOnTensors, type TensorSession } from '../on-tensors.ts';
import { type Reading, readAll } from './reading.ts';

/** The search from one prompt: some rows of a batch. It has ended when it feeds no token. */
export interface Search {
  /** The next input, one token per row. */
  readonly tokens: readonly number[];
  /** For each of them the row of the previous step that it continues. */
  readonly parents: readonly number[];
  /** How many of the highest logits of each row are to be read then: 0 for none, Infinity for all. */
  readonly wanted: number;
  /** The number of tokens fed to its first row, that one included, for messages. */
  readonly position: number;
  /** Takes the model's reading of each token, if `wanted`, and determines the next input. */
  take(rows: readonly Reading[]): void;
}

/** From this many logits per row all are read. */
const MANY = 128;

/**
 * All searches take each step together as one batch, starting with one row each. Ended ones leave the batch.
 *
 * @param width the largest number of rows of a search.
 */
export async function inLockstep<S extends Tree>(
  model: TokenModel<S>,
  searches: readonly Search[],
  width: number,
  { signal, weights = false }: { readonly signal?: AbortSignal | undefined; readonly weights?: boolean },
): Promise<void> {
  let live = [...searches.keys()].filter((i) => isLive(searches[i]));
  if (live.length === 0) return;
  const compiled = weights ? undefined : model.open?.(searches.length * width);
  const session = compiled ?? openOnTensors(model, searches.length, { weights });
  /** The first row of each search, and the number of rows. */
  let starts = searches.map((_, i) => (compiled === undefined ? i : i * width));
  let count = compiled === undefined ? searches.length : searches.length * width;
  const breathe = breather();
  try {
    while (live.length > 0) {
      await breathe();
      signal?.throwIfAborted();
      const tokens: number[] = [];
      const rows: number[] = [];
      const next: number[] = [];
      let wanted = 0;
      for (const i of live) {
        const search = searches[i] as Search;
        next[i] = tokens.length;
        tokens.push(...search.tokens);
        for (const parent of search.parents) rows.push((starts[i] as number) + parent);
        wanted = Math.max(wanted, search.wanted);
      }
      if (rows.length !== count || rows.some((row, i) => row !== i)) session.keep(rows);
      starts = next;
      count = rows.length;
      const given = advance(session, tokens, wanted, model.vocabSize);
      const read = given instanceof Promise ? await given : given;
      // Nothing is awaited from here on: the results of a session are valid until the next step of any session of the model.
      for (const i of live) {
        const search = searches[i] as Search;
        const from = starts[i] as number;
        const isRead = read !== undefined && search.wanted > 0;
        search.take(isRead ? search.tokens.map((_, row) => read(from + row, i, search.position)) : []);
      }
      live = live.filter((i) => isLive(searches[i]));
    }
  } finally {
    session.dispose();
  }
}

const isLive = (search: Search | undefined): boolean => search !== undefined && search.tokens.length > 0;

/** Reads row `at` of the batch, of the prompt `row`. */
type Read = (at: number, row: number, step: number) => Reading;

/** One step of all rows, of which only the requested logits are read. */
function advance(
  session: TokenSession | TensorSession,
  tokens: readonly number[],
  wanted: number,
  vocabSize: number,
): Read | undefined | Promise<Read | undefined> {
  const weightsOf = (at: number): Float32Array | undefined => {
    const all = 'weights' in session ? session.weights : undefined;
    const size = all === undefined ? 0 : all.length / tokens.length;
    return all?.slice(at * size, (at + 1) * size);
  };
  const count = Math.min(wanted, vocabSize);
  if (count > 0 && count <= MANY && wanted !== Number.POSITIVE_INFINITY && session.highest !== undefined) {
    const given = session.highest(tokens, count);
    const reader =
      (highest: Awaited<typeof given>): Read =>
      (at, row, step) => {
        const [from, to] = [at * count, (at + 1) * count];
        const normalizer = highest.normalizers[at] as number;
        const logits = highest.logits.subarray(from, to);
        expectNormalizer(normalizer, logits[0] as number, row, step);
        return { tokens: highest.tokens.subarray(from, to), logits, normalizer, weights: weightsOf(at) };
      };
    return given instanceof Promise ? given.then(reader) : reader(given);
  }
  const given = session.next(tokens, wanted > 0);
  const reader = (values: Float32Array | undefined): Read | undefined =>
    values &&
    ((at, row, step) => readAll(values.subarray(at * vocabSize, (at + 1) * vocabSize), weightsOf(at), row, step));
  return given instanceof Promise ? given.then(reader) : reader(given);
}
