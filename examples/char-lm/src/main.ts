/**
 * A character language model, from a text to generated text. `npm start` runs this for two minutes on this repository's
 * own documents and sources; `npm start -- --text FILE` reads your own text; `npm start -- --resume` continues the last
 * run. Ctrl-C ends the training early. The command `elman train` is the full version of this file.
 */
import { readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { selectBackend } from '@elman/backend';
import { lstm } from '@elman/cells';
import { folderStorage } from '@elman/checkpoint/node';
import { split, tokenStream } from '@elman/data';
import { readText } from '@elman/data/node';
import { sample } from '@elman/decoding';
import { bitsPerCharacter, languageModel, saveModel } from '@elman/models';
import { adam, chain, clipByGlobalNorm, cosine } from '@elman/optim';
import { characterTokenizer } from '@elman/tokenizers';
import { evaluate, loadTraining, saveTraining, train, type UpdateEvent } from '@elman/train';

process.on('uncaughtException', ({ message }) => {
  console.error(`char-lm: ${message}`);
  process.exit(1);
});
const string = { type: 'string' } as const;
const options = { text: string, minutes: string, seed: string, out: string, resume: { type: 'boolean' } } as const;
const { text: file, minutes = '2', seed = '1', out = 'runs/char-lm', resume } = parseArgs({ options }).values;
const seconds = 60 * Number(minutes);
const end = performance.now() + 1000 * seconds;

// The text as numbers, one for each character, cut into 32 parallel lanes, 32 characters per window. The
// last twentieth is held out: the model is evaluated on text that it was not trained on.
const text = await readText(file ?? ownFiles(fileURLToPath(new URL('../../..', import.meta.url))));
const tokenizer = characterTokenizer.fromText(text);
const parts = split(tokenizer.encode(text), { validation: 0.05, test: 0 });
const batches = tokenStream(parts.train, { batchSize: 32, windowLength: 32 });
const heldOut = tokenStream(parts.validation, { batchSize: 1, windowLength: 32, remainder: 'keep' });

// The model: characters become vectors of 64 numbers, an LSTM of 192 reads them and predicts each next character. It learns
// with Adam; the learning rate depends on the number of the update, not on the clock, so that a resumed run is identical.
const { name, device } = await selectBackend();
const model = languageModel(lstm({ inputSize: 64, hiddenSize: 192 }), tokenizer);
const learningRate = cosine({ initial: 0.02, final: 0.001, steps: Math.ceil(60 * seconds) });
const optimizer = chain(clipByGlobalNorm(5), adam({ learningRate, epsilon: 1e-8 }));
console.log(`${text.length.toLocaleString('en')} characters, an LSTM of 192, on ${name} (${device})`);

// Training, until the time is up or Ctrl-C. The state to resume from is saved periodically and at the end.
const storage = folderStorage(out);
const stop = new AbortController();
process.on('SIGINT', () => stop.abort());
const timer = setTimeout(() => stop.abort(), 1000 * seconds);
const before = resume ? await loadTraining(storage, { model, optimizer }) : undefined;
const plan = { model, batches, optimizer, seed, updates: 1e9, signal: stop.signal, onUpdate: show, resume: before };
const { state, params } = await train({ ...plan, saveEvery: 200, save: (state) => saveTraining(storage, state) });
clearTimeout(timer);
await saveModel(storage, { model, params, tokenizer });

// Evaluation, and a continuation of the first 200 characters of the held-out text.
const { loss } = await evaluate(model, params, heldOut);
const bits = bitsPerCharacter(loss).toFixed(2);
console.log(`\nheld out: ${bits} bits per character after ${state.progress.step} updates\n`);
const prompt = parts.validation.subarray(0, 200);
for await (const id of sample({ model: model.bind(params), prompt, maximumTokens: 600, temperature: 0.6, seed })) {
  process.stdout.write(tokenizer.decode([id]));
}
const again = process.argv.slice(2).filter((argument) => argument !== '--resume');
console.log(`\n\nSaved in ${out}. More text: npx @elman/cli sample ${out}`);
console.log(`To resume: npm start -- --resume ${again.join(' ')}`);

function show({ step, loss }: UpdateEvent): void {
  const left = Math.max(0, Math.round((end - performance.now()) / 1000));
  const line = `update ${step} · ${bitsPerCharacter(loss).toFixed(2)} bits per character · ${left} s left`;
  if (process.stdout.isTTY) process.stdout.write(`\r${line} \u001b[K`);
  else if (step % 50 === 0) console.log(line);
}

function ownFiles(folder: string): string[] {
  const names = readdirSync(folder).filter((name) => !/^(\..*|node_modules|dist|runs|fixtures)$/.test(name));
  const paths = names.sort().map((name) => `${folder}/${name}`);
  return paths.flatMap((path) => (statSync(path).isDirectory() ? ownFiles(path) : /\.(md|ts)$/.test(path) ? path : []));
}
