import { breather, DataError, isId, type TokenModel, type Tree } from '@elman/core';
import { checksumOf, pack, unpack } from './format.ts';
import { frequenciesOf } from './frequencies.ts';
import { type CompressionOptions, expectModel } from './options.ts';
import { predictorOf } from './predictor.ts';
import { rangeDecoder, rangeEncoder } from './range-coder.ts';

/**
 * Compresses tokens to about as many bits as the model needs to predict them:
 *
 *   log₂ V − Σₜ log₂ P(tokensₜ | tokens₀ … tokensₜ₋₁)   and some 20 bytes,   P to 2⁻²⁸ (a token's at least)
 *
 * `decompress` gives them back with the same model. What it computes has to be the same to the last bit: the same
 * parameters, on the same backend, kernels and engine; where it is not, `decompress` throws.
 *
 * @throws {DataError} for a token outside of the vocabulary; {OptionError} for what is no token model.
 * @throws {DivergenceError} if the model's logits are no numbers.
 */
export async function compress<S extends Tree>(
  model: TokenModel<S>,
  tokens: ArrayLike<number>,
  options: CompressionOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  expectModel('compress', model);
  const { vocabSize } = model;
  for (let i = 0; i < tokens.length; i++) {
    if (!isId(tokens[i], vocabSize)) {
      throw new DataError(`compress: token ${i}: expected an id from 0 to ${vocabSize - 1}, got ${tokens[i]}.`);
    }
  }
  const given = Int32Array.from(tokens);
  const encoder = rangeEncoder();
  await predictAll(model, given.length, options, (frequencies, total, t) => {
    const token = given[t] as number;
    let cumulative = 0;
    for (let i = 0; i < token; i++) cumulative += frequencies[i] as number;
    encoder.encode(cumulative, frequencies[token] as number, total);
    return token;
  });
  return pack({ vocabSize, count: given.length, checksum: checksumOf(given), code: encoder.finish() });
}

/**
 * The tokens that `compress` was given.
 *
 * @throws {DataError} if the bytes are damaged or something else, or the model computes other probabilities than the
 * one that compressed.
 * @throws {OptionError} for what is no token model.
 */
export async function decompress<S extends Tree>(
  model: TokenModel<S>,
  bytes: Uint8Array,
  options: CompressionOptions = {},
): Promise<Int32Array<ArrayBuffer>> {
  expectModel('decompress', model);
  const { vocabSize, count, checksum, code } = unpack(bytes);
  if (vocabSize !== model.vocabSize) {
    throw new DataError(
      `decompress: model: expected one of ${vocabSize} tokens, as compressed it, got ${model.vocabSize}; use that model.`,
    );
  }
  let tokens = new Int32Array(1024);
  const decoder = rangeDecoder(code);
  await predictAll(model, count, options, (frequencies, total, t) => {
    const target = decoder.target(total);
    let token = 0;
    let cumulative = 0;
    for (; cumulative + (frequencies[token] as number) <= target; token++) cumulative += frequencies[token] as number;
    decoder.decode(cumulative, frequencies[token] as number, total);
    if (t === tokens.length) tokens = doubled(tokens);
    tokens[t] = token;
    return token;
  }).catch((error: unknown) => {
    throw DataError.isInstance(error) ? otherModel(error) : error;
  });
  const found = tokens.slice(0, count);
  if (checksumOf(found) !== checksum) throw otherModel();
  return found;
}

const otherModel = (cause?: unknown): DataError =>
  new DataError(
    'decompress: the model computes other probabilities than the one that compressed this; use the same parameters, backend and machine.',
    { cause },
  );

/** Milliseconds between reports. */
const INTERVAL = 100;

/** One symbol: reads or writes the t-th token, given the frequencies of all of them and their sum. */
type Coding = (frequencies: Float64Array, total: number, t: number) => number;

/** Lets the model predict `count` tokens one after the other; the first is given nothing, and all are equally likely. */
async function predictAll<S extends Tree>(
  model: TokenModel<S>,
  count: number,
  { signal, onProgress }: CompressionOptions,
  code: Coding,
): Promise<void> {
  if (count === 0) return;
  const { vocabSize } = model;
  const frequencies = new Float64Array(vocabSize).fill(1);
  const breathe = breather();
  let shown = performance.now();
  const predictor = predictorOf(model);
  try {
    let token = code(frequencies, vocabSize, 0);
    let bits = Math.log2(vocabSize);
    for (let t = 1; t < count; t++) {
      await breathe();
      signal?.throwIfAborted();
      if (onProgress !== undefined && performance.now() - shown >= INTERVAL) {
        onProgress({ tokens: t, bits });
        shown = performance.now();
      }
      const logits = await predictor.after(token);
      const { total, normalizer } = frequenciesOf(logits, frequencies);
      token = code(frequencies, total, t);
      bits += (normalizer - (logits[token] as number)) / Math.LN2;
    }
    onProgress?.({ tokens: count, bits });
  } finally {
    predictor.dispose();
  }
}

function doubled(tokens: Int32Array): Int32Array<ArrayBuffer> {
  const longer = new Int32Array(2 * tokens.length);
  longer.set(tokens);
  return longer;
}
