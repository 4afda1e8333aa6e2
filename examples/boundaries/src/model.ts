import { type HierarchicalMultiscaleLstmParams, hierarchicalMultiscaleLstm } from '@elman/cells';
import type { Optimizer, Tree } from '@elman/core';
import { type LanguageModel, languageModel } from '@elman/models';
import { adam, chain, clipByGlobalNorm, cosine } from '@elman/optim';

type State = ReturnType<ReturnType<typeof hierarchicalMultiscaleLstm>['initialState']>;
/** A language model of one or more layers that detect boundaries. */
export type Model = LanguageModel<HierarchicalMultiscaleLstmParams, State>;

/** Sizes of the network, and the length of its training. */
export interface Settings {
  readonly layers: number;
  /** Of each layer. */
  readonly hiddenSize: number;
  /** The initial bias of boundaries. */
  readonly boundaryBias: number;
  /** Of the hard sigmoid of boundaries, one after the other, each for the same number of updates. */
  readonly slopes: readonly number[];
  readonly updates: number;
}

/** The last model, and that of each update: the same network with a slope that rises. */
export function annealed(
  vocabulary: { readonly vocabSize: number },
  { updates, slopes, ...sizes }: Settings,
): { readonly model: Model; readonly modelAt: (step: number) => Model; readonly slopeAt: (step: number) => number } {
  const models = slopes.map((slope) =>
    languageModel(hierarchicalMultiscaleLstm({ inputSize: 64, ...sizes, slope }), vocabulary),
  );
  const of = <T>(each: readonly T[], step: number): T =>
    each[Math.min(each.length - 1, Math.floor((step * each.length) / updates))] as T;
  return {
    model: models.at(-1) as Model,
    modelAt: (step) => of(models, step),
    slopeAt: (step) => of(slopes, step),
  };
}

/** Adam with a rate that falls, and clipping. */
export function optimizerFor({ updates }: Settings): Optimizer<Tree> {
  const learningRate = cosine({ initial: 0.004, final: 0.0004, steps: updates });
  return chain(clipByGlobalNorm(1), adam({ learningRate }));
}
