import * as attention from '@elman/attention';
import * as cells from '@elman/cells';
import * as convolution from '@elman/convolution';
import type { Factories, Factory, Json, Kind, OptionType, Recipe } from '@elman/core';
import { remake } from '@elman/core';
import * as memory from '@elman/memory';
import * as optim from '@elman/optim';
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
  cells: {
    ...Object.fromEntries(Object.keys(cells.factories).map((name) => [name, [{ inputSize: 1, hiddenSize: 2 }]])),
    dilated: [cell(1), { period: 2 }],
    skipRnn: [cell(1)],
    skipThroughTime: [cell(3), { periods: [2] }],
    teacherForced: [of('cells', 'jordan', { inputSize: 1, hiddenSize: 2 })],
    withBagOfWords: [cell(2), { to: 'both', decay: 0.5 }],
    zoneout: [cell(1), { rate: 0.5 }],
  },
  convolution: Object.fromEntries(
    Object.keys(convolution.factories).map((name) => [name, [{ inputSize: 1, hiddenSize: 2 }]]),
  ),
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
    connectedStack: [[cell(3), cell(2)], { architecture: 'topDown' }],
    deep: [[layer(1), layer(2)]],
    dropout: [cell(1), { output: 0.5 }],
    layer: [cell(1), {}],
    learnedInitialState: [cell(1)],
    memoryCell: [cell(3), of('memory', 'ntmMemory', { slots: 3, width: 2 })],
    residual: [cell(2)],
    skipStack: [[cell(1), cell(3)]],
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
  cells: Object.keys(cells).filter((name) =>
    /(From|To)(Keras|PyTorch)$|^withPreviousTargets$|^batchNormStatistics$/.test(name),
  ),
  convolution: [],
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
    ...['solveReadout', 'taskModel', 'textScore', 'translate', 'vectorBatch', 'vectorPairs'],
  ],
};
const packages: { readonly [from: string]: { readonly [name: string]: unknown } } = {
  cells,
  convolution,
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
    // Those about files of one's own are not JSON, and cannot be made from a model's file.
    expect([...makers, 'characterPrediction', 'pixelImages'].sort()).toEqual(Object.keys(list).sort());
    for (const name of makers) {
      const recipe = of('tasks', name, {});
      const trust = { '@elman/tasks': list };
      expect(await remake(recipe, { kind: 'task', trust })).toMatchObject({ name: expect.any(String) });
    }
  });
});

/** What the command `elman` sets by itself. */
const SET: { readonly [kind in Kind]?: { readonly [option: string]: unknown } } = {
  attention: { querySize: 2, memorySize: 2, size: 4 },
  cell: { inputSize: 3, hiddenSize: 4 },
  optimizer: { learningRate: 0.1 },
};

/** A cell for what is made of them. */
function partOf({ partInputSize }: Factory, part: number, options: { [option: string]: Json }): unknown {
  const sizes = { inputSize: 4, outputSize: 4, part, parts: 2, options };
  return cells.gru({ inputSize: partInputSize?.(sizes) ?? 4, hiddenSize: 4 });
}

/** Values to try, of which each option takes one at least that is not its default. */
const TRIED = {
  boolean: [true, false],
  number: [1, 2, 3, 5, 0.25, 20],
  numbers: [[2, 3], [-1, 0, 1], [1]],
  text: ['a'],
  texts: [['sum']],
} as const;
const triedOf = (type: OptionType): readonly Json[] => (typeof type === 'string' ? TRIED[type] : type);

type Options = { readonly [option: string]: unknown };

/** The recipe of what is made with these options; of what has none, the options that were taken. */
function madeWith(factory: Factory, options: Options): Options {
  type Make = (...given: unknown[]) => { readonly recipe?: Recipe };
  const { makes, make, defaults, parts } = factory;
  const given = { ...defaults, ...(parts === undefined && SET[makes]), ...options };
  const cellOf = (part: number) => partOf(factory, part, given as { [option: string]: Json });
  const part = parts === undefined ? [] : [Array.isArray(parts[0]) ? [cellOf(0), cellOf(1)] : cellOf(0)];
  const { recipe } = (make as Make)(...part, given);
  return makes === 'optimizer' ? given : ((recipe?.arguments[part.length] ?? {}) as Options);
}

/** A value of the option with which another recipe is made. */
function otherValue(factory: Factory, option: string, type: OptionType): Json | undefined {
  const usual = JSON.stringify(madeWith(factory, {}));
  return triedOf(type).find((value) => {
    try {
      return JSON.stringify(madeWith(factory, { [option]: value })) !== usual;
    } catch {
      return false;
    }
  });
}

// Files are not JSON; localAttention is made of another.
const notByName = new Set(['localAttention', 'pixelImages', 'characterPrediction']);
const byName = [attention, cells, memory, optim, rnn, tasks].flatMap(({ factories: list }) =>
  Object.entries(list).filter(([name, { summary }]) => summary !== undefined && !notByName.has(name)),
);

describe('the options that a factory declares', () => {
  it.each(byName)('%s: are those that it takes', (name, factory) => {
    const { options = {}, defaults = {}, makes } = factory;
    expect(Object.keys(options)).toEqual(expect.arrayContaining(Object.keys(defaults)));
    const taken: { [option: string]: Json } = {};
    for (const [option, type] of Object.entries(options)) {
      const value = otherValue(factory, option, type);
      expect([name, option, value]).toEqual([name, option, expect.anything()]);
      const { [option]: made } = madeWith(factory, { [option]: value }) as { readonly [option: string]: Json };
      expect([option, made]).toEqual([option, value]);
      taken[option] = value as Json;
    }
    const known = [...Object.keys(options), ...Object.keys(SET[makes] ?? {}), 'part'];
    for (const [option, value] of Object.entries(taken)) {
      expect(known).toEqual(expect.arrayContaining(Object.keys(madeWith(factory, { [option]: value }))));
    }
  });
});
