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
  if (session?.highest === undefined) throw new CannotRun('beam search here wants the backend wasm or cpu');
  let scores = Array<number>(width).fill(0);
  let tokens = scores.map((_, i) => i + 1);
  for (let step = 0; step < time; step++) {
    const { tokens: likeliest, logits, normalizers } = session.highest(tokens, width);
    const all = Array.from(likeliest, (token, i) => {
      const row = Math.floor(i / width);
      return { row, token, score: (scores[row] as number) + (logits[i] as number) - (normalizers[row] as number) };
    });
    const best = all.sort((a, b) => b.score - a.score).slice(0, width);
    scores = best.map(({ score }) => score);
    tokens = best.map(({ token }) => token);
    session.keep(best.map(({ row }) => row));
  }
  session.dispose();
  return scores[0] ?? Number.NaN;
}
