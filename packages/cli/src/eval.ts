import type { BackendName } from '@elman/backend';
import { folderStorage } from '@elman/checkpoint/node';
import { DataError } from '@elman/core';
import { type TextScore, textScore } from '@elman/metrics';
import { startBackend } from './backend.ts';
import { formatCount, formatTable } from './format.ts';
import { readMetadata } from './load.ts';
import { loadPredictor } from './predictor.ts';
import { corpusIn } from './settings.ts';
import { stdout, writeJson } from './terminal.ts';
import { countCharacters, readCorpusAt, readTexts } from './text.ts';
import type { TrustArguments } from './trust.ts';
import { formatShare, unknownShare } from './unknown.ts';
import { expectNoRun, expectThere } from './what-is-there.ts';

/** The command line of `elman eval`. */
export interface EvalArguments extends TrustArguments {
  backend?: BackendName;
  json?: boolean;
  corpus?: string;
}

/** Measures how well a trained model predicts text: `textScore`. */
export async function evaluateText(folder: string, files: readonly string[], args: EvalArguments): Promise<void> {
  await expectThere(folder, 'a model of text');
  for (const file of files) await expectNoRun(file, 'a text');
  const text = await textOf(folder, files, args.corpus);
  await startBackend(args.backend);
  const result = await measureText(folder, text, args);
  if (args.json) return writeJson(result);
  const { bitsPerCharacter } = result;
  const rows = [
    ['tokens', result.tokens.toLocaleString('en')],
    ['nats/token', result.loss.toFixed(4)],
    ...(bitsPerCharacter === null ? [] : [['bits/char', bitsPerCharacter.toFixed(4)]]),
    ['perplexity', `${Number(result.perplexity.toPrecision(5))}`],
    ['unknown', formatShare(result.unknownShare)],
    ['tokens/s', formatCount(result.tokensPerSecond)],
  ];
  stdout.write(`${formatTable(rows).join('\n')}\n`);
}

/** The texts that are named, or the test part of a corpus: by default of the one that the model was trained on. */
async function textOf(folder: string, files: readonly string[], corpus: string | undefined): Promise<string> {
  if (corpus !== undefined && files.length > 0) return (await readCorpusAt(files, corpus)).test;
  if (files.length > 0) return (await readTexts(files)).text;
  const trained = corpusIn(await readMetadata(folderStorage(folder)));
  if (trained === undefined || (corpus !== undefined && corpus !== trained.corpus)) {
    throw new DataError(`eval: ${folder} was not trained on ${corpus ?? 'a corpus'}; name a text to measure it with.`);
  }
  return (await readCorpusAt(trained.texts, trained.corpus)).test;
}

/** How well the model of a folder predicts a text, on the backend that is there. */
export async function measureText(
  folder: string,
  text: string,
  args: TrustArguments,
): Promise<TextScore & { readonly tokens: number; readonly tokensPerSecond: number }> {
  const predictor = await loadPredictor(folderStorage(folder), args);
  const { tokenizer } = predictor;
  try {
    const ids = tokenizer.encode(text);
    if (ids.length < 2)
      throw new DataError(`eval: the text has ${ids.length} tokens; at least 2 are needed, use a longer one.`);
    const start = performance.now();
    const { loss, count } = await predictor.evaluate(ids);
    const seconds = (performance.now() - start) / 1000;
    const score = textScore(loss, {
      tokens: ids.length,
      characters: countCharacters(text),
      unknownShare: unknownShare(tokenizer, [text], [ids]),
    });
    return { tokens: count, ...score, tokensPerSecond: count / seconds };
  } finally {
    predictor.dispose();
  }
}
