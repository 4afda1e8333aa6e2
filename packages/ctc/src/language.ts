import { DataError, DivergenceError, expectShape, OptionError, type TokenModel, type Tree, tree } from '@elman/core';
import { concat, tensor1d } from '@tensorflow/tfjs-core';
import { logSumExp } from './log-space.ts';
import { labelsOf, type Prefix } from './prefix-tree.ts';

/** log P(label | labels before), in nats; of the end of the labels if the label is undefined (0 if ends are not modelled). */
export type LabelModel = (before: readonly number[], label: number | undefined) => number;

/** A model of tokens as a model of labels. */
export type TokenLabelModel<S extends Tree> = {
  readonly model: TokenModel<S>;
  /** The start token, before the first label. */
  readonly start: number;
  /** The end token, after the last label; without it ends are not scored. */
  readonly stop?: number | undefined;
  /** The token of a label; by default the same number. */
  readonly tokenOf?: ((label: number) => number) | undefined;
};

/** log P of a label after a prefix, or of the end if it is the blank. */
export type LanguageOf = (prefix: Prefix, label: number) => number;

/** A function as a language model, called once for each prefix and label. */
export function languageOfFunction(model: LabelModel, classes: number, blank: number): LanguageOf {
  const histories = new WeakMap<Prefix, readonly number[]>();
  return (prefix, label) => {
    prefix.next ??= new Float64Array(classes).fill(Number.NaN);
    const known = prefix.next[label] as number;
    if (!Number.isNaN(known)) return known;
    const before = histories.get(prefix) ?? labelsOf(prefix);
    histories.set(prefix, before);
    const found = model(before, label === blank ? undefined : label);
    if (Number.isNaN(found) || found === Number.POSITIVE_INFINITY) {
      throw new DataError(
        `ctcPrefixBeam: languageModel: expected a log-probability of ${label === blank ? 'the end' : label} after [${before}], got ${found}.`,
      );
    }
    prefix.next[label] = found;
    return found;
  };
}

/** Looks up what a token model has computed, stored in the prefixes. */
export const languageOfTokens: LanguageOf = (prefix, label) => prefix.next?.[label] as number;

/** A token model on the prefixes of a batch of rows: its states are on the device, one row for each prefix. */
export interface TokenLanguage {
  /** Steps the model for the new ones of these prefixes and stores their log-probabilities; drops the states of all others. */
  read(prefixes: readonly (readonly [row: number, prefix: Prefix])[]): Promise<void>;
  dispose(): void;
}

/** Evaluates the empty prefixes. `roots` has one for each row. */
export async function startTokens<S extends Tree>(
  { model, start, stop, tokenOf = (label) => label }: TokenLabelModel<S>,
  roots: readonly Prefix[],
  classes: number,
  blank: number,
): Promise<TokenLanguage> {
  const { vocabSize } = model;
  const tokens = Array.from({ length: classes }, (_, label) => (label === blank ? start : tokenOf(label)));
  for (const token of [start, ...(stop === undefined ? [] : [stop]), ...tokens]) {
    if (Number.isInteger(token) && token >= 0 && token < vocabSize) continue;
    throw new OptionError(
      `ctcPrefixBeam: languageModel: expected tokens from 0 to ${vocabSize - 1}, got ${token}; give start, stop and tokenOf.`,
    );
  }
  let states = tree.tidy(() => model.initialState(roots.length));
  let places = new Map<Prefix, number>();

  /** Steps from the rows `from` of the states, and appends the new states to the rows `kept`. */
  const step = async (
    fresh: readonly (readonly [number, Prefix])[],
    from: readonly number[],
    kept: readonly number[],
  ) => {
    const indices = (of: readonly number[]) => tensor1d([...of], 'int32');
    const { logits, state } = tree.tidy(() => {
      const context = model.context && tree.gather(model.context, indices(fresh.map(([row]) => row)));
      const said = indices(fresh.map(([, prefix]) => (prefix.label < 0 ? start : (tokens[prefix.label] as number))));
      const next = model.next(tree.gather(states, indices(from)), said, context);
      expectShape('ctcPrefixBeam', 'logits of the language model', next.logits, { batch: fresh.length, vocabSize });
      const all =
        kept.length === 0
          ? next.state
          : tree.zip(tree.gather(states, indices(kept)), next.state, (old, made) => concat([old, made], 0));
      return { logits: next.logits, state: all };
    });
    tree.dispose(states);
    states = state as S;
    try {
      return await logits.data();
    } finally {
      logits.dispose();
    }
  };

  const note = (fresh: readonly (readonly [number, Prefix])[], logits: ArrayLike<number>): void => {
    for (const [i, [row, prefix]] of fresh.entries()) {
      const normalizer = logSumExp(logits, i * vocabSize, vocabSize);
      if (Number.isNaN(normalizer)) {
        throw new DivergenceError(
          `ctcPrefixBeam: languageModel: row ${row}: expected logits that are numbers, got NaN, +∞ or −∞ throughout; it has diverged.`,
        );
      }
      const of = (token: number): number => (logits[i * vocabSize + token] as number) - normalizer;
      prefix.next = Float64Array.from(tokens, of);
      prefix.next[blank] = stop === undefined ? 0 : of(stop);
    }
  };

  const rows = roots.map((root, row) => [row, root] as const);
  const language: TokenLanguage = {
    async read(prefixes) {
      const fresh = prefixes.filter(([, prefix]) => !places.has(prefix));
      if (fresh.length === 0) return;
      const old = prefixes.filter(([, prefix]) => places.has(prefix));
      const placeOf = ([, prefix]: readonly [number, Prefix]): number => places.get(prefix) as number;
      const from = fresh.map(([row, { parent }]) => (parent === undefined ? row : placeOf([row, parent])));
      const logits = await step(fresh, from, old.map(placeOf));
      places = new Map([...old, ...fresh].map(([, prefix], i) => [prefix, i]));
      note(fresh, logits);
    },
    dispose: () => tree.dispose(states),
  };
  try {
    await language.read(rows);
  } catch (error) {
    language.dispose();
    throw error;
  }
  return language;
}
