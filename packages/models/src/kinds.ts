import type { Factory, Tree } from '@elman/core';
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

/** Their factories, which recipes may name. */
export const factories: { readonly [K in keyof Models]: Factory } = {
  classifier: { makes: 'model', make: classifier, parts: [{ encoder: 'layer', pooling: 'attention?' }] },
  framePredictor: { makes: 'model', make: framePredictor, parts: ['cell'] },
  languageModel: { makes: 'model', make: languageModel, parts: ['cell'] },
  memoryNetwork: { makes: 'model', make: memoryNetwork },
  regressor: { makes: 'model', make: regressor, parts: [{ encoder: 'layer', pooling: 'attention?' }] },
  seq2seq: { makes: 'model', make: seq2seq, parts: [{ encoder: 'layer', decoder: 'cell', attention: 'attention?' }] },
  tagger: { makes: 'model', make: tagger, parts: [{ encoder: 'layer' }] },
  vectorToSequence: { makes: 'model', make: vectorToSequence, parts: [{ decoder: 'cell' }] },
};
