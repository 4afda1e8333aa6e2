import type { BackendName } from '@elman/backend';
import { folderStorage } from '@elman/checkpoint/node';
import { sample as sampleTokens } from '@elman/decoding';
import type { Tokenizer } from '@elman/tokenizers';
import { startBackend } from './backend.ts';
import { loadTextModel } from './load.ts';
import { stdout, writeJson } from './terminal.ts';
import type { TrustArguments } from './trust.ts';

/** What `elman sample` was asked on the command line. */
export interface SampleArguments extends TrustArguments {
  prompt?: string;
  length: number;
  temperature: number;
  topK?: number;
  topP?: number;
  minP?: number;
  typicalP?: number;
  repetitionPenalty?: number;
  noRepeatNgram?: number;
  seed?: number;
  count: number;
  backend?: BackendName;
  json?: boolean;
}

/** Writes text with a trained model, each piece as soon as it is there. */
export async function sample(folder: string, args: SampleArguments): Promise<void> {
  const { prompt = '', length, temperature, topK, topP, minP, typicalP, count, json } = args;
  const { repetitionPenalty, noRepeatNgram } = args;
  await startBackend(args.backend);
  const { model, params, tokenizer } = await loadTextModel(folderStorage(folder), args);
  const start = startOf(prompt, tokenizer);
  const seed = args.seed ?? Date.now() % 2 ** 31;
  for (let row = 0; row < count; row++) {
    const tokens = sampleTokens({
      model: model.bind(params),
      prompt: start,
      maximumTokens: length,
      temperature,
      topK,
      topP,
      minP,
      typicalP,
      repetitionPenalty,
      noRepeatNgram,
      seed,
      row,
    });
    const write = json ? () => {} : stdout.write;
    if (row > 0) write('\n---\n');
    write(prompt);
    const text = await decodeTo(write, tokens, tokenizer);
    if (json) writeJson({ prompt, text, seed, row });
    else if (!text.endsWith('\n')) write('\n');
  }
}

/** Something to go on from: the prompt, else a line end, else the first token there is. */
function startOf(prompt: string, tokenizer: Tokenizer): Int32Array {
  for (const text of [prompt, '\n']) {
    const ids = tokenizer.encode(text);
    if (ids.length > 0) return ids;
  }
  return new Int32Array(1);
}

async function decodeTo(
  write: (text: string) => void,
  tokens: AsyncIterable<number>,
  tokenizer: Tokenizer,
): Promise<string> {
  const decoder = tokenizer.decoder();
  let whole = '';
  const put = (text: string): void => {
    whole += text;
    write(text);
  };
  for await (const id of tokens) put(decoder.push(id));
  put(decoder.flush());
  return whole;
}
