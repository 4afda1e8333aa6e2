import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lstm } from '@elman/cells';
import { folderStorage } from '@elman/checkpoint/node';
import { Rng, tree } from '@elman/core';
import { languageModel, saveModel } from '@elman/models';
import type { Tokenizer } from '@elman/tokenizers';
import { mul } from '@tensorflow/tfjs-core';
import { vi } from 'vitest';

/** A folder with a model of text that has learnt nothing but has opinions, as `elman train` would leave it. */
export async function savedModel(tokenizer: Tokenizer, seed = 1): Promise<{ readonly path: string; remove(): void }> {
  const path = mkdtempSync(join(tmpdir(), 'elman-model-'));
  const model = languageModel(lstm({ inputSize: 4, hiddenSize: 6 }), tokenizer);
  const params = tree.map(model.init(Rng.seeded(seed)), (leaf) => mul(leaf, 3));
  await saveModel(folderStorage(path), { model, params, tokenizer });
  tree.dispose(params);
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** What a command writes on the streams of this process. */
export async function written(
  command: () => Promise<void>,
): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const texts = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation((text) => {
      texts[name] += text;
      return true;
    }),
  );
  try {
    await command();
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return texts;
}
