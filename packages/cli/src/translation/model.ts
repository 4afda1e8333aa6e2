import { additiveAttention, multiplicativeAttention } from '@elman/attention';
import type { Attention, Tree } from '@elman/core';
import { type Seq2seq, seq2seq } from '@elman/models';
import { bidirectional, deep, type SequenceLayer } from '@elman/rnn';
import { findCell, stacked } from '../cell.ts';
import type { TranslationSettings } from './settings.ts';

type AnyLayer = SequenceLayer<Tree, Tree>;

/** Layers of cells that read the source from both ends, one on the other, and as many cells that write and look back. */
export async function makeSeq2seq(
  settings: TranslationSettings,
  vocabularies: { readonly source: number; readonly target: number },
): Promise<Seq2seq<Tree>> {
  const { hidden, embedding, layers, attention, reverse } = settings;
  const make = await findCell(settings.cell);
  const readers: AnyLayer[] = [];
  for (let i = 0; i < layers; i++) {
    const cell = () => make({ inputSize: readers.at(-1)?.outputSize ?? embedding, hiddenSize: hidden });
    readers.push(bidirectional(cell(), cell()) as AnyLayer);
  }
  const encoder = readers.length === 1 ? (readers[0] as AnyLayer) : (deep(readers) as AnyLayer);
  const decoder = stacked(make, { inputSize: embedding + (attention === 'none' ? 0 : hidden), hidden, layers });
  const sizes = { querySize: decoder.outputSize, memorySize: encoder.outputSize };
  return seq2seq({
    encoder,
    decoder,
    attention: makeAttention(settings, sizes),
    source: { vocabSize: vocabularies.source },
    target: { vocabSize: vocabularies.target },
    reverseSource: reverse,
  });
}

function makeAttention(
  { attention, hidden }: TranslationSettings,
  sizes: { readonly querySize: number; readonly memorySize: number },
): Attention<Tree> | undefined {
  if (attention === 'none') return undefined;
  if (attention === 'additive') return additiveAttention({ ...sizes, size: hidden }) as unknown as Attention<Tree>;
  return multiplicativeAttention(sizes) as unknown as Attention<Tree>;
}
