import type { BackendName } from '@elman/backend';
import { folderStorage } from '@elman/checkpoint/node';
import { sample as sampleTokens } from '@elman/decoding';
import type { StreamingDecoder, Tokenizer } from '@elman/tokenizers';
import { startBackend } from './backend.ts';
import { loadPredictor } from './predictor.ts';
import { stderr, stdout, writeJson } from './terminal.ts';
import { readStandardInput, STANDARD_INPUT } from './text.ts';
import type { TrustArguments } from './trust.ts';
import { bannedUnknown, noteOnUnknown, unknownPieces } from './unknown.ts';
import { expectThere } from './what-is-there.ts';

/** The command line of `elman sample`. */
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
  allowUnknown?: boolean;
  seed?: number;
  count: number;
  backend?: BackendName;
  json?: boolean;
}

/** Writes text with a trained model, each piece as soon as it is there. */
export async function sample(folder: string, args: SampleArguments): Promise<void> {
  const { length, temperature, topK, topP, minP, typicalP, count, json } = args;
  const { repetitionPenalty, noRepeatNgram, allowUnknown } = args;
  await expectThere(folder, 'a model of text');
  const prompt = await promptOf(args);
  await startBackend(args.backend);
  const { model, tokenizer } = await loadPredictor(folderStorage(folder), args);
  const given = tokenizer.encode(prompt);
  const unknown = unknownPieces(tokenizer, prompt);
  if (unknown.length > 0) stderr.write(`${noteOnUnknown('prompt', unknown)}\n`);
  const start = given.length > 0 ? given : startOf(tokenizer);
  const banned = bannedUnknown(tokenizer, allowUnknown);
  const seed = args.seed ?? Date.now() % 2 ** 31;
  for (let row = 0; row < count; row++) {
    const tokens = sampleTokens({
      model,
      prompt: start,
      maximumTokens: length,
      temperature,
      topK,
      topP,
      minP,
      typicalP,
      repetitionPenalty,
      noRepeatNgram,
      banned,
      seed,
      row,
    });
    const write = json ? () => {} : stdout.write;
    if (row > 0) write('\n---\n');
    write(prompt);
    const text = await decodeTo(write, tokens, continuationDecoder(tokenizer, given)).catch((error: unknown) => {
      write('\n'); // An error ends the line that was begun.
      throw error;
    });
    if (json) writeJson({ prompt, text, seed, row, unknown });
    else if (!text.endsWith('\n')) write('\n');
    await stdout.ready();
  }
}

/** `-` is standard input, without the line end that `echo` adds. */
async function promptOf({ prompt = '' }: SampleArguments): Promise<string> {
  return prompt === STANDARD_INPUT ? (await readStandardInput()).replace(/\r?\n$/, '') : prompt;
}

/**
 * Something to begin with where there is no prompt: a line end or a space, if the model knows it, else the first token
 * that it knows.
 */
function startOf(tokenizer: Tokenizer): Int32Array {
  for (const text of ['\n', ' ']) {
    const ids = tokenizer.encode(text);
    if (ids.length > 0 && unknownPieces(tokenizer, text).length === 0) return ids;
  }
  return Int32Array.of(tokenizer.unknownId === 0 ? 1 : 0);
}

/**
 * Decodes what comes after these ids as one text with them: a space between two words is of the second. Gives that
 * without the text of the ids themselves.
 */
export function continuationDecoder(tokenizer: Tokenizer, ids: Int32Array): StreamingDecoder {
  const decoder = tokenizer.decoder();
  let before = tokenizer.decode(ids).length;
  const skip = (text: string): string => {
    const left = text.slice(before);
    before -= text.length - left.length;
    return left;
  };
  for (const id of ids) skip(decoder.push(id));
  return { push: (id) => skip(decoder.push(id)), flush: () => skip(decoder.flush()) };
}

async function decodeTo(
  write: (text: string) => void,
  tokens: AsyncIterable<number>,
  decoder: StreamingDecoder,
): Promise<string> {
  let whole = '';
  const put = (text: string): void => {
    whole += text;
    write(text);
  };
  for await (const id of tokens) {
    put(decoder.push(id));
    await stdout.ready();
  }
  put(decoder.flush());
  return whole;
}
