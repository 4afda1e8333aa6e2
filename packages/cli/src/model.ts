import type { Cell, Tree } from '@elman/core';
import { languageModel } from '@elman/models';
import { dropout, stack } from '@elman/rnn';
import type { Tokenizer } from '@elman/tokenizers';
import { findCell } from './cell.ts';
import type { AnyModel } from './load.ts';
import { countsOf, makeOutput } from './output.ts';
import type { RunSettings } from './settings.ts';
import { warnUncompiled } from './warn-uncompiled.ts';

/** The default size of embeddings, at most the vocabulary. */
const EMBEDDING = 64;

/**
 * The language model that the settings describe: `layers` cells on one another over embedded or one-hot tokens, with
 * dropout on what goes from one to the next and from the last to the output, whose layer is for tokens as frequent as in `ids`.
 */
export async function makeModel(settings: RunSettings, tokenizer: Tokenizer, ids: Int32Array): Promise<AnyModel> {
  const { cell: name, hidden, layers, dropout: rate } = settings;
  const embedding = settings.embedding ?? Math.min(EMBEDDING, tokenizer.vocabSize);
  const inputSize = embedding === 'one-hot' ? tokenizer.vocabSize : embedding;
  const make = await findCell(name);
  const cells: Cell<Tree, Tree>[] = [];
  for (let i = 0; i < layers; i++) {
    const cell = make({ inputSize: cells.at(-1)?.outputSize ?? inputSize, hiddenSize: hidden });
    cells.push(rate > 0 && i < layers - 1 ? (dropout(cell, { output: rate }) as Cell<Tree, Tree>) : cell);
  }
  const whole = cells.length === 1 ? (cells[0] as Cell<Tree, Tree>) : (stack(cells) as Cell<Tree, Tree>);
  warnUncompiled(whole);
  return languageModel(whole, tokenizer, {
    embedding: embedding === 'one-hot' ? 'one-hot' : 'learned',
    dropout: rate,
    output: makeOutput(settings.output ?? 'full', countsOf(ids, tokenizer.vocabSize)),
  });
}
