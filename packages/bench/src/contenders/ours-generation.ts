import { Rng, type TokenModel, type Tree } from '@elman/core';
import { beamSearch, generate } from '@elman/decoding';
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

/** Beam search. Returns the log-probability of the best. */
async function beam(model: TokenModel<Tree>, beamWidth: number, time: number): Promise<number> {
  const session = model.open?.(1);
  session?.dispose();
  if (session?.highest === undefined) throw new CannotRun('beam search here needs the backend wasm or cpu');
  const [found] = await beamSearch({ model, prompts: [[1]], maximumTokens: time, beamWidth });
  return found?.[0]?.logProbability ?? Number.NaN;
}
