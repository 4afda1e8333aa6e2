import type { Tree } from '@elman/core';
import { type Classifier, classifier } from './classifier.ts';
import { type FramePredictor, framePredictor } from './frame-predictor.ts';
import { type LanguageModel, languageModel } from './language-model.ts';
import { type MemoryNetwork, memoryNetwork } from './memory-network/memory-network.ts';
import { type Regressor, regressor } from './regressor.ts';
import { type Seq2seq, seq2seq } from './seq2seq.ts';
import { type Tagger, tagger } from './tagger.ts';
import { type VectorToSequence, vectorToSequence } from './vector-to-sequence.ts';

/** The models of this package by their names. */
export interface Models {
  readonly classifier: Classifier;
  readonly framePredictor: FramePredictor<Tree, Tree>;
  readonly languageModel: LanguageModel<Tree, Tree>;
  readonly memoryNetwork: MemoryNetwork;
  readonly regressor: Regressor;
  readonly seq2seq: Seq2seq<Tree>;
  readonly tagger: Tagger;
  readonly vectorToSequence: VectorToSequence<Tree>;
}

/** What makes each of them. */
export const factories: { readonly [K in keyof Models]: unknown } = {
  classifier,
  framePredictor,
  languageModel,
  memoryNetwork,
  regressor,
  seq2seq,
  tagger,
  vectorToSequence,
};
