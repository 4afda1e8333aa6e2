import { DataError, OptionError } from '@elman/core';
import type { NextTokenModel } from './next-token-model.ts';

/** Options of `interpolate`. */
export interface InterpolateOptions {
  /** A weight for each model, from 0; divided by their sum. Default: the same for all. */
  readonly weights?: readonly number[] | undefined;
  /** What is averaged: `probabilities` (default), or `logProbabilities`, whose exponentials are normalised. */
  readonly mean?: 'probabilities' | 'logProbabilities' | undefined;
}

/**
 * Several models of one vocabulary as one:
 *
 *   P(w | u) = Σᵢ λᵢ·Pᵢ(w | u)                       probabilities (Jelinek & Mercer 1980)
 *   P(w | u) = exp(Σᵢ λᵢ·log Pᵢ(w | u)) / Z(u)       logProbabilities (Klakow 1998), λ as they are given
 *
 * Of log-probabilities each needs those of the whole vocabulary. To mix it with a net, see `ensemble` of @elman/decoding.
 *
 * @throws {OptionError} for no models, models of two vocabularies, or weights that are not one for each.
 */
export function interpolate(
  models: readonly NextTokenModel[],
  { weights, mean = 'probabilities' }: InterpolateOptions = {},
): NextTokenModel {
  const { vocabSize, contextSize } = expectModels('interpolate', models);
  if (mean !== 'probabilities' && mean !== 'logProbabilities') {
    throw new OptionError(`interpolate: mean: expected probabilities or logProbabilities, got ${mean as string}.`);
  }
  const given = weights ?? models.map(() => 1 / models.length);
  const sum = given.reduce((total, weight) => total + weight, 0);
  if (given.length !== models.length || !given.every((weight) => weight >= 0) || !(sum > 0 && sum < Infinity)) {
    throw new OptionError(
      `interpolate: weights: expected ${models.length} numbers from 0, not all 0, got ${given.join(', ')}.`,
    );
  }
  const shares = mean === 'probabilities' ? given.map((weight) => weight / sum) : given;
  // A model without weight is not asked: 0 times a log-probability of −∞ is no number.
  const used = models.map((model, i) => [model, shares[i] as number] as const).filter(([, share]) => share > 0);
  const row = new Float32Array(vocabSize);

  const fill = (context: ArrayLike<number>, out: Float32Array): void => {
    const sums = new Float64Array(vocabSize);
    for (const [model, share] of used) {
      model.logProbabilities(context, row);
      for (let token = 0; token < vocabSize; token++) {
        const logP = row[token] as number;
        (sums[token] as number) += mean === 'probabilities' ? share * Math.exp(logP) : share * logP;
      }
    }
    const normalizer = mean === 'probabilities' ? 0 : logSumExp(sums);
    for (let token = 0; token < vocabSize; token++) {
      out[token] = mean === 'probabilities' ? Math.log(sums[token] as number) : (sums[token] as number) - normalizer;
    }
  };
  const all = new Float32Array(vocabSize);
  return {
    vocabSize,
    contextSize,
    logProbability(context, token) {
      if (mean === 'probabilities') {
        return Math.log(
          used.reduce((p, [model, share]) => p + share * Math.exp(model.logProbability(context, token)), 0),
        );
      }
      fill(context, all);
      return all[token] as number;
    },
    logProbabilities: fill,
  };
}

/** Options of `fitWeights`. */
export interface FitWeightsOptions {
  /** The most rounds. Default: 100. */
  readonly rounds?: number | undefined;
}

/**
 * The weights of `interpolate` over probabilities under which a text, which none of the models was made of, is most
 * likely, by expectation maximisation:
 *
 *   λᵢ ← 1/n · Σₜ λᵢ·Pᵢ(idsₜ) / Σⱼ λⱼ·Pⱼ(idsₜ)
 *
 * until the mean log-likelihood grows by less than 1e-8 nats.
 *
 * @throws {OptionError} for no models, or models of two vocabularies; {DataError} for a text without tokens, or with
 * one that all of the models
 *   find impossible.
 * @see Jelinek & Mercer 1980
 */
export function fitWeights(
  models: readonly NextTokenModel[],
  ids: ArrayLike<number>,
  { rounds = 100 }: FitWeightsOptions = {},
): number[] {
  const { contextSize } = expectModels('fitWeights', models);
  if (ids.length === 0) throw new DataError('fitWeights: ids: expected a text with tokens, got none.');
  const text = Int32Array.from(ids);
  const count = models.length;
  const p = new Float64Array(text.length * count);
  for (let t = 0; t < text.length; t++) {
    const context = text.subarray(Math.max(0, t - contextSize), t);
    for (const [i, model] of models.entries())
      p[t * count + i] = Math.exp(model.logProbability(context, text[t] as number));
  }
  let weights = models.map(() => 1 / count);
  let before = Number.NEGATIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    const shares = new Float64Array(count);
    let likelihood = 0;
    for (let t = 0; t < text.length; t++) {
      let sum = 0;
      for (let i = 0; i < count; i++) sum += (weights[i] as number) * (p[t * count + i] as number);
      if (sum === 0) throw new DataError(`fitWeights: ids: token ${t}: all of the models give it probability 0.`);
      likelihood += Math.log(sum);
      for (let i = 0; i < count; i++) {
        (shares[i] as number) += ((weights[i] as number) * (p[t * count + i] as number)) / sum;
      }
    }
    if (likelihood - before < 1e-8 * text.length) break;
    before = likelihood;
    weights = Array.from(shares, (share) => share / text.length);
  }
  return weights;
}

function expectModels(
  where: string,
  models: readonly NextTokenModel[],
): { readonly vocabSize: number; readonly contextSize: number } {
  const [first, ...others] = models;
  if (first === undefined) throw new OptionError(`${where}: models: expected one or more, got none.`);
  const other = others.find(({ vocabSize }) => vocabSize !== first.vocabSize);
  if (other !== undefined) {
    throw new OptionError(
      `${where}: models: expected all of one vocabulary, got ${first.vocabSize} and ${other.vocabSize} tokens.`,
    );
  }
  return { vocabSize: first.vocabSize, contextSize: Math.max(...models.map((model) => model.contextSize)) };
}

function logSumExp(values: Float64Array): number {
  const highest = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  if (highest === Number.NEGATIVE_INFINITY) return highest;
  return highest + Math.log(values.reduce((sum, value) => sum + Math.exp(value - highest), 0));
}
