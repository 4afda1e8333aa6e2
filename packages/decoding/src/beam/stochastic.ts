import { naturalLog, OptionError, Rng, type Tree } from '@elman/core';
import { checkedPrompts, expectTokenModel } from '../options.ts';
import { compose, type LogitsProcessor } from '../processors.ts';
import { expectStop, expectWhole } from './checks.ts';
import { type Beam, hypothesis, path, start } from './hypothesis.ts';
import { inLockstep, type Search } from './lockstep.ts';
import type { SearchOptions } from './options.ts';
import { Pool } from './pool.ts';
import { logProbability, logSumExp, type Reading } from './reading.ts';

/** Options of `stochasticBeamSearch`. Processors run on logits, as in `sample`, and their result is renormalised. */
export interface StochasticBeamSearchOptions<S extends Tree> extends SearchOptions<S> {
  /** Number of distinct sequences drawn per prompt. */
  readonly beamWidth: number;
  /** The same seed gives the same sequences; row r has its own random stream. */
  readonly seed: number | string;
}

/** A drawn sequence. */
export interface Draw {
  readonly ids: readonly number[];
  /** log p of `ids` and of the end token, if there is one. */
  readonly logProbability: number;
  /** log p plus Gumbel noise: the sequences with the highest values are drawn. */
  readonly perturbed: number;
  /** False if maximumTokens came before an end token. */
  readonly isFinished: boolean;
  readonly end?: number | undefined;
}

/**
 * Draws sequences without replacement: as if they were drawn one by one from the model, each time without those drawn before. They are in
 * the order of drawing. There are fewer than beamWidth if no more exist.
 *
 *   G(y) = log p(y) + Gumbel(0)        the k highest of all y
 *
 * found top down: the highest G below a node is Gumbel(log p(node)), and those of its children are drawn given that
 * their maximum is the node's.
 *
 * @throws {OptionError} for invalid options.
 * @throws {DivergenceError} if the model's logits are NaN or +∞.
 * @see Kool, van Hoof & Welling 2019
 */
export async function stochasticBeamSearch<S extends Tree>(options: StochasticBeamSearchOptions<S>): Promise<Draw[][]> {
  const { model, maximumTokens, beamWidth, seed, signal, processors = [] } = options;
  expectTokenModel(model);
  expectWhole('maximumTokens', maximumTokens, 0);
  expectWhole('beamWidth', beamWidth, 1);
  if (seed === undefined) throw new OptionError('decoding: seed: expected a whole number or a string, got none.');
  const stop = expectStop(options.stop ?? [], model.vocabSize);
  const process = processors.length === 0 ? undefined : compose(...processors);
  const searches = checkedPrompts(options.prompts, model.vocabSize).map(
    (prompt, row) => new Sampler(prompt, { maximumTokens, beamWidth, stop, process }, Rng.seeded(seed).fork(row)),
  );
  await inLockstep(model, searches, beamWidth, { signal });
  return searches.map(({ draws }) => draws);
}

interface Settings {
  readonly maximumTokens: number;
  readonly beamWidth: number;
  readonly stop: ReadonlySet<number>;
  readonly process: LogitsProcessor | undefined;
}

/** A beam and its row. Its rank is log p plus noise; an ended beam has no row. */
type Leaf = { readonly beam: Beam; readonly row: number | undefined };

class Sampler implements Search {
  readonly #settings: Settings;
  readonly #prompt: readonly number[];
  readonly #rng: Rng;
  /** The highest so far, in descending order. */
  #leaves: Leaf[];
  tokens: readonly number[];
  parents: readonly number[] = [0];
  wanted = 0;
  position = 1;

  constructor(prompt: readonly number[], settings: Settings, rng: Rng) {
    this.#settings = settings;
    this.#prompt = prompt;
    this.#rng = rng;
    this.#leaves = [{ beam: { ...start(), rank: gumbel(rng) }, row: 0 }];
    this.tokens = settings.maximumTokens === 0 ? [] : [prompt[0] as number];
    this.#ready();
  }

  get draws(): Draw[] {
    const { stop } = this.#settings;
    return this.#leaves.map(({ beam }) => {
      const found = hypothesis(beam, 0, {
        isEnd: beam.parent !== undefined && stop.has(beam.token),
        alignments: false,
      });
      const { score: _, ...rest } = found;
      return { ...rest, perturbed: beam.rank };
    });
  }

  take(rows: readonly Reading[]): void {
    if (this.position < this.#prompt.length) this.tokens = [this.#prompt[this.position] as number];
    else this.#branch(rows);
    this.position++;
    this.#ready();
  }

  #ready(): void {
    this.wanted = this.position < this.#prompt.length ? 0 : Number.POSITIVE_INFINITY;
  }

  #branch(rows: readonly Reading[]): void {
    const { beamWidth, stop, maximumTokens } = this.#settings;
    const before = this.#leaves;
    const pool = new Pool(beamWidth);
    for (const [i, { beam, row }] of before.entries()) {
      // An ended beam competes unchanged.
      if (row === undefined) pool.offer(beam.rank, -1, i, beam.logProbability);
      else this.#offer(pool, i, beam, rows[row] as Reading);
    }
    const parents: number[] = [];
    const tokens: number[] = [];
    this.#leaves = pool.candidates().map(({ beam: i, token, rank, logProbability: log }) => {
      const { beam: parent, row } = before[i] as Leaf;
      if (row === undefined) return { beam: parent, row };
      const beam = { parent, token, length: parent.length + 1, logProbability: log, rank };
      if (stop.has(token) || beam.length === maximumTokens) return { beam, row: undefined };
      tokens.push(token);
      return { beam, row: parents.push(row) - 1 };
    });
    this.parents = parents;
    this.tokens = tokens;
  }

  /** The children of a beam, with noise whose maximum is the beam's. */
  #offer(pool: Pool, number: number, beam: Beam, reading: Reading): void {
    const logs = this.#logs(beam, reading);
    const noisy = logs.map((log) => beam.logProbability + log + gumbel(this.#rng));
    let highest = Number.NEGATIVE_INFINITY;
    for (const g of noisy) if (g > highest) highest = g;
    for (const [token, g] of noisy.entries()) {
      if (!(g > Number.NEGATIVE_INFINITY)) continue;
      pool.offer(given(beam.rank, g, highest), token, number, beam.logProbability + (logs[token] as number));
    }
  }

  #logs(beam: Beam, reading: Reading): Float64Array {
    const { process } = this.#settings;
    if (process === undefined) return Float64Array.from(reading.logits, (_, i) => logProbability(reading, i));
    const generated = path(beam).map(({ token }) => token);
    const processed = process(reading.logits.slice(), [...this.#prompt, ...generated], generated.length);
    const normalizer = logSumExp(processed);
    if (!Number.isFinite(normalizer)) {
      throw new OptionError('decoding: processors: expected one finite logit or more, got none, NaN or infinity.');
    }
    return Float64Array.from(processed, (z) => Math.min(0, z - normalizer));
  }
}

const gumbel = (rng: Rng): number => -naturalLog(Math.max(rng.exponential(), Number.EPSILON ** 2));

/**
 * A Gumbel variable g from a set with maximum `highest`, conditioned on the maximum being `maximum`:
 *
 *   −log(e^−maximum − e^−highest + e^−g)        written so that nothing overflows (Kool et al., appendix B)
 */
function given(maximum: number, g: number, highest: number): number {
  if (g === highest) return maximum;
  const v = maximum - g + Math.log1p(-Math.exp(g - highest));
  return maximum - Math.max(0, v) - Math.log1p(Math.exp(-Math.abs(v)));
}
