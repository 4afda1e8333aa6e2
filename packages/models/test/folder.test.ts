import { additiveAttention } from '@elman/attention';
import * as cells from '@elman/cells';
import { encodeSafetensors, httpStorage, memoryStorage, type Storage, writeTogether } from '@elman/checkpoint';
import { type Cell, CheckpointError, OptionError, Rng, type Tree, tree } from '@elman/core';
import { ntmMemory } from '@elman/memory';
import { bidirectional, dropout, layer, memoryCell, stack } from '@elman/rnn';
import { characterTokenizer, withBoundary } from '@elman/tokenizers';
import { div, memory, tensor2d } from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { classifier, languageModel, loadModel, type Models, saveModel, seq2seq } from '../src/index.ts';
import { numbers } from './support.ts';

const tokenizer = characterTokenizer.fromText('hello world');
const deep = () =>
  languageModel(
    stack([
      dropout(cells.lstm({ inputSize: 3, hiddenSize: 4 }), { output: 0.1 }),
      cells.gru({ inputSize: 4, hiddenSize: 3 }),
    ]),
    tokenizer,
    { tied: true },
  );

async function saved(): Promise<{ storage: Storage; wanted: Record<string, number[]> }> {
  const storage = memoryStorage();
  const model = deep();
  const params = model.init(Rng.seeded(1));
  await saveModel(storage, { model, params, tokenizer, metadata: { text: 'hello', bitsPerCharacter: 2.5 } });
  const wanted = await numbers(params);
  tree.dispose(params);
  return { storage, wanted };
}

/** Writes another description, as if it had been saved with the parameters. */
const change = async (storage: Storage, edit: (text: string) => string): Promise<void> => {
  const text = new TextDecoder().decode(await storage.read('model.json'));
  await writeTogether(storage, { 'model.json': new TextEncoder().encode(edit(text)) });
};

async function refusal(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(CheckpointError.isInstance(error) || OptionError.isInstance(error)).toBe(true);
  expect((error as Error).message).not.toContain('\n');
  return (error as Error).message;
}

/** Sizes that the parameters in the folder do not have, each in a recipe of its kind. */
const recipe = (factory: string, ...given: unknown[]) => ({
  package: from[factory] ?? '@elman/cells',
  factory,
  arguments: given,
});
const from: { readonly [factory: string]: string } = {
  languageModel: '@elman/models',
  classifier: '@elman/models',
  memoryNetwork: '@elman/models',
  ...Object.fromEntries(['memoryCell', 'stack', 'layer', 'learnedInitialState'].map((name) => [name, '@elman/rnn'])),
  ...Object.fromEntries(['continuousDeque', 'dncMemory'].map((name) => [name, '@elman/memory'])),
};
const textOf = (cell: unknown, vocabSize = 9) => recipe('languageModel', cell, { vocabSize }, {});
const small = { inputSize: 3, hiddenSize: 3 };
const HUGE: readonly (readonly [string, keyof Models, ReturnType<typeof recipe>])[] = [
  ['hidden size', 'languageModel', textOf(recipe('lstm', { inputSize: 3, hiddenSize: 9000 }))],
  ['hidden size beyond an array', 'languageModel', textOf(recipe('gru', { inputSize: 3, hiddenSize: 2 ** 40 }))],
  ['input size', 'languageModel', textOf(recipe('simpleRnn', { inputSize: 1e9, hiddenSize: 3 }))],
  ['vocabulary', 'languageModel', textOf(recipe('gru', small), 1e9)],
  ['depth', 'languageModel', textOf(recipe('stack', Array(2000).fill(recipe('gru', { inputSize: 3, hiddenSize: 3 }))))],
  [
    'commands',
    'languageModel',
    textOf(
      recipe(
        'memoryCell',
        recipe('gru', { inputSize: 1e9, hiddenSize: 1 }),
        recipe('dncMemory', { slots: 2, width: 1e8 }),
      ),
    ),
  ],
  [
    'values',
    'languageModel',
    textOf(
      recipe(
        'memoryCell',
        recipe('gru', { inputSize: 3e9, hiddenSize: 1 }),
        recipe('continuousDeque', { size: 1e9, capacity: 2 }),
      ),
    ),
  ],
  [
    'initial state',
    'languageModel',
    textOf(recipe('learnedInitialState', recipe('gru', { inputSize: 3, hiddenSize: 1e9 }))),
  ],
  [
    'pooled state',
    'classifier',
    recipe('classifier', { encoder: recipe('layer', recipe('gru', { inputSize: 3, hiddenSize: 1e9 })), classes: 2 }),
  ],
  ['hops', 'memoryNetwork', recipe('memoryNetwork', { vocabulary: 3, hops: 1e9 })],
  ['memories', 'memoryNetwork', recipe('memoryNetwork', { vocabulary: 3, memorySize: 1e9 })],
];

afterEach(() => vi.unstubAllGlobals());

describe('loadModel spends nothing on sizes that the parameters do not have', () => {
  it.each(HUGE)('%s', async (_, kind, model) => {
    const { storage } = await saved();
    await change(storage, (text) => JSON.stringify({ ...JSON.parse(text), model, tokenizer: null }));
    const { numTensors } = memory();
    expect(await refusal(loadModel(storage, { kind }))).toMatch(/^memory:model\.(json|safetensors): /);
    expect(memory().numTensors).toBe(numTensors);
  });
});

describe('saveModel and loadModel', () => {
  it('round-trip model, parameters, tokenizer and metadata', async () => {
    const { storage, wanted } = await saved();
    const before = memory().numTensors;
    const { model, params, tokenizer: loaded, metadata } = await loadModel(storage);
    expect(await numbers(params)).toEqual(wanted);
    expect(memory().numTensors).toBe(before + tree.leaves(params).length);
    expect(model.recipe).toEqual(deep().recipe);
    expect(model.vocabSize).toBe(tokenizer.vocabSize);
    expect(loaded?.decode(tokenizer.encode('low'))).toBe('low');
    expect(metadata).toEqual({ text: 'hello', bitsPerCharacter: 2.5 });
    const ids = tensor2d([[1, 2, 3]], undefined, 'int32');
    const original = deep().logits(params as never, ids);
    const remade = model.logits(params, ids);
    expect(await numbers({ z: remade.logits })).toEqual(await numbers({ z: original.logits }));
  });

  it('round-trip a sequence-to-sequence model with both tokenizers', async () => {
    const storage = memoryStorage();
    const cell = () => cells.gru({ inputSize: 3, hiddenSize: 4 });
    const made = seq2seq({
      encoder: bidirectional(cell(), cell()),
      decoder: cells.lstm({ inputSize: 3 + 4, hiddenSize: 4 }),
      attention: additiveAttention({ querySize: 4, memorySize: 8, size: 5 }),
      source: tokenizer,
      target: withBoundary(tokenizer),
    });
    const params = made.init(Rng.seeded(1));
    const tokenizers = { source: tokenizer, target: withBoundary(tokenizer) };
    await saveModel(storage, { model: made, params, tokenizers });
    const loaded = await loadModel(storage, { kind: 'seq2seq' });
    expect(loaded.model.recipe).toEqual(made.recipe);
    expect(loaded.tokenizers?.target?.vocabSize).toBe(tokenizer.vocabSize + 1);
    const batch = {
      sources: tensor2d([[1, 2, 3]], undefined, 'int32'),
      inputs: tensor2d([[tokenizer.vocabSize, 2]], undefined, 'int32'),
    };
    const wanted = await numbers({ z: made.logits(params, batch) });
    expect(await numbers({ z: loaded.model.logits(loaded.params, batch) })).toEqual(wanted);
    expect(await refusal(loadModel(storage))).toMatch(
      /expected a languageModel, got a seq2seq; load it with kind: 'seq2seq'/,
    );
    const wrong = { source: withBoundary(tokenizer) };
    expect(await refusal(saveModel(storage, { model: made, params, tokenizers: wrong }))).toBe(
      'saveModel: source tokenizer: expected 9 tokens, those of the model, got 10; give the one the model was made for.',
    );
    const other = { middle: tokenizer };
    expect(await refusal(saveModel(storage, { model: made, params, tokenizers: other }))).toMatch(
      /middle tokenizer: expected none, got 9/,
    );
  });

  it('round-trip a text classifier with its tokenizer and its pooling', async () => {
    const storage = memoryStorage();
    const made = classifier({
      encoder: layer(cells.gru({ inputSize: 3, hiddenSize: 4 })),
      vocabulary: tokenizer,
      classes: ['calm', 'loud'],
      pooling: additiveAttention({ querySize: 2, memorySize: 4, size: 3 }),
    });
    const params = made.init(Rng.seeded(1));
    await saveModel(storage, { model: made, params, tokenizer });
    const loaded = await loadModel(storage, { kind: 'classifier' });
    const texts = ['hello', 'low'].map((text) => loaded.tokenizer?.encode(text) as Int32Array);
    expect(await loaded.model.predict(loaded.params, texts)).toEqual(await made.predict(params, texts));
    expect(loaded.model.labels).toEqual(['calm', 'loud']);
    expect(await refusal(loadModel(storage, { kind: 'tagger' }))).toMatch(
      /expected a tagger, got a classifier; load it with kind: 'classifier'\.$/,
    );
    const wrong = { model: made, params, tokenizer: withBoundary(tokenizer) };
    expect(await refusal(saveModel(storage, wrong))).toMatch(
      /tokenizer: expected 9 tokens, those of the model, got 10/,
    );
  });

  it('read a folder on the web', async () => {
    const { storage, wanted } = await saved();
    const asked: string[] = [];
    vi.stubGlobal('fetch', async (address: string | URL) => {
      const name = `${address}`.split('/').at(-1) as string;
      asked.push(`${address}`);
      return new Response((await storage.read(name)) as BodyInit);
    });
    const { params } = await loadModel(httpStorage('https://example.org/models/poet'));
    expect(asked.sort()).toEqual([
      'https://example.org/models/poet/manifest.json',
      'https://example.org/models/poet/model.json',
      'https://example.org/models/poet/model.safetensors',
    ]);
    expect(await numbers(params)).toEqual(wanted);
  });

  it('take a model made in code where its cell has no recipe', async () => {
    const { recipe, ...cell } = cells.lstm({ inputSize: 2, hiddenSize: 2 }) as Cell<Tree, Tree>;
    expect(recipe).toBeDefined();
    const model = languageModel(cell, { vocabSize: 4 });
    const params = model.init(Rng.seeded(2));
    const storage = memoryStorage();
    await saveModel(storage, { model, params });
    expect(await refusal(loadModel(storage))).toContain(
      'model.json: model: its cell has no recipe; make the model in code and give it as `model`.',
    );
    const loaded = await loadModel(storage, { model });
    expect(await numbers(loaded.params)).toEqual(await numbers(params));
    expect(loaded.tokenizer).toBeUndefined();
  });

  it('refuse a description that is missing, damaged or of another kind, and name the file', async () => {
    const { storage } = await saved();
    expect(await refusal(loadModel(memoryStorage()))).toContain('model.json');
    await change(storage, (text) => text.slice(0, 40));
    expect(await refusal(loadModel(storage))).toMatch(/model\.json: not JSON/);
    await change(storage, () => '{"format":"keras"}');
    expect(await refusal(loadModel(storage))).toContain('model.json: format: expected "elman-model", got "keras".');
    await change(storage, () => 'null');
    expect(await refusal(loadModel(storage))).toContain('got none.');
    await change(storage, () => '{"format":"elman-model","version":2}');
    expect(await refusal(loadModel(storage))).toContain('model.json: version: expected 1, got 2');
    await change(storage, () => '{"format":"elman-model","version":1,"model":7}');
    expect(await refusal(loadModel(storage))).toContain('model.json: model: expected a recipe or null, got a number.');
    const lstm = { package: '@elman/cells', factory: 'lstm', arguments: [{ inputSize: 1, hiddenSize: 1 }] };
    await change(storage, () => JSON.stringify({ format: 'elman-model', version: 1, model: lstm }));
    expect(await refusal(loadModel(storage))).toContain(
      'model.json: model: expected a model, got lstm of @elman/cells, which makes a cell.',
    );
  });

  it('refuse parameters that are truncated or of another model, and name file and tensor', async () => {
    const { storage } = await saved();
    const bytes = await storage.read('model.safetensors');
    await writeTogether(storage, { 'model.safetensors': bytes.slice(0, -4) });
    expect(await refusal(loadModel(storage))).toContain('model.safetensors: truncated');
    await writeTogether(storage, { 'model.safetensors': bytes });
    await change(storage, (text) =>
      text.replace('"hiddenSize": 4', '"hiddenSize": 5').replace('"inputSize": 4', '"inputSize": 5'),
    );
    expect(await refusal(loadModel(storage))).toMatch(
      /model\.safetensors: cell\.0\.bias: expected float32 \[20\], got float32 \[16\]/,
    );
  });

  it('refuse a folder in which a bit has changed, whichever it is', async () => {
    const tiny = languageModel(cells.simpleRnn({ inputSize: 1, hiddenSize: 1 }), { vocabSize: 2 });
    const storage = memoryStorage();
    await saveModel(storage, { model: tiny, params: tiny.init(Rng.seeded(1)), metadata: { loss: 2.5 } });
    const wrong: string[] = [];
    for (const name of ['manifest.json', 'model.json', 'model.safetensors']) {
      const whole = await storage.read(name);
      for (let bit = 0; bit < 8 * whole.length; bit++) {
        const bytes = whole.slice();
        bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
        await storage.write(name, bytes);
        const error = await loadModel(storage).catch((error: unknown) => error);
        const isRefused = CheckpointError.isInstance(error) && error.message.startsWith(`memory:${name}: `);
        if (!isRefused) wrong.push(`${name}, bit ${bit}: ${(error as Error).message ?? 'loaded'}`);
      }
      await storage.write(name, whole);
    }
    expect(wrong).toEqual([]);
  });

  it('refuse a folder with files of two saves', async () => {
    const [one, other] = [await saved(), await saved()];
    await saveModel(other.storage, { model: deep(), params: deep().init(Rng.seeded(2)), tokenizer });
    await one.storage.write('model.safetensors', await other.storage.read('model.safetensors'));
    expect(await refusal(loadModel(one.storage))).toContain('memory:model.safetensors: damaged, or of another save');
  });

  it('save no number that is not finite, and keep the model that is there', async () => {
    const { storage, wanted } = await saved();
    const params = tree.map(deep().init(Rng.seeded(2)), (leaf) => div(leaf, 0));
    expect(await refusal(saveModel(storage, { model: deep(), params, tokenizer }))).toMatch(
      /^saveModel: cell\.0\..*: not finite: (NaN|-?Infinity) at element \d+ of \d+; nothing was written\./,
    );
    expect(await numbers((await loadModel(storage)).params)).toEqual(wanted);
  });

  it('refuse a memory of more slots than there is room for, before memory is taken for them', async () => {
    const cell = memoryCell(cells.lstm({ inputSize: 3 + 2, hiddenSize: 4 }), ntmMemory({ slots: 4, width: 2 }));
    const model = languageModel(cell, { vocabSize: 3 }, { embedding: 'one-hot' });
    const storage = memoryStorage();
    await saveModel(storage, { model, params: model.init(Rng.seeded(1)) });
    tree.dispose((await loadModel(storage)).params);
    await change(storage, (text) => text.replace('"slots": 4', '"slots": 1000000000'));
    expect(await refusal(loadModel(storage))).toMatch(
      /^memory:model\.json: state: expected at most 67,108,864 numbers a row, got more; give smaller sizes\.$/,
    );
  });

  it('demand a checksum of the parameters', async () => {
    const { storage } = await saved();
    const { params } = await loadModel(storage);
    await writeTogether(storage, { 'model.safetensors': await encodeSafetensors(params) });
    expect(await refusal(loadModel(storage))).toContain('model.safetensors: damaged: it has no checksum.');
  });

  it('refuse a tokenizer of another size', async () => {
    const model = languageModel(cells.lstm({ inputSize: 2, hiddenSize: 2 }), { vocabSize: 4 });
    const params = model.init(Rng.seeded(3));
    const storage = memoryStorage();
    expect(await refusal(saveModel(storage, { model, params, tokenizer }))).toContain(
      'saveModel: tokenizer: expected 4 tokens',
    );
    expect(await storage.exists('model.safetensors')).toBe(false);
  });
});
