import { Rng, type TokenModel, type Tree } from '@elman/core';
import { generate } from '@elman/decoding';
import { languageModel } from '@elman/models';
import type { Setup } from '../protocol.ts';
import { cellOf } from './ours-model.ts';
import { CannotRun } from './serve.ts';

/** Generation of `time` tokens, one by one, from the initial state. */
export function generation({ workload }: Setup): () => Promise<number> {
  const model = languageModel(cellOf(workload), workload);
  const bound = model.bind(model.init(Rng.seeded(2))) as TokenModel<Tree>;
  const { kind, time, batch } = workload;
  if (kind === 'beam') return () => beam(bound, batch, time);
  const prompts = [[1]];
  return async () => {
    const [tokens] = await generate({ model: bound, prompts, maximumTokens: time, temperature: 0 });
    return tokens?.at(-1) ?? Number.NaN;
  };
}

/** Beam search: of all continuations of all hypotheses the `width` most likely, `time` times. Returns the best score. */
async function beam(model: TokenModel<Tree>, width: number, time: number): Promise<number> {
  const session = model.open?.(width);
  if (session === undefined) throw new CannotRun('beam search here wants the backend wasm');
  let scores = Array<number>(width).fill(0);
  let tokens = scores.map((_, i) => i + 1);
  for (let step = 0; step < time; step++) {
    const logits = session.next(tokens, true) as Float32Array;
    const all = scores.flatMap((score, row) => {
      const own = logits.subarray(row * model.vocabSize, (row + 1) * model.vocabSize);
      const normalizer = logSumExp(own);
      return highest(own, width).map((token) => ({ row, token, score: score + (own[token] as number) - normalizer }));
    });
    const best = all.sort((a, b) => b.score - a.score).slice(0, width);
    scores = best.map(({ score }) => score);
    tokens = best.map(({ token }) => token);
    session.keep(best.map(({ row }) => row));
  }
  session.dispose();
  return scores[0] ?? Number.NaN;
}

function logSumExp(values: Float32Array): number {
  const most = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  let sum = 0;
  for (const value of values) sum += Math.exp(value - most);
  return most + Math.log(sum);
}

/** The places of the `count` highest values, the highest first. */
function highest(values: Float32Array, count: number): number[] {
  const places: number[] = [];
  let least = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (places.length === count && value <= least) continue;
    const at = places.findIndex((place) => value > (values[place] as number));
    places.splice(at < 0 ? places.length : at, 0, i);
    if (places.length > count) places.pop();
    least = values[places.at(-1) as number] as number;
  }
  return places;
}
