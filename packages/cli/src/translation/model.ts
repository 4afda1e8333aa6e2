import type { Attention, Tree } from '@elman/core';
import { type Seq2seq, seq2seq } from '@elman/models';
import { bidirectional, deep, type SequenceLayer } from '@elman/rnn';
import { findCell, stacked } from '../cell.ts';
import { find } from '../find/find.ts';
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
  const decoderOf = (inputSize: number) => stacked(make, { inputSize, hidden, layers });
  // With attention, the decoder also reads the last output with what it looked at, which has the size of an output.
  const decoder = decoderOf(embedding + (attention === 'none' ? 0 : decoderOf(embedding).outputSize));
  const sizes = { querySize: decoder.outputSize, memorySize: encoder.outputSize };
  return seq2seq({
    encoder,
    decoder,
    attention: await makeAttention(settings, sizes),
    source: { vocabSize: vocabularies.source },
    target: { vocabSize: vocabularies.target },
    reverseSource: reverse,
  });
}

/** The attention by what is typed (`find`), or `none`. A size that it has is that of the decoder, where none is told. */
async function makeAttention(
  { attention: text, hidden }: TranslationSettings,
  sizes: { readonly querySize: number; readonly memorySize: number },
): Promise<Attention<Tree> | undefined> {
  if (text === 'none') return undefined;
  const { options, make } = await find<Attention<Tree>>('attention', text);
  return make({ ...sizes, size: options.size ?? hidden });
}
