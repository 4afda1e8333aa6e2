import { additiveAttention } from '@elman/attention';
import { gru } from '@elman/cells';
import { type BatchSource, Rng } from '@elman/core';
import { type PairBatch, pairBatch } from '@elman/data';
import { seq2seq, type Translator } from '@elman/models';
import { adam, chain, clipByGlobalNorm, cosine } from '@elman/optim';
import { bidirectional, layer } from '@elman/rnn';
import { type BoundaryTokenizer, characterTokenizer, type Tokenizer, withBoundary } from '@elman/tokenizers';
import { train } from '@elman/train';
import type { Rewriting } from './rewriting.ts';

/** Options of a net and its training. */
export interface Settings {
  readonly attention: boolean;
  /** The direction of the encoder. */
  readonly encoder: 'bidirectional' | 'forward' | 'reversed';
  readonly units: number;
  readonly updates: number;
  readonly batchSize: number;
  readonly seed: string;
}

const EMBEDDING = 32;

/** Trains a net on an endless stream of random rows. */
export async function learn(
  rewriting: Rewriting,
  { attention, encoder, units, updates, batchSize, seed }: Settings,
  onUpdate: (event: { readonly step: number; readonly loss: number }) => void,
): Promise<Translator> {
  const source = characterTokenizer.fromText(rewriting.alphabets.source);
  const target = withBoundary(characterTokenizer.fromText(rewriting.alphabets.target));
  const cell = (inputSize: number) => gru({ inputSize, hiddenSize: units });
  const memorySize = encoder === 'bidirectional' ? 2 * units : units;
  const model = seq2seq({
    source,
    target,
    encoder: (encoder === 'bidirectional'
      ? bidirectional(cell(EMBEDDING), cell(EMBEDDING))
      : layer(cell(EMBEDDING))) as never,
    reverseSource: encoder === 'reversed',
    decoder: cell(attention ? EMBEDDING + units : EMBEDDING),
    attention: attention ? additiveAttention({ querySize: units, memorySize, size: units }) : undefined,
  });
  const learningRate = cosine({ initial: 0.004, final: 2e-4, steps: updates });
  const { params } = await train({
    model,
    batches: endless(rewriting, { source, target, batchSize, seed: `train ${seed}` }),
    optimizer: chain(clipByGlobalNorm(1), adam({ learningRate })),
    updates,
    seed,
    onUpdate,
  });
  return { model, params, source, target };
}

/** New rows for every batch. */
function endless(
  rewriting: Rewriting,
  options: { source: Tokenizer; target: BoundaryTokenizer; batchSize: number; seed: string },
): BatchSource<PairBatch> {
  const { source, target, batchSize, seed } = options;
  return {
    batchesPerEpoch: 1000,
    batch(epoch, index) {
      const rng = Rng.seeded(seed).fork(epoch).fork(index);
      const rows = Array.from({ length: batchSize }, (_, i) => rewriting.draw(rng.fork(i), 'train'));
      return pairBatch(
        rows.map((row) => ({ source: source.encode(row.source), target: target.encode(row.target) })),
        target.boundary,
      );
    },
  };
}
