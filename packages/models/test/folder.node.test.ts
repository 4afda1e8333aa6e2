import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lstm } from '@elman/cells';
import { folderStorage } from '@elman/checkpoint/node';
import { Rng } from '@elman/core';
import { characterTokenizer } from '@elman/tokenizers';
import { expect, it } from 'vitest';
import { languageModel, loadModel, saveModel } from '../src/index.ts';
import { numbers } from './support.ts';

it('saves a model in a folder and loads it from there', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'elman-models-'));
  try {
    const tokenizer = characterTokenizer.fromText('abc');
    const model = languageModel(lstm({ inputSize: 3, hiddenSize: 4 }), tokenizer);
    const params = model.init(Rng.seeded(1));
    await saveModel(folderStorage(folder), { model, params, tokenizer });
    expect((await readdir(folder)).sort()).toEqual(['manifest.json', 'model.json', 'model.safetensors']);
    const loaded = await loadModel(folderStorage(folder));
    expect(await numbers(loaded.params)).toEqual(await numbers(params));
    await expect(loadModel(folderStorage(join(folder, 'other')))).rejects.toThrow(join(folder, 'other', 'model.json'));
  } finally {
    await rm(folder, { recursive: true });
  }
});
