import { tree } from '@elman/core';
import { pairBatch } from '@elman/data';
import { generate } from '@elman/decoding';
import type { Rewriter } from './learn.ts';

/** What a net writes for these texts. */
export async function rewrite(
  { model, params, source, target }: Rewriter,
  texts: readonly string[],
): Promise<string[]> {
  const batch = pairBatch(
    texts.map((text) => ({ source: source.encode(text), target: [] })),
    target.boundary,
  );
  const bound = model.bind(params, batch.sources, batch.sourceMask);
  try {
    const prompts = texts.map(() => [target.boundary]);
    const ids = await generate({ model: bound, prompts, maximumTokens: 100, temperature: 0, stop: [target.boundary] });
    return ids.map((row) => target.decode(row));
  } finally {
    bound.dispose();
    tree.dispose(batch);
  }
}
