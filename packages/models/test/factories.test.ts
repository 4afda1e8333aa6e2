import * as attention from '@elman/attention';
import * as cells from '@elman/cells';
import type { Factories, Json, Kind, Recipe } from '@elman/core';
import { remake } from '@elman/core';
import * as memory from '@elman/memory';
import * as rnn from '@elman/rnn';
import * as tasks from '@elman/tasks';
import { describe, expect, it } from 'vitest';
import { builtIn } from '../src/built-in.ts';
import * as models from '../src/index.ts';
import { factories } from '../src/kinds.ts';

const of = (from: string, factory: string, ...given: Json[]): Recipe => ({
  package: `@elman/${from}`,
  factory,
  arguments: given,
});
const cell = (inputSize: number, hiddenSize = 2): Recipe => of('cells', 'gru', { inputSize, hiddenSize });
const layer = (inputSize: number): Recipe => of('rnn', 'layer', cell(inputSize), {});
const seen = { querySize: 2, memorySize: 2 };
const look = of('attention', 'multiplicativeAttention', { ...seen });
const line = { capacity: 3, size: 2 };

/** Arguments of each factory that a model file may name. */
const listed: { readonly [from: string]: { readonly [factory: string]: readonly Json[] } } = {
  cells: Object.fromEntries(Object.keys(cells.factories).map((name) => [name, [{ inputSize: 1, hiddenSize: 2 }]])),
  attention: {
    additiveAttention: [{ ...seen, size: 2 }],
    localAttention: [look, { radius: 1 }],
    locationAwareAttention: [{ ...seen, size: 2, width: 3, filters: 2 }],
    monotonicAttention: [{ ...seen, size: 2 }],
    multiHeadAttention: [{ ...seen, size: 2, heads: 1 }],
    multiplicativeAttention: [{ ...seen }],
  },
  memory: {
    continuousDeque: [line],
    continuousQueue: [line],
    continuousStack: [line],
    dncMemory: [{ slots: 3, width: 2 }],
    fastWeights: [{ keySize: 2, valueSize: 2 }],
    keyValueMemory: [{ slots: 3, keySize: 2, valueSize: 2 }],
    ntmMemory: [{ slots: 3, width: 2 }],
    pushPopStack: [{ depth: 3, size: 2 }],
    sparseAccessMemory: [{ slots: 9, width: 2 }],
    tape: [{ cells: 3, size: 2 }],
  },
  rnn: {
    attentionCell: [cell(4), look, { inputFeeding: true }],
    bidirectional: [cell(1), cell(1), {}],
    conditioned: [cell(3), { size: 2, as: 'input' }],
    deep: [[layer(1), layer(2)]],
    dropout: [cell(1), { output: 0.5 }],
    layer: [cell(1), {}],
    learnedInitialState: [cell(1)],
    memoryCell: [cell(3), of('memory', 'ntmMemory', { slots: 3, width: 2 })],
    residual: [cell(2)],
    stack: [[cell(1), cell(2)]],
  },
  models: {
    classifier: [{ encoder: layer(2), classes: 2, pooling: 'mean' }],
    framePredictor: [cell(2), {}],
    languageModel: [cell(2), { vocabSize: 3 }, {}],
    memoryNetwork: [{ vocabulary: 5, embeddingSize: 2, hops: 1, memorySize: 3 }],
    regressor: [{ encoder: layer(2), outputSize: 1, pooling: look }],
    seq2seq: [
      { encoder: layer(2), decoder: cell(4), attention: look, source: { vocabSize: 3 }, target: { vocabSize: 3 } },
    ],
    tagger: [{ encoder: layer(2), classes: 2 }],
    vectorToSequence: [{ decoder: cell(2), vectorSize: 2, vocabulary: { vocabSize: 3 }, conditioning: 'state' }],
  },
};

/** Functions that are not factories for model files. */
const others: { readonly [from: string]: readonly string[] } = {
  cells: Object.keys(cells).filter((name) => /(From|To)(Keras|PyTorch)$/.test(name)),
  attention: [],
  memory: [],
  rnn: ['lengthsToMask', 'explain', 'scanFrames', 'sourceOf', 'traceMemory', 'unroll'],
  models: [
    ...[
      'answers',
      'bitsPerCharacter',
      'caption',
      'evaluateAnswers',
      'loadModel',
      'modelFiles',
      'packagesToTrust',
      'perplexity',
      'saveModel',
    ],
    ...['taskModel', 'textScore', 'translate', 'vectorBatch', 'vectorPairs'],
  ],
};
const packages: { readonly [from: string]: { readonly [name: string]: unknown } } = {
  cells,
  attention,
  memory,
  rnn,
  models: { ...models, factories },
};

describe.each(Object.keys(listed))('the factories of @elman/%s', (from) => {
  const { factories: list, ...exports } = packages[from] as { factories: Factories; [name: string]: unknown };
  const functions = Object.keys(exports).filter((name) => typeof exports[name] === 'function');

  it('are all the exports that a model file may name', () => {
    const known = [...Object.keys(list), ...(others[from] as readonly string[])];
    expect(functions.sort()).toEqual(known.sort());
    for (const [name, { make }] of Object.entries(list)) expect(exports[name]).toBe(make);
  });

  it.each(Object.keys(list))('%s makes its kind from a recipe', async (name) => {
    const { makes } = list[name] as { makes: Kind };
    const recipe = of(from, name, ...((listed[from] as { [name: string]: Json[] })[name] as Json[]));
    const made = (await remake(recipe, { kind: makes, trust: builtIn })) as { recipe: Recipe };
    expect(await remake(made.recipe, { kind: makes, trust: builtIn })).toMatchObject({ recipe: made.recipe });
  });
});

describe('the factories of @elman/tasks', () => {
  const { factories: list, ...exports } = tasks;
  const tried = (name: string): unknown => {
    try {
      return (exports as unknown as { [name: string]: (options: object) => unknown })[name]?.({});
    } catch {
      return undefined;
    }
  };

  it('are all the exports that make a task, and make one', async () => {
    const makers = Object.keys(exports).filter(
      (name) => typeof (tried(name) as { baseline?: unknown })?.baseline === 'function',
    );
    // Images are not JSON, so this one cannot be made from a file.
    expect([...makers, 'pixelImages'].sort()).toEqual(Object.keys(list).sort());
    for (const name of makers) {
      const recipe = of('tasks', name, {});
      const trust = { '@elman/tasks': list };
      expect(await remake(recipe, { kind: 'task', trust })).toMatchObject({ name: expect.any(String) });
    }
  });
});
